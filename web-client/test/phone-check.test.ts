import t from 'tap'
import { PhoneCheck } from '../src/phone-check.ts'
import { BOB } from './scripted-phone.ts'
import { connBody } from './scripted-relay.ts'
import { VirtualClock } from './virtual-clock.ts'
import { newWorld } from './world.ts'

function newCheck(): { clock: VirtualClock; check: PhoneCheck; seen: string[] } {
  const clock = new VirtualClock()
  const seen: string[] = []
  const check = new PhoneCheck(clock, {
    test: () => seen.push('test'),
    silent: () => seen.push('silent'),
    heard: () => seen.push('heard'),
    gaveUp: (tag) => seen.push(`gave up ${tag}`),
  })
  return { clock, check, seen }
}

t.test('says nothing while requests are answered within 15 s', async (t) => {
  const { clock, check, seen } = newCheck()
  for (const tag of ['a', 'b', 'c']) {
    check.waitFor(tag)
    await clock.run(14_999)
    check.answered(tag)
  }
  await clock.run(60_000)
  t.same(seen, [])
  t.equal(clock.waiting, 0)
})

t.test('asks after 15 s of silence and every 15 s, until the phone is heard', async (t) => {
  const { clock, check, seen } = newCheck()
  check.waitFor('a')
  check.waitFor('b')
  await clock.run(15_000)
  t.same(seen, ['silent', 'test'])
  await clock.run(30_000)
  t.same(seen, ['silent', 'test', 'test', 'test'])
  check.heard()
  check.answered('a')
  await clock.run(9_999)
  t.same(seen.slice(4), ['heard'])
  await clock.run(1)
  t.same(seen.slice(4), ['heard', 'gave up b'])
  t.equal(clock.waiting, 0)
})

t.test('plans nothing more once stopped', async (t) => {
  const { clock, check, seen } = newCheck()
  check.waitFor('a')
  await clock.run(15_000)
  check.stop()
  await clock.run(60_000)
  t.same(seen, ['silent', 'test'])
})

t.test('notices an unreachable phone although nobody asks anything of it, and that it is back', async (t) => {
  const world = newWorld()
  await world.pair()
  await world.clock.run(60_000)
  t.equal(world.client.state, 'open')
  world.relay.phoneAway = true
  await world.clock.run(35_000)
  t.equal(world.client.state, 'phoneUnreachable')
  world.relay.phoneAway = false
  await world.clock.run(15_000)
  t.equal(world.client.state, 'open')
})

t.test('shows an unreachable phone, and sends what waited once it is back', async (t) => {
  const world = newWorld()
  await world.pair()
  const { relay, clock } = world
  relay.phoneAway = true
  const { id } = world.client.send(BOB, 'are you there')
  await clock.run(14_000)
  t.equal(world.client.state, 'open')
  await clock.run(1_000)
  t.equal(world.client.state, 'phoneUnreachable')
  await clock.run(45_000)
  t.equal(relay.end.requests.filter((request) => request[1] === 'test').length, 4)
  t.equal(world.client.messages(BOB).at(-1)?.status, 'pending')
  relay.end.phoneBack()
  await clock.run(10)
  t.equal(world.client.state, 'open')
  t.equal(world.client.messages(BOB).at(-1)?.status, 'server')
  await clock.run(60_000)
  t.same(relay.phone.relayed, [id])
})

t.test(
  'sends under the same id again when the phone is back and the request was dropped on the way',
  async (t) => {
    const world = newWorld()
    await world.pair()
    const { relay, clock } = world
    relay.phoneAway = true
    const { id } = world.client.send(BOB, 'dropped by a full queue')
    await clock.run(20_000)
    relay.phoneAway = false
    relay.end.push(['Pong', true])
    await clock.run(9_000)
    t.same(relay.phone.relayed, [])
    await clock.run(2_000)
    t.same(relay.phone.relayed, [id])
    t.equal(world.client.messages(BOB).at(-1)?.status, 'server')
  },
)

t.test('takes Pong false as the end of the connection and logs in again', async (t) => {
  const world = newWorld()
  await world.pair()
  world.relay.end.push(['Pong', false])
  await world.clock.run(3000)
  t.equal(world.relay.connections.length, 2)
  t.equal(world.client.state, 'open')
})

t.test('believes who says that the phone is away, and asks in a while unless it is heard', async (t) => {
  const { clock, check, seen } = newCheck()
  check.away()
  check.away()
  t.same(seen, ['silent'])
  await clock.run(14_999)
  t.same(seen, ['silent'])
  await clock.run(1)
  t.same(seen, ['silent', 'test'])
  check.heard()
  await clock.run(60_000)
  t.same(seen, ['silent', 'test', 'heard'])
})

t.test('a client that opens while the phone is away says so at once', async (t) => {
  const world = newWorld()
  await world.pair()
  world.relay.meddle = (request, tag, end) => {
    if (!String(request[1]).startsWith('login')) return false
    world.clock.after(50, () => {
      end.push(['Conn', { ...connBody(), connected: false }])
      end.json(tag, { status: 200 })
    })
    return true
  }
  world.relay.phoneAway = true
  world.client.stop()
  await world.clock.run()
  await world.client.start()
  await world.clock.run(1_000)
  t.equal(world.client.state, 'phoneUnreachable')
  world.relay.end.phoneBack()
  await world.clock.run(10)
  t.equal(world.client.state, 'open')
})
