import { limit } from 'proto/limits'
import { utf8Text } from 'proto/bytes'
import { parseBase64 } from 'proto/base64'
import { type Entropy, fraction, seededEntropy } from 'proto/entropy'
import t, { type Test } from 'tap'
import { Audit } from '../src/audit.ts'
import { readConfig } from '../src/config.ts'
import { PhoneEvents } from '../src/phone-events.ts'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { type ReceiptRules, WaitingReceipts } from '../src/waiting-receipts.ts'
import { CrashStore } from './crash-store.ts'
import { pausing } from './pauses.ts'
import { ALICE, BOB, CARLA, jid, PhoneWorld } from './phone-world.ts'
import { TestClock, until } from './test-clock.ts'

const DELAY = limit('RECEIPT_DELAY_MS')
const NOBODY: ReceiptRules = { delayMs: readConfig({}).receiptDelayMs, knows: () => false }
const KNOWN: ReceiptRules = { ...NOBODY, knows: () => true }

interface Told {
  readonly level: string
  readonly ids: readonly string[]
}

const receiptsOf = (world: PhoneWorld): Told[] =>
  world.relay.heard.flatMap((m) =>
    m.type === 'mail' && m.kind === 'receipt' ? [JSON.parse(utf8Text(parseBase64(m.body))) as Told] : [],
  )

async function pair(t: Test, options: object = {}) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob', { receipts: NOBODY, ...options })
  return { world, alice, bob }
}

/** The waiting receipts of a phone, without the phone. */
function alone(t: Test, entropy: Entropy, rules: ReceiptRules) {
  const clock = new TestClock()
  const store = openPhoneStore(':memory:', { clock })
  t.teardown(() => store.close())
  const posted: Told[] = []
  const waiting = new WaitingReceipts({
    ...{ store, clock, entropy, rules },
    audit: new Audit(store, clock, new PhoneEvents(clock)),
    post: (_to, receipt) => void posted.push(receipt),
    inQueue: (task) => void task(),
  })
  const add = (from: string, id: string) =>
    store.transaction(() => waiting.add(jid(from), jid(from), [id], 'delivered', 1_600_000_000))
  return { clock, store, waiting, posted, add }
}

t.test('it tells of many messages in one receipt, 1 to 3 s later, and in the order of ticks', async (t) => {
  const { world, alice, bob } = await pair(t)
  await bob.addContact({ number: ALICE, name: 'Alice' })
  for (let n = 1; n <= 5; n++) await alice.sendText(BOB, `text ${n}`)
  await until(() => bob.messages(jid(ALICE)).length === 5, 'arrival')
  await bob.markRead(jid(ALICE))
  await world.clock.advance(DELAY / 3 - 1)
  t.strictSame(receiptsOf(world), [], 'not before a third of it')
  await world.clock.advance((2 * DELAY) / 3 + 1)
  await until(() => alice.messages(jid(BOB)).every(({ status }) => status === 'read'), 'the ticks')
  t.strictSame(
    receiptsOf(world).map(({ level, ids }) => [level, ids.length, new Set(ids).size]),
    [
      ['delivered', 5, 5],
      ['read', 5, 5],
    ],
  )
})

t.test('it waits RECEIPT_DELAY_MS at most, and a third of it at least', async (t) => {
  for (const [pause, ms] of [
    ['longest', DELAY],
    ['shortest', DELAY / 3],
  ] as const) {
    const { clock, add, posted } = alone(t, pausing(seededEntropy(pause), pause), KNOWN)
    add(ALICE, 'A1')
    await clock.advance(ms - 1)
    t.strictSame(posted, [], pause)
    await clock.advance(1)
    t.match(posted, [{ ids: ['A1'] }], pause)
  }
})

t.test('it waits for another time each time, the same with the same seed', async (t) => {
  const pauses = async (seed: string): Promise<number[]> => {
    const { clock, add } = alone(t, seededEntropy(seed), KNOWN)
    const waited: number[] = []
    const after = clock.after.bind(clock)
    clock.after = (ms, task) => (waited.push(ms), after(ms, task))
    for (let at = 0; at < 200; at++) {
      add(ALICE, `A${at}`)
      await clock.advance(DELAY)
    }
    return waited
  }
  const some = await pauses('a')
  t.strictSame(some, await pauses('a'))
  t.ok(some.every((pause) => pause >= DELAY / 3 && pause <= DELAY))
  t.ok(new Set(some).size > 150)
})

/** How often the best threshold tells two kinds of times apart: 0.5 is guessing. */
function bestGuess(times: readonly { readonly ms: number; readonly isLate: boolean }[]): number {
  const sorted = [...times].sort((a, b) => a.ms - b.ms)
  let right = sorted.filter(({ isLate }) => isLate).length // with everything behind the threshold
  let best = Math.max(right, sorted.length - right)
  for (const { isLate } of sorted) {
    right += isLate ? -1 : 1
    best = Math.max(best, right, sorted.length - right)
  }
  return best / sorted.length
}

t.test('its time does not tell whether a phone was awake when the message came', async (t) => {
  const [AWAKE_MS, DOZING_MS, ROUNDS] = [20, 220, 1_000]
  const guessed = async (rules: ReceiptRules): Promise<number> => {
    const entropy = seededEntropy('awake')
    const { clock, add, posted } = alone(t, entropy.fork('phone'), rules)
    const times: { ms: number; isLate: boolean }[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const isLate = fraction(entropy) < 0.5
      const [sentAt, before] = [clock.now(), posted.length]
      await clock.advance(isLate ? DOZING_MS : AWAKE_MS)
      add(ALICE, `A${round}`)
      if (posted.length === before) await clock.next()
      times.push({ ms: clock.now() - sentAt, isLate })
    }
    t.equal(posted.length, ROUNDS)
    return bestGuess(times)
  }
  t.equal(await guessed({ ...KNOWN, delayMs: 0 }), 1, 'without a pause one receipt tells it')
  const most = 0.5 + (DOZING_MS - AWAKE_MS) / (2 * (DELAY - DELAY / 3)) // what a uniform pause leaves of it
  const rate = await guessed(KNOWN)
  t.ok(rate < most + 0.04, `${rate} of the guesses are right, ${most} to be expected`)
})

t.test('of messages that come within the pause, its time tells nothing of any but the first', async (t) => {
  const entropy = seededEntropy('within')
  const { clock, add, posted } = alone(t, entropy.fork('phone'), KNOWN)
  const [lags, waits]: [number[], number[]] = [[], []]
  for (let round = 0; round < 1_000; round++) {
    const from = clock.now()
    add(ALICE, `A${round}`)
    await clock.advance(Math.floor(fraction(entropy) * (DELAY / 3)))
    lags.push(clock.now() - from)
    add(ALICE, `B${round}`)
    await clock.next()
    waits.push(clock.now() - from)
    t.equal(posted.length, round + 1, 'one receipt for both')
  }
  const r = correlation(lags, waits)
  t.ok(Math.abs(r) < 0.1, `correlation ${r.toFixed(3)}`)
})

function correlation(xs: readonly number[], ys: readonly number[]): number {
  const mean = (all: readonly number[]) => all.reduce((sum, each) => sum + each, 0) / all.length
  const [mx, my] = [mean(xs), mean(ys)]
  const covariance = mean(xs.map((x, at) => (x - mx) * (ys[at] - my)))
  const deviation = (all: readonly number[], m: number) => Math.sqrt(mean(all.map((each) => (each - m) ** 2)))
  return covariance / (deviation(xs, mx) * deviation(ys, my))
}

t.test('it tells a stranger nothing, until the person writes to them', async (t) => {
  const { world, alice, bob } = await pair(t)
  for (let n = 1; n <= 50; n++) await alice.sendText(BOB, `probe ${n}`)
  await until(() => bob.messages(jid(ALICE)).length === 50, 'arrival')
  await bob.markRead(jid(ALICE))
  await world.clock.advance(10 * DELAY)
  t.strictSame(receiptsOf(world), [])
  t.ok(alice.messages(jid(BOB)).every(({ status }) => status === 'server'))
  const withheld = bob.auditRecords(99).filter(({ kind }) => kind === 'receipt.withheld')
  t.match(withheld, [{ fields: { to: jid(ALICE) } }], 'recorded once')
  await bob.sendText(ALICE, 'Who are you?')
  await alice.sendText(BOB, 'A friend')
  await until(() => bob.messages(jid(ALICE)).length === 52, 'arrival')
  await world.clock.advance(DELAY)
  await until(() => receiptsOf(world).length === 2, 'both tell now')
  const toAlice = world.relay.heard.filter((m) => m.type === 'mail' && m.kind === 'receipt' && m.to === ALICE)
  t.equal(toAlice.length, 1)
})

t.test('it answers none of 10,000 probes of strangers', (t) => {
  const { store, waiting, posted } = alone(t, seededEntropy('probes'), NOBODY)
  const levels = ['delivered', 'read', 'played'] as const
  store.transaction(() => {
    for (let probe = 0; probe < 10_000; probe++) {
      const stranger = jid(String(15_551_000_000 + (probe % 100)))
      waiting.add(stranger, stranger, [`PROBE${probe}`], levels[probe % 3], 1_600_000_000)
    }
  })
  t.ok(store.receipts.isEmpty(), 'none waits')
  t.strictSame(posted, [])
  t.equal(store.audit.last(999).length, 100, 'one line for each stranger')
  t.end()
})

t.test('it tells whom the rules know', async (t) => {
  const rules = { delayMs: DELAY, knows: (number: string) => number === ALICE }
  const { world, alice, bob } = await pair(t, { receipts: rules })
  const carla = await world.phone(CARLA, 'Carla')
  await alice.sendText(BOB, 'one')
  await carla.sendText(BOB, 'two')
  await until(() => bob.chats().length === 2, 'arrival')
  await world.clock.advance(DELAY)
  await until(() => receiptsOf(world).length === 1, 'the receipt')
  await world.clock.advance(DELAY)
  t.equal(carla.messages(jid(BOB))[0].status, 'server')
  t.equal(alice.messages(jid(BOB))[0].status, 'delivered')
})

t.test('a crash in the pause loses no receipt', async (t) => {
  const folder = t.testdir({})
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const crash = new CrashStore(`${folder}/bob.db`, world.clock)
  const alice = await world.phone(ALICE, 'Alice')
  const connect = crash.connect(world.relay.connect)
  const bob = await world.phone(BOB, 'Bob', { receipts: NOBODY, store: crash.store, connect })
  await bob.addContact({ number: ALICE, name: 'Alice' })
  await alice.sendText(BOB, 'one')
  await until(() => bob.messages(jid(ALICE)).length === 1, 'arrival')
  const image = crash.kill()
  world.phones.splice(world.phones.indexOf(bob), 1)
  world.relay.cut(BOB)
  await world.clock.advance(2 * DELAY)
  t.strictSame(receiptsOf(world), [])
  await world.phone(BOB, 'Bob', { receipts: NOBODY, store: openPhoneStore(image, { clock: world.clock }) })
  await world.clock.advance(DELAY)
  await until(() => alice.messages(jid(BOB))[0].status === 'delivered', 'the tick')
  t.equal(receiptsOf(world).length, 1)
})
