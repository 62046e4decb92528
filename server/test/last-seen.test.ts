import t, { type Test } from 'tap'
import { limit } from 'proto/limits'
import { LastSeen } from '../src/last-seen.ts'
import { createWorld } from './world.ts'

const ALICE = '15550001111'
const BOB = '15550002222'

async function lastSeenIn(t: Test) {
  const world = await createWorld()
  t.teardown(() => world.server.close())
  await world.phone(ALICE)
  await world.phone(BOB)
  const failures: object[] = []
  const log = {
    trace() {},
    debug() {},
    info() {},
    warn() {},
    error: (fields: object) => void failures.push(fields),
  }
  const lastSeen = new LastSeen({ clock: world.clock, stores: world.stores, log })
  return { ...world, lastSeen, failures }
}

t.test('gathers times and writes them together after LAST_SEEN_FLUSH_MS', async (t) => {
  const { lastSeen, clock, stores } = await lastSeenIn(t)
  let writes = 0
  const save = stores.profiles.saveLastSeen.bind(stores.profiles)
  stores.profiles.saveLastSeen = (seen) => (writes++, save(seen))
  const [first] = [clock.now()]
  lastSeen.saw(ALICE)
  await clock.pass(1_000)
  lastSeen.saw(ALICE)
  lastSeen.saw(BOB)
  t.equal(await lastSeen.find(ALICE), first + 1_000, 'known before it is written')
  await clock.pass(limit('LAST_SEEN_FLUSH_MS') - 1_001)
  t.equal(await stores.profiles.lastSeen(ALICE), null)
  await clock.pass(1)
  t.equal(await stores.profiles.lastSeen(ALICE), first + 1_000)
  t.equal(await stores.profiles.lastSeen(BOB), first + 1_000)
  t.equal(await lastSeen.find(BOB), first + 1_000)
  t.equal(writes, 1)
  await clock.pass(60_000)
  t.equal(writes, 1, 'nothing new, nothing written')
})

t.test('keeps what could not be written for the next time', async (t) => {
  const { lastSeen, clock, stores, failures } = await lastSeenIn(t)
  const save = stores.profiles.saveLastSeen.bind(stores.profiles)
  stores.profiles.saveLastSeen = () => Promise.reject(new Error('the disk is full'))
  const at = clock.now()
  lastSeen.saw(ALICE)
  await lastSeen.flush()
  t.equal(failures.length, 1)
  stores.profiles.saveLastSeen = save
  t.equal(await lastSeen.find(ALICE), at)
  await lastSeen.flush()
  t.equal(await stores.profiles.lastSeen(ALICE), at)
})

t.test('knows nothing of who was never seen', async (t) => {
  const { lastSeen } = await lastSeenIn(t)
  t.equal(await lastSeen.find(BOB), null)
})
