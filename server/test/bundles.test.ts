import t from 'tap'
import { formatBase64 } from 'proto/base64'
import { limit } from 'proto/limits'
import { Bundles } from '../src/bundles.ts'
import { createWorld, type TestPhone } from './world.ts'

const ALICE = '15550001111'
const FRIEND = '15550002222'
const HOUR_MS = 3_600_000
const stranger = (at: number): string => `1555${1_000_000 + at}`
const key = (fill: number): string => formatBase64(new Uint8Array(33).fill(fill).with(0, 5))

async function publish(phone: TestPhone, first: number, count: number): Promise<void> {
  const signedPrekey = { id: 1, key: key(9), signature: formatBase64(new Uint8Array(64)) }
  const prekeys = Array.from({ length: count }, (_, at) => ({ id: first + at, key: key(first + at) }))
  await phone.ask({ type: 'publish', signedPrekey, prekeys })
}

async function stage() {
  const world = await createWorld()
  const registered = await world.phone(ALICE)
  const alice = await registered.attach()
  await alice.ask({ type: 'roster', numbers: [FRIEND], since: 0 })
  await publish(alice, 1, 100)
  const { stores, clock, server } = world
  const log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }
  // the phones that the server knows cannot be seen from here: what is told goes to this list
  const phones = new Map<string, { told: unknown[]; send(message: unknown): void }>()
  const relay = { phones } as unknown as ConstructorParameters<typeof Bundles>[1]
  const bundles = new Bundles({ stores, clock, counters: server.counters, log }, relay)
  const attach = () => {
    const told: unknown[] = []
    phones.set(ALICE, { told, send: (message) => void told.push(message) })
    bundles.phoneAttached(ALICE)
    return told
  }
  return { world, alice, registered, bundles, attach, phones }
}

t.test('a thousand strangers leave the reserve to the address book', async (t) => {
  const { world, bundles, attach } = await stage()
  const told = attach()
  let given = 0
  for (let at = 0; at < 1_000; at++) {
    const bundle = await bundles.claim(stranger(at), ALICE)
    if (bundle.prekey) given++
  }
  t.equal(given, 100 - limit('PREKEY_RESERVE'))
  t.equal(await world.stores.prekeys.stock(ALICE), limit('PREKEY_RESERVE'))
  t.same(told, [
    { type: 'prekeysShort', reason: 'reserve' },
    { type: 'prekeysShort', reason: 'budget' },
  ])
  t.equal(world.server.counters.value('limits', 'PREKEY_RESERVE'), limit('BUNDLES_PER_TARGET') - given)
  t.equal(world.server.counters.value('limits', 'BUNDLES_PER_TARGET'), 1_000 - limit('BUNDLES_PER_TARGET'))
  const rows = (await world.stores.audit.page(0, 5_000)).filter(({ kind }) => kind === 'prekeysShort')
  t.same(
    rows.map(({ detail }) => detail),
    [{ reason: 'reserve' }, { reason: 'budget' }],
    'once each',
  )
  await world.server.close()
})

t.test('somebody in the address book gets one of the last prekeys', async (t) => {
  const { world, bundles } = await stage()
  for (let at = 0; at < 95; at++) await bundles.claim(stranger(at), ALICE)
  t.equal((await bundles.claim(stranger(99), ALICE)).prekey, undefined)
  t.not((await bundles.claim(FRIEND, ALICE)).prekey, undefined)
  await world.server.close()
})

t.test('tells a phone that was away when it is back, and again after PREKEY_ALERT_MS', async (t) => {
  const { world, bundles, attach, phones } = await stage()
  let at = 0
  for (; at < 95; at++) await bundles.claim(stranger(at), ALICE)
  t.same(attach(), [{ type: 'prekeysShort', reason: 'reserve' }])
  t.same(attach(), [], 'once')
  const told = attach()
  await world.clock.pass(limit('PREKEY_ALERT_MS') - 1)
  await bundles.claim(stranger(at++), ALICE)
  t.same(told, [])
  await world.clock.pass(1)
  await bundles.claim(stranger(at++), ALICE)
  t.same(told, [{ type: 'prekeysShort', reason: 'reserve' }])
  phones.clear()
  await world.clock.pass(HOUR_MS)
  await world.server.close()
})

t.test('an attached phone hears of it over its link', async (t) => {
  const { world, alice } = await stage()
  for (let at = 0; alice.heard('prekeysShort').length === 0; at++) {
    const asker = await (await world.phone(stranger(at))).attach()
    for (let n = 0; n < limit('BUNDLES_PER_PAIR'); n++) await asker.ask({ type: 'bundle', number: ALICE })
  }
  t.same(alice.heard('prekeysShort'), [{ type: 'prekeysShort', reason: 'reserve' }])
  t.equal(await world.stores.prekeys.stock(ALICE), limit('PREKEY_RESERVE'))
  await world.server.close()
})
