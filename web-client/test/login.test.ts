import t from 'tap'
import { connBody } from './scripted-relay.ts'
import { BOB } from './scripted-phone.ts'
import { ELSEWHERE_MS, RETRY_MAX_MS } from '../src/timing.ts'
import { newWorld, type World } from './world.ts'

/** Paired, then closed and opened again up to the login, which `meddle` answers. */
async function loggingIn(meddle: World['relay']['meddle']): Promise<World> {
  const world = newWorld()
  await world.pair()
  world.relay.meddle = meddle
  await world.reload()
  return world
}

t.test('sends init and login back to back and is open after Conn', async (t) => {
  const world = newWorld()
  await world.pair()
  await world.reload()
  const { client, relay } = world
  t.equal(client.state, 'open')
  const [init, login] = relay.end.requests
  t.match(init, ['admin', 'init'])
  t.same(login, ['admin', 'login', 'client token', 'server token', init[4], 'takeover'])
  t.match(relay.end.tags.slice(0, 2), [/^\d+\.--0$/, /^\d+\.--1$/])
  t.match(client.chats(), [{ jid: BOB }])
})

t.test('is open after Conn even when the login answer comes late or never', async (t) => {
  const { client, clock, relay } = await loggingIn((request, tag, end) => {
    if (request[1] !== 'login') return false
    end.push(['Conn', connBody()])
    relayTags.push(tag)
    return true
  })
  t.equal(client.state, 'open')
  relay.end.json(relayTags.at(-1) ?? '', { status: 200 })
  await clock.run(60_000)
  t.equal(client.state, 'open')
  t.equal(
    relay.end.requests.filter((request) => request[1] === 'login').length,
    1,
    'nothing is repeated after Conn',
  )
})
const relayTags: string[] = []

t.test('is not open after the login answer alone', async (t) => {
  const { client, clock, relay } = await loggingIn((request, tag, end) => {
    if (request[1] !== 'login') return false
    end.json(tag, { status: 200 })
    return true
  })
  t.equal(client.state, 'opening')
  relay.end.push(['Conn', connBody()])
  await clock.run(10)
  t.equal(client.state, 'open')
})

t.test('repeats the same login with the same tag every 10 s until Conn', async (t) => {
  const { client, clock, relay } = await loggingIn((request) => request[1] === 'login')
  await clock.run(25_000)
  t.equal(client.state, 'opening')
  const logins = relay.end.requests
    .map((request, at) => ({ request, tag: relay.end.tags[at] }))
    .filter(({ request }) => request[1] === 'login')
  t.equal(logins.length, 3)
  t.equal(new Set(logins.map(({ tag }) => tag)).size, 1)
  t.equal(new Set(logins.map(({ request }) => JSON.stringify(request))).size, 1)
})

t.test('never takes keys from a Conn on resume', async (t) => {
  const world = await loggingIn((request, _tag, end) => {
    if (request[1] !== 'login') return false
    end.push(['Conn', { ...connBody(), secret: 'A'.repeat(192), serverToken: 'newer' }])
    return true
  })
  t.equal(world.client.state, 'open')
  const kept = await world.keys.load()
  t.match(kept, { ...world.relay.keys, serverToken: 'newer' })
})

t.test('refuses a resume as another account', async (t) => {
  const { client } = await loggingIn((request, _tag, end) => {
    if (request[1] !== 'login') return false
    end.push(['Conn', { ...connBody(), wid: '15559999999@c.us' }])
    return true
  })
  t.match(client, { state: 'refused', why: { code: 'TETHER_ERR_BODY' } })
})

for (const { bytes } of [{ bytes: 20 }, { bytes: 63 }, { bytes: 33 }]) {
  t.test(`answers a challenge of ${bytes} bytes and opens on the Conn after it`, async (t) => {
    const { client, relay } = await loggingIn((request, tag, end) => {
      if (request[1] !== 'login') return false
      end.challenge(tag, new Uint8Array(bytes).fill(7))
      return true
    })
    t.equal(client.state, 'open')
    t.equal(relay.end.requests.filter((request) => request[1] === 'challenge').length, 1)
  })
}

for (const bytes of [0, 1, 16, 19, 32, 48, 64, 65, 80, 200]) {
  t.test(`refuses a challenge of ${bytes} bytes without an answer`, async (t) => {
    const { client, relay, clock } = await loggingIn((request, tag, end) => {
      if (request[1] !== 'login') return false
      end.challenge(tag, new Uint8Array(bytes))
      return true
    })
    t.match(client, { state: 'refused', why: { code: 'TETHER_ERR_CHALLENGE_SHAPE' } })
    t.notOk(relay.end.requests.some((request) => request[1] === 'challenge'))
    await clock.run(600_000)
    t.equal(relay.connections.length, 2, 'and does not come back by itself')
  })
}

t.test('answers one challenge for each connection', async (t) => {
  const { client, relay } = await loggingIn((request, tag, end) => {
    if (request[1] === 'challenge') return true
    if (request[1] !== 'login') return false
    end.challenge(tag, new Uint8Array(20))
    end.challenge(tag, new Uint8Array(21))
    return true
  })
  t.match(client, { state: 'refused', why: { code: 'TETHER_ERR_CHALLENGE_SHAPE' } })
  t.ok(relay.end.requests.filter((request) => request[1] === 'challenge').length <= 1)
})

t.test('does not answer a challenge while open or while pairing', async (t) => {
  const world = newWorld()
  await world.client.start()
  await world.clock.run()
  world.relay.end.challenge('x', new Uint8Array(20))
  await world.clock.run(100)
  t.equal(world.client.state, 'waitingForScan')
  world.relay.scan(world.client.qr?.text ?? '')
  await world.clock.run(1000)
  world.relay.end.challenge('x', new Uint8Array(20))
  await world.clock.run(1000)
  await world.reload()
  world.relay.end.challenge('x', new Uint8Array(20))
  await world.clock.run(1000)
  t.equal(world.client.state, 'open')
  for (const end of world.relay.connections) {
    t.notOk(end.requests.some((request) => request[1] === 'challenge'))
  }
})

for (const { status, want } of [
  { status: 401, want: 'loggedOut' },
  { status: 419, want: 'loggedOut' },
  { status: 400, want: 'refused' },
  { status: 403, want: 'refused' },
  { status: 405, want: 'refused' },
]) {
  t.test(`is ${want} after a login answered with ${status}`, async (t) => {
    const world = await loggingIn((request, tag, end) => {
      if (request[1] !== 'login') return false
      end.json(tag, { status })
      return true
    })
    t.equal(world.client.state, want)
    t.ok(world.relay.end.closed)
    const gone = want === 'loggedOut'
    t.equal((await world.keys.load()) === null, gone)
    t.equal(world.client.me === null, gone)
    await world.clock.run(600_000)
    t.equal(world.relay.connections.length, 2, 'and does not come back by itself')
  })
}

t.test(
  'takes a login answered with 409 for its own dead socket at first, then for another browser',
  async (t) => {
    const world = await loggingIn((request, tag, end) => {
      if (request[1] !== 'login') return false
      end.json(tag, { status: 409 })
      return true
    })
    t.equal(world.client.state, 'offline')
    await world.clock.run(ELSEWHERE_MS + RETRY_MAX_MS)
    t.equal(world.client.state, 'replaced')
    t.not(await world.keys.load(), null)
    const tries = world.relay.connections.length
    await world.clock.run(600_000)
    t.equal(world.relay.connections.length, tries, 'and does not come back by itself')
  },
)

for (const status of [500, 503, 599]) {
  t.test(`tries again later after a login answered with ${status}`, async (t) => {
    const world = newWorld()
    await world.pair()
    let refusals = 0
    world.relay.meddle = (request, tag, end) => {
      if (request[1] !== 'login' || refusals++ > 0) return false
      end.json(tag, { status })
      return true
    }
    await world.reload()
    await world.clock.run(3000)
    t.equal(world.client.state, 'open')
    t.equal(world.relay.connections.length, 3)
  })
}

t.test('is logged out when the phone refuses the answer to the challenge', async (t) => {
  const world = await loggingIn((request, tag, end) => {
    if (request[1] === 'login') end.challenge(tag, new Uint8Array(20))
    else if (request[1] === 'challenge') end.json(tag, { status: 403 })
    else return false
    return true
  })
  t.equal(world.client.state, 'loggedOut')
  t.equal(await world.keys.load(), null)
})
