/** A past for the two phones of a story: they know each other, and have written numbered messages. */
import { ALICE, BOB, type World } from 'harness'

export const ALICE_JID = `${ALICE.number}@s.whatsapp.net`
export const BOB_JID = `${BOB.number}@s.whatsapp.net`
export const MUM = '15550003333'
export const MUM_JID = `${MUM}@s.whatsapp.net`

const MINUTE_MS = 60_000

/** The nth text of the past, from 1; odd ones are Bob's. */
export function oldText(n: number): string {
  return `old message ${n}`
}

/** Gives Alice `count` messages with Bob and one of Mum, and Bob the same ones. */
export async function giveBackstory(world: World, count = 5): Promise<void> {
  const start = world.clock.now() - (count + 10) * MINUTE_MS
  const [alice, bob] = [world.phone(ALICE.number), world.phone(BOB.number)]
  const rows = Array.from({ length: count }, (_, index) => ({
    n: index + 1,
    byBob: index % 2 === 0,
    timestampMs: start + index * MINUTE_MS,
    id: (index + 1).toString(16).toUpperCase().padStart(32, 'A'),
  }))
  const historyOf = (whose: 'alice' | 'bob') =>
    rows.map(({ n, byBob, timestampMs, id }) => ({
      with: whose === 'alice' ? BOB.number : ALICE.number,
      fromMe: byBob === (whose === 'bob'),
      text: oldText(n),
      timestampMs,
      id,
      seen: true,
    }))
  const plum = { with: MUM, fromMe: false, text: 'The last of the plums', timestampMs: start, seen: true }
  await world.finish(
    (async () => {
      await alice.addContact(BOB)
      await alice.addContact({ number: MUM, name: 'Mum' })
      await bob.addContact(ALICE)
      await alice.importHistory([plum, ...historyOf('alice')])
      await bob.importHistory(historyOf('bob'))
    })(),
  )
}
