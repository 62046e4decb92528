/** Mail that had to wait is found in the bucket of its time, at the server and at the phones. */
import t from 'tap'
import { BOB, type World } from 'harness'
import { WAIT_S } from 'proto/measures'
import { ALICE_JID } from '../src/backstory.ts'
import { clientStory } from '../src/client-story.ts'
import { bringBack, takeOffline } from '../src/phone-absence.ts'

/** Of which bucket a wait is: the first whose upper end is not below it. */
const bucketOf = (seconds: number): number => WAIT_S.findIndex((bound) => seconds <= bound)

const lagsOf = ({ server, meters }: World) => ({
  away: [...server.counters.buckets('mailLag', 'away').counts],
  there: [...server.counters.buckets('mailLag', 'there').counts],
  phones: [...meters.buckets('mailLag', '').counts],
})

/** In which buckets there is more, and how much. */
function more(before: readonly number[], now: readonly number[]): ReadonlyMap<number, number> {
  return new Map(now.flatMap((count, at) => (count > before[at] ? [[at, count - before[at]]] : [])))
}

t.test('it finds mail that waited for its phone among what waited so long', async (t) => {
  const { world, alice, bob } = await clientStory(t, {})
  await world.finish(alice.sendText(BOB.number, 'a session first'))
  await world.pass(2_000)
  for (const seconds of [3, 45, 4_000]) {
    await takeOffline(world, bob)
    const before = lagsOf(world)
    await world.finish(alice.sendText(BOB.number, `after ${seconds} s`))
    await world.pass(seconds * 1_000)
    await bringBack(world, bob)
    await world.until(() => bob.messages(ALICE_JID).at(-1)?.text === `after ${seconds} s`)
    await world.pass(2_000)
    const now = lagsOf(world)
    // it came a few milliseconds before the wait began and was taken a few after it ended
    const late = bucketOf(seconds + 0.5)
    t.strictSame(more(before.away, now.away), new Map([[late, 1]]), `the server, ${seconds} s`)
    const there = [...more(before.there, now.there)]
    t.equal(there.length, 1)
    const [[soon, receipts]] = there
    t.ok(WAIT_S[soon] <= 0.05 && receipts === 1, 'the receipt, at once')
    t.equal(more(before.phones, now.phones).get(late), 1, `the phone, ${seconds} s`)
  }
})

t.test(
  'it finds mail that a phone did not take at once, though it was there, among what waited so long',
  async (t) => {
    const { world, alice, bob } = await clientStory(t, {})
    await world.finish(alice.sendText(BOB.number, 'a session first'))
    await world.pass(2_000)
    bob.setDevice({ app: 'dozing' })
    const before = lagsOf(world)
    await world.finish(alice.sendText(BOB.number, 'while it dozes'))
    await world.pass(20_000)
    bob.setDevice({ app: 'running' })
    await world.until(() => bob.messages(ALICE_JID).at(-1)?.text === 'while it dozes')
    await world.pass(2_000)
    const now = lagsOf(world)
    t.strictSame(more(before.away, now.away), new Map())
    t.equal(more(before.there, now.there).get(bucketOf(20.5)), 1)
  },
)
