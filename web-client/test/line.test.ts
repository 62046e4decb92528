import t from 'tap'
import { connBody } from './scripted-relay.ts'
import { newWorld } from './world.ts'

t.test('keeps the connection alive every 20 s', async (t) => {
  const world = newWorld()
  await world.pair()
  const before = world.relay.end.keepAlives
  await world.clock.run(200_000)
  t.equal(world.relay.end.keepAlives - before, 10)
  t.equal(world.relay.connections.length, 1)
})

t.test('gives a silent server up and logs in again, as reconnect', async (t) => {
  const world = newWorld()
  await world.pair()
  world.relay.end.isSilent = true
  await world.clock.run(70_000)
  t.equal(world.relay.connections.length, 2)
  t.equal(world.client.state, 'open')
  t.same(world.relay.end.requests[1]?.slice(5), ['reconnect', '15550001111@c.us'])
})

t.test('waits longer after each failed attempt, up to 30 s, and not at all when told to', async (t) => {
  const world = newWorld()
  await world.pair()
  world.relay.up = false
  world.relay.end.close()
  const waits: number[] = []
  for (let attempt = 0; attempt < 9; attempt++) {
    await world.clock.run(0)
    t.equal(world.client.state, 'offline')
    const wait = (world.client.retryAt ?? 0) - world.clock.now()
    waits.push(wait)
    await world.clock.run(wait)
  }
  for (const [attempt, wait] of waits.entries()) {
    const ceiling = Math.min(30_000, 1000 * 2 ** attempt)
    t.ok(wait >= ceiling / 2 && wait <= ceiling, `${wait} ms in attempt ${attempt}`)
  }
  world.relay.up = true
  world.client.retryNow()
  await world.clock.run(100)
  t.equal(world.client.state, 'open')
  t.equal(world.client.retryAt, null)
})

t.test('is told of a takeover, stays away, and takes the login back on request', async (t) => {
  const world = newWorld()
  await world.pair()
  world.relay.end.push(['Cmd', { type: 'disconnect', kind: 'replaced' }])
  await world.clock.run(600_000)
  t.equal(world.client.state, 'replaced')
  t.ok(world.relay.end.closed)
  t.equal(world.relay.connections.length, 1)
  t.not(await world.keys.load(), null)
  world.client.useHere()
  await world.clock.run(1000)
  t.equal(world.client.state, 'open')
  t.same(world.relay.end.requests[1]?.slice(5), ['takeover'])
})

t.test('learns at the next login that the phone has unpaired it', async (t) => {
  const world = newWorld()
  await world.pair()
  world.relay.meddle = (request, tag, end) => {
    if (request[1] !== 'login') return false
    end.json(tag, { status: 401 })
    return true
  }
  world.relay.end.push(['Cmd', { type: 'disconnect' }])
  await world.clock.run(5000)
  t.equal(world.client.state, 'loggedOut')
  t.match(world.client.why, { status: 401 })
  t.same(world.client.chats(), [])
  t.equal(await world.keys.load(), null)
})

t.test('says goodbye, forgets everything and can pair again', async (t) => {
  const world = newWorld()
  await world.pair()
  await world.client.logout()
  await world.clock.run(100)
  t.equal(world.relay.end.tags.at(-1), 'goodbye')
  t.same(world.relay.end.requests.at(-1), ['admin', 'Conn', 'disconnect'])
  t.ok(world.relay.end.closed)
  t.equal(world.client.state, 'loggedOut')
  t.same([await world.keys.load(), world.client.me, world.client.chats()], [null, null, []])
  await world.pair()
  t.equal(world.client.state, 'open')
})

t.test('does nothing on log-out when nobody is logged in', async (t) => {
  const world = newWorld()
  await world.client.start()
  await world.clock.run()
  await world.client.logout()
  t.equal(world.client.state, 'waitingForScan')
})

t.test('forgets its keys on log-out away from the server', async (t) => {
  const world = newWorld()
  await world.pair()
  world.relay.up = false
  world.relay.end.close()
  await world.clock.run(100)
  await world.client.logout()
  t.equal(world.client.state, 'loggedOut')
  t.equal(await world.keys.load(), null)
  const { waiting } = world.clock
  await world.clock.run(600_000)
  t.ok(world.clock.waiting <= waiting)
  t.equal(world.client.state, 'loggedOut')
})

t.test('plans nothing more once stopped, and goes on from its keys when started', async (t) => {
  const world = newWorld()
  await world.pair()
  world.client.stop()
  await world.clock.run(100)
  t.equal(world.clock.waiting, 0)
  t.equal(world.client.state, 'idle')
  await world.client.start()
  await world.clock.run(1000)
  t.equal(world.client.state, 'open')
})

t.test('gives up an attempt that neither succeeds nor fails, and makes another', async (t) => {
  const world = newWorld()
  await world.pair()
  world.relay.end.close()
  let open = (): void => {}
  world.relay.gate = new Promise((resolve) => {
    open = resolve
  })
  await world.clock.run(2_000)
  t.equal(world.client.state, 'connecting')
  await world.clock.run(15_000)
  t.equal(world.client.state, 'offline')
  world.relay.gate = Promise.resolve()
  await world.clock.run(5_000)
  t.equal(world.client.state, 'open')
  const now = world.relay.end
  open()
  await world.clock.run(100)
  t.ok(world.relay.end !== now && world.relay.end.closed, 'what comes of the first is closed')
  t.equal(world.client.state, 'open')
})

t.test('closes a connection that comes when it is no longer wanted', async (t) => {
  const world = newWorld()
  let open = (): void => {}
  world.relay.gate = new Promise((resolve) => {
    open = resolve
  })
  await world.client.start()
  world.client.stop()
  open()
  await world.clock.run(100)
  t.equal(world.client.state, 'idle')
  t.ok(world.relay.end.closed)
  t.same(world.relay.end.requests, [])
})

t.test('does not start twice', async (t) => {
  const world = newWorld()
  await Promise.all([world.client.start(), world.client.start()])
  await world.clock.run()
  t.equal(world.relay.connections.length, 1)
})

t.test('takes name and phone from a partial Conn, and newer tokens from a repeated full one', async (t) => {
  const world = newWorld()
  await world.pair()
  world.relay.end.push(['Conn', { pushname: 'Alicia', battery: 12, plugged: true }])
  await world.clock.run(10)
  t.equal(world.client.me?.name, 'Alicia')
  t.match(world.client.phone, { batteryPercent: 12, plugged: true, model: 'Sim Phone' })
  world.relay.end.push(['Conn', { ...connBody(), clientToken: 'newer' }])
  await world.clock.run(10)
  t.match(await world.keys.load(), { clientToken: 'newer', pushname: 'Alice' })
  t.equal(world.relay.connections.length, 1)
})

for (const frame of [
  'no comma',
  'tag,{',
  ',',
  's9,5',
  's9,[5]',
  new Uint8Array([1, 2, 3]),
  new Uint8Array(80),
]) {
  t.test(`survives ${JSON.stringify(frame).slice(0, 20)} from the server`, async (t) => {
    const world = newWorld()
    await world.pair()
    world.relay.end.raw(frame)
    await world.clock.run(1000)
    t.equal(world.client.state, 'open')
    t.equal(world.relay.connections.length, 1)
  })
}

t.test('survives a sealed frame before it has keys', async (t) => {
  const world = newWorld()
  await world.client.start()
  await world.clock.run()
  world.relay.end.node({ tag: 'action', attrs: {}, content: null })
  await world.clock.run(10)
  t.equal(world.client.state, 'waitingForScan')
})

t.test('is refused when the kept keys cannot be read', async (t) => {
  const world = newWorld()
  world.keys.load = () => Promise.reject(new Error('damaged'))
  await world.client.start()
  t.match(world.client, { state: 'refused', why: { code: 'TETHER_ERR_INTERNAL' } })
})
