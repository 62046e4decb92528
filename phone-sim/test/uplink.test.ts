import t, { type Test } from 'tap'
import { limit } from 'proto/limits'
import { pausing } from './pauses.ts'
import { ALICE, BOB, PhoneWorld } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

async function aliceWorld(t: Test) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  return { world, alice: await world.phone(ALICE, 'Alice') }
}

t.test('it stays away from a server that shows another relay key', async (t) => {
  const { world, alice } = await aliceWorld(t)
  world.relay.impostor = true
  world.relay.cut(ALICE)
  await until(() => alice.status().state === 'offline', 'offline')
  await world.clock.advance(5_000)
  t.equal(alice.status().state, 'offline')
  t.match(alice.auditRecords(1), [{ kind: 'link.ended', fields: { code: 'TETHER_ERR_RELAY_AUTH' } }])
  t.equal(
    world.relay.heard.filter(({ type }) => type === 'attach').length,
    1,
    'it has signed nothing for the impostor',
  )
  world.relay.impostor = false
  await world.clock.advance(30_000)
  t.equal(alice.status().state, 'online')
})

t.test('it ends the link when the proof was made by another key', async (t) => {
  const { world, alice } = await aliceWorld(t)
  const good = world.relay.relayKey
  const other = new PhoneWorld().relay.relayKey
  world.relay.relayKey = { privateKey: other.privateKey, raw: good.raw }
  world.relay.cut(ALICE)
  await until(() => alice.status().state === 'offline', 'offline')
  await world.clock.advance(2_000)
  t.match(alice.auditRecords(1), [{ kind: 'link.ended', fields: { code: 'TETHER_ERR_RELAY_AUTH' } }])
  t.equal(alice.status().state, 'offline')
})

t.test('it waits longer after each failure, from PHONE_BACKOFF_MIN_MS to PHONE_BACKOFF_MAX_MS', async (t) => {
  const [least, most] = [limit('PHONE_BACKOFF_MIN_MS'), limit('PHONE_BACKOFF_MAX_MS')]
  const full = [1, 2, 4, 8, 16, 32, 64].map((times) => times * least).concat(most, most)
  for (const [pause, part] of [
    ['longest', 1],
    ['shortest', 0.5],
  ] as const) {
    const world = new PhoneWorld()
    t.teardown(() => world.stop())
    const attempts: number[] = []
    const alice = await world.phone(ALICE, 'Alice', {
      entropy: pausing(world.entropy.fork(pause), pause),
      connect: () => (attempts.push(world.clock.now()), world.relay.connect()),
    })
    world.relay.reachable = false
    attempts[0] = world.clock.now()
    world.relay.cut(ALICE)
    await until(() => alice.status().state === 'offline', 'offline')
    await world.clock.advance(5 * most)
    const waits = attempts.slice(1).map((at, index) => at - attempts[index])
    t.strictSame(
      waits.slice(0, full.length),
      full.map((wait) => wait * part),
      pause,
    )
    world.relay.reachable = true
    await world.clock.advance(most)
    t.equal(alice.status().state, 'online')
  }
})

t.test('it sends a heartbeat when nothing else was sent and ends a link that is silent', async (t) => {
  const { world, alice } = await aliceWorld(t)
  const beats = () => world.relay.heard.filter(({ type }) => type === 'heartbeat').length
  await world.clock.advance(limit('PHONE_HEARTBEAT_MS'))
  t.equal(beats(), 1)
  const before = world.relay.account(ALICE).link
  await world.clock.advance(3 * limit('PHONE_HEARTBEAT_MS'))
  t.equal(world.relay.account(ALICE).link, before, 'the server sends heartbeats too')
  world.relay.silent = true
  await world.clock.advance(3 * limit('PHONE_HEARTBEAT_MS') + 1_000)
  t.not(world.relay.account(ALICE).link, before, 'the silent link was replaced')
  t.equal(alice.status().state, 'online')
})

t.test('it gives up a request that is not answered in time', async (t) => {
  const { world, alice } = await aliceWorld(t)
  world.relay.mute = new Set(['lookRef'])
  const refused = t.rejects(alice.scan(world.browser().qr, { grant: true }), {
    code: 'TETHER_ERR_PHONE_AWAY',
  })
  await turns(5)
  await world.clock.advance(limit('PHONE_REQUEST_MS'))
  await refused
})

t.test('it passes the code of a refused request on', async (t) => {
  const { alice } = await aliceWorld(t)
  await t.rejects(alice.sendText(BOB, 'x'), { code: 'TETHER_ERR_ACCOUNT_UNKNOWN' })
})

t.test('it ends a link on which the server breaks the rules, and comes back', async (t) => {
  const { world, alice } = await aliceWorld(t)
  for (const bad of ['not json', '{"type":"nonsense"}', '{"type":"mailed"}', new Uint8Array(3)]) {
    world.relay.account(ALICE).link!.send(bad)
    await until(() => alice.status().state === 'offline', 'the end of the link')
    await world.clock.advance(1_000)
    await until(() => alice.status().state === 'online', 'the next link')
  }
})
