/** Somebody writes faster than anybody can: the server slows the phone down, and nothing is lost, doubled or moved. */
import t from 'tap'
import { ALICE, BOB, createWorld } from 'harness'
import { limit } from 'proto/limits'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'

const CAROL = { number: '15550003333', name: 'Carol' }
const BEYOND = 20

t.test('it delivers all of it in order, late, and then what was written to others', async (t) => {
  const world = await createWorld({ phones: [ALICE, BOB, CAROL] })
  t.teardown(() => world.stop())
  const [alice, bob, carol] = [ALICE, BOB, CAROL].map(({ number }) => world.phone(number))
  const texts = Array.from({ length: limit('MAIL_PAIR_BURST') + BEYOND }, (_, at) => `text ${at + 1}`)
  const began = world.clock.now()
  for (const text of texts) await world.finish(alice.sendText(BOB.number, text))
  await world.finish(alice.sendText(CAROL.number, 'and you'))
  await world.until(() => world.server.counters.value('limits', 'MAIL_PAIR_BURST') > 0)
  const waits = alice.messages(BOB_JID).filter(({ status }) => status === 'pending')
  t.ok(waits.length > 0, 'the person sees that it waits')
  await world.until(() => carol.messages(ALICE_JID).length === 1, { withinMs: 60_000 })
  t.same(
    bob.messages(ALICE_JID, 300).map(({ text }) => text),
    texts,
  )
  t.ok(world.clock.now() - began >= (BEYOND - 1) * limit('MAIL_PAIR_REFILL_MS'), 'one each second')
  await world.until(() => alice.messages(BOB_JID, 300).every(({ status }) => status === 'delivered'))
  const refused = world.server.counters.value('errors', 'TETHER_ERR_MAIL_ORDER')
  t.equal(refused, 0)
  t.equal(world.server.counters.value('mails', 'stored') >= texts.length, true)
  t.ok(world.server.counters.value('limits', 'MAIL_PAIR_BURST') <= 3 * BEYOND, 'few are sent in vain')
})
