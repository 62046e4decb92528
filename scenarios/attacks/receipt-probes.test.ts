/** E7: a stranger writes what nobody sees, and watches by the receipts whether a phone is there. */
import t, { type Test } from 'tap'
import { ALICE, BOB, createWorld } from 'harness'
import type { ReceiptRules } from 'phone-sim/waiting-receipts'
import { limit } from 'proto/limits'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'

const PROBES = 100

/** Alice and Bob who do not know each other; `rules` are those of both phones. */
async function strangers(t: Test, receipts?: ReceiptRules) {
  const world = await createWorld({ clock: 'virtual', ...(receipts && { receipts }) })
  t.teardown(() => world.stop())
  const [alice, bob] = [world.phone(ALICE.number), world.phone(BOB.number)]
  const statusOf = (wanted: string) =>
    alice.messages(BOB_JID, 2 * PROBES).find(({ id }) => id === wanted)?.status
  const send = (text: string) => world.finish(alice.sendText(BOB.number, text))
  const came = (count: number) => world.until(() => bob.messages(ALICE_JID, 2 * PROBES).length === count)
  return { world, alice, bob, statusOf, send, came }
}

t.test('unhardened: every probe of a stranger is answered, at once while the phone is there', async (t) => {
  const { world, bob, send, statusOf } = await strangers(t)
  const answerTimes: number[] = []
  for (let probe = 0; probe < PROBES; probe++) {
    const isThere = probe % 10 !== 9
    bob.setDevice({ network: isThere ? 'wifi' : 'none' })
    await world.pass(30_000)
    const from = world.clock.now()
    const { id } = await send(`probe ${probe}`)
    await world.pass(1_000)
    t.equal(statusOf(id) === 'delivered', isThere, `probe ${probe} tells whether the phone is on`)
    if (!isThere) continue
    await world.until(() => statusOf(id) === 'delivered')
    answerTimes.push(world.clock.now() - from)
  }
  t.equal(answerTimes.length, 90)
})

t.test('ours: a stranger gets no receipt, whatever is sent and whenever the phone is there', async (t) => {
  const rules = { delayMs: limit('RECEIPT_DELAY_MS'), knows: () => false }
  const { world, alice, bob, send, statusOf, came } = await strangers(t, rules)
  const ids: string[] = []
  for (let probe = 0; probe < PROBES; probe++) {
    bob.setDevice({ network: probe % 10 === 9 ? 'none' : 'wifi' })
    await world.pass(30_000)
    ids.push((await send(`probe ${probe}`)).id)
  }
  bob.setDevice({ network: 'wifi' })
  await came(PROBES)
  await world.finish(bob.markRead(ALICE_JID))
  await world.pass(10 * limit('RECEIPT_DELAY_MS'))
  const answered = ids.filter((id) => statusOf(id) !== 'server')
  t.strictSame(answered, [], `0 of ${PROBES}`)
  t.equal(bob.auditRecords(999).filter(({ kind }) => kind === 'receipt.withheld').length, 1)

  await world.finish(bob.addContact({ number: ALICE.number, name: 'Alice' }))
  const { id } = await send('hello')
  await world.until(() => statusOf(id) === 'delivered')
  t.ok(alice.messages(BOB_JID).length > 0, 'whom the person knows is told')
})
