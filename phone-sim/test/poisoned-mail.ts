/** One mail at which a phone stumbles by a defect of its own, and many good ones behind it (research D5). */
import type { Test } from 'tap'
import { limit } from 'proto/limits'
import { openPhoneStore } from '../src/store-sqlite.ts'
import type { PhoneStore } from '../src/store.ts'
import { ALICE, BOB, jid, PhoneWorld, textsOf } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

/** A store in whose history one text makes the phone stumble, as a defect of ours would. */
export function stumblingStore(
  world: PhoneWorld,
  stumbles: (text: string) => void,
  real = openPhoneStore(':memory:', { clock: world.clock }),
): PhoneStore {
  const messages: PhoneStore['messages'] = {
    ...real.messages,
    add(row) {
      stumbles(row.text)
      return real.messages.add(row)
    },
  }
  return { ...real, messages }
}

/** The poisoned one is set aside after MAIL_POISON_TRIES; `good` others arrive, in order. */
export async function sendPoisoned(t: Test, good: number): Promise<void> {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  let attempts = 0
  const store = stumblingStore(world, (text) => {
    if (text !== 'poison') return
    attempts++
    throw new Error('a defect')
  })
  const bob = await world.phone(BOB, 'Bob', { store })
  await alice.sendText(BOB, 'before')
  await until(() => textsOf(bob, ALICE).length === 1, 'arrival')
  await alice.sendText(BOB, 'poison')
  for (let n = 1; n <= good; n++) await alice.sendText(BOB, `good ${n}`)
  const arrived = () => store.messages.unseenCount(jid(ALICE))
  for (let rounds = 0; arrived() < good + 2; rounds++) {
    if (rounds > 100) break
    await world.clock.advance(limit('PHONE_BACKOFF_MAX_MS'))
    for (let waited = 0; waited < good && bob.status().state === 'online' && arrived() < good + 2; waited++)
      await turns(10)
  }
  t.equal(attempts, limit('MAIL_POISON_TRIES') + 1, 'the first was on a link that had taken other mail')
  const texts = bob.messages(jid(ALICE), good + 3)
  t.strictSame(
    texts.filter(({ type }) => type !== 'undecryptable').map(({ text }) => text),
    ['before', ...Array.from({ length: good }, (_, at) => `good ${at + 1}`)],
  )
  t.equal(texts[1].type, 'undecryptable', 'the person sees that something is missing')
  t.equal(world.meters.value('limits', 'MAIL_POISON_TRIES'), 1)
  t.match(store.inbox.parked(), [{ from: ALICE, kind: /prekey|whisper/ }])
  t.match(
    bob.auditRecords(20).filter(({ kind }) => kind === 'mail.parked'),
    [{ fields: { from: ALICE, tries: limit('MAIL_POISON_TRIES') } }],
  )
}
