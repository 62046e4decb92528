/**
 * The two people of `npm start`, with a past: Alice and Bob, what they wrote to each other on the days before, and
 * a few others they know. The same story each time; only its dates follow the clock.
 */
import { createHash } from 'node:crypto'
import type { Clock } from 'proto/clock'
import type { HistoryRow } from './phone-views.ts'
import type { Phones } from './phones.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

interface Member {
  readonly number: string
  readonly name: string
  /** Number → name in the address book. */
  readonly contacts: Readonly<Record<string, string>>
}

const ALICE = '15550001111'
const BOB = '15550002222'
const MUM = '15550003333'
const CARLA = '15550004444'
const JOSEPH = '15550005555'
const WORKSHOP = '15550006666'

export const cast: readonly Member[] = [
  {
    number: ALICE,
    name: 'Alice',
    contacts: { [BOB]: 'Bob', [MUM]: 'Mum', [CARLA]: 'Carla (choir)', [WORKSHOP]: 'Bike workshop' },
  },
  {
    number: BOB,
    name: 'Bob',
    contacts: { [ALICE]: 'Alice', [JOSEPH]: 'Grandpa Joseph', [CARLA]: 'Carla', [WORKSHOP]: 'Workshop' },
  },
]

/** [days before today, time of day (UTC), from, to, text] */
type Line = readonly [daysAgo: number, time: string, from: string, to: string, text: string]

// prettier-ignore
const story: readonly Line[] = [
  [6, '17:20', MUM, ALICE,   'Did the parcel arrive? The jam is from the last of the plums.'],
  [6, '18:05', ALICE, MUM,   'It did! One jar is already half empty. Thank you!'],
  [5, '08:12', ALICE, BOB,   'Morning! Are you still up for the market on Saturday?'],
  [5, '08:15', BOB, ALICE,   'Always. I will need coffee first, though.'],
  [5, '08:16', ALICE, BOB,   'Deal. The small place by the bridge, nine o’clock?'],
  [5, '08:21', BOB, ALICE,   'Make it half past nine and I will even smile.'],
  [5, '19:02', JOSEPH, BOB,  'Bob, the radio makes the noise again.'],
  [5, '19:40', BOB, JOSEPH,  'I will come by on Sunday, Grandpa. Do not open it yourself this time!'],
  [5, '19:44', JOSEPH, BOB,  'I only looked inside.'],
  [4, '12:30', CARLA, ALICE, 'Rehearsal is at seven on Thursday, not eight. Bring the green folder.'],
  [4, '12:48', ALICE, CARLA, 'Green folder, seven. Got it.'],
  [3, '16:33', BOB, ALICE,   'My bike has a flat tyre. Again. Same wheel.'],
  [3, '16:35', ALICE, BOB,   'The workshop on Mill Street did mine while I waited. Ask for Nora.'],
  [3, '16:52', BOB, WORKSHOP, 'Hello, could I bring a flat tyre in tomorrow morning?'],
  [3, '17:10', WORKSHOP, BOB, 'Sure, we open at eight. Nora is here until noon.'],
  [2, '09:47', BOB, ALICE,   'Nora says hello, and that it was a thorn. I have it in my pocket as a trophy.'],
  [2, '09:50', ALICE, BOB,   'You are a strange and wonderful man.'],
  [2, '20:14', CARLA, ALICE, 'You were lovely in the second piece tonight.'],
  [1, '18:03', ALICE, BOB,   'I have a soup recipe that wants pumpkins. Big ones. Bring a bag!'],
  [1, '18:09', BOB, ALICE,   'Bringing two. See you at the bridge.'],
  [1, '18:10', ALICE, BOB,   'See you there!'],
  [1, '18:12', BOB, ALICE,   'Looking forward to it. Good night, Alice.'],
  [1, '19:26', MUM, ALICE,   'Call me when you have a minute. Nothing bad, just news from your cousin.'],
]

/** Makes the members that have no file yet, each with contacts and history. */
export async function addCast(phones: Pick<Phones, 'stored' | 'create'>, clock: Clock): Promise<void> {
  const there = phones.stored()
  for (const member of cast) {
    if (there.includes(member.number)) continue
    const phone = await phones.create(member.number, member.name)
    for (const [number, name] of Object.entries(member.contacts)) await phone.addContact({ number, name })
    await phone.importHistory(historyOf(member.number, clock.now()))
  }
}

/** The address book of a member. */
export function contactsOf(number: string): { readonly number: string; readonly name: string }[] {
  const contacts = cast.find((member) => member.number === number)?.contacts ?? {}
  return Object.entries(contacts).map(([other, name]) => ({ number: other, name }))
}

/** The story as one person's phone holds it, oldest first; what came yesterday from Mum is still unread. */
export function historyOf(number: string, nowMs: number): HistoryRow[] {
  const today = nowMs - (nowMs % DAY_MS)
  return story.flatMap((line, index) => {
    const [daysAgo, time, from, to, text] = line
    if (from !== number && to !== number) return []
    const [hours, minutes] = time.split(':').map(Number) as [number, number]
    return [
      {
        with: from === number ? to : from,
        fromMe: from === number,
        text,
        timestampMs: today - daysAgo * DAY_MS + (hours * 60 + minutes) * MINUTE_MS,
        id: messageId(index),
        seen: from !== MUM || daysAgo > 1,
      },
    ]
  })
}

/** The same id on both phones, in the spelling of phones. */
function messageId(index: number): string {
  return createHash('sha256').update(`tether story ${index}`).digest('hex').slice(0, 32).toUpperCase()
}
