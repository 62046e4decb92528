/**
 * The past of a person who writes a lot: thousands of contacts, hundreds of chats, messages of every length in many
 * scripts, made from a seed. It goes into a phone the way any other past does. Knows how often its marked words occur.
 */
import { seededEntropy, type Entropy } from 'proto/entropy'
import type { HistoryChat, HistoryRow, Phone } from 'phone-sim/phone'

export interface HistorySize {
  readonly messages: number
  readonly chats: number
  readonly contacts: number
}

/** What issue-sized measurements use. */
export const LARGE_HISTORY: HistorySize = { messages: 100_000, chats: 500, contacts: 2_000 }

export interface LargeHistory {
  readonly size: HistorySize
  readonly contacts: readonly { readonly number: string; readonly name: string }[]
  /** Pinned, muted and archived ones; the others have no row. */
  readonly chats: readonly HistoryChat[]
  /** Numbers of those with whom there are messages, the largest chat first. */
  readonly partners: readonly string[]
  /** All messages in the order of their times, anew at each call. */
  readonly messages: () => Generator<HistoryRow>
}

/** Words that tests and measurements search for. */
export const RARE_WORD = 'xylographer'
export const RARE_TIMES = 7
/** In about one message of three; part of other words too. */
export const COMMON_WORD = 'the'
/** Nowhere. */
export const ABSENT_WORD = 'quokkas'

const YEARS_MS = 3 * 365 * 86_400_000
const FIRST_NUMBER = 15_551_000_000
const WORDS = 4_000
const IMPORT_ROWS = 1_000
/** Shares of messages: of others not seen, of all starred. */
const UNSEEN = 0.2
const UNSEEN_NEWEST = 0.02
const STARRED = 0.005

const names = 'Ada Björn Chiara Diego Élise Fatima Grace Hana Ines Jörg Katarzyna Łukasz Mila Nuria Olga Pavel Quentin'
  .concat(' Rosa Søren Tomáš Uma Viktor Wanda Xenia Yusuf Zoë Мария Иван 美咲 Νίκος').split(' ') // prettier-ignore
const surnames = 'Andersson Becker Castillo Dubois Eriksen Fischer García Horváth Ivanova Jovanović Kowalski Lindqvist'
  .concat(' Müller Novák O’Brien Papadopoulos Rossi Sørensen Takahashi Vasquez').split(' ') // prettier-ignore
const syllables = 'an be co da el fi go ha in jo ka lo ma ne or pa qui ra so ti un ve wa xi ya ze ch sh th st br gr'.split(' ') // prettier-ignore
const frequent = 'the to and you I a is in it of that for on was we have be at not so are this but me with will just ok'.split(' ') // prettier-ignore
const foreign = 'schön Straße fête déjà naïve señor привет завтра спасибо 東京 明日 ありがとう καλημέρα مرحبا 🙂 🎉 👍🏽 ❤️'.split(' ') // prettier-ignore

/** The same seed, size and end give the same past. `endMs`: about when the newest message was written. */
export function largeHistory(seed: string, size: HistorySize, endMs: number): LargeHistory {
  const entropy = seededEntropy(`large history ${seed}`)
  const numbers = Array.from({ length: Math.max(size.contacts, size.chats) }, (_, at) =>
    String(FIRST_NUMBER + at),
  )
  const partners = shuffled(numbers, entropy.fork('partners')).slice(0, size.chats)
  return {
    size,
    contacts: namesOf(numbers.slice(0, size.contacts), entropy.fork('names')),
    chats: partners.flatMap((number, at) => chatFacts(number, at, endMs)),
    partners,
    messages: () => messagesOf(partners, size.messages, endMs, entropy),
  }
}

/** Puts the past into a started phone, in parts, so that its link stays alive meanwhile. */
export async function fillPhone(
  phone: Pick<Phone, 'importContacts' | 'importHistory'>,
  { contacts, chats, messages }: LargeHistory,
): Promise<void> {
  await phone.importContacts(contacts)
  let part: HistoryRow[] = []
  for (const row of messages()) {
    if (part.push(row) < IMPORT_ROWS) continue
    await phone.importHistory(part)
    part = []
  }
  await phone.importHistory(part, chats)
}

function namesOf(numbers: readonly string[], entropy: Entropy): LargeHistory['contacts'] {
  const pick = picker(entropy)
  return numbers.map((number) => ({
    number,
    name: `${names[pick(names.length)]} ${surnames[pick(surnames.length)]}`,
  }))
}

/** A few of the largest chats are pinned, some are muted, and every ninth is archived. */
function chatFacts(number: string, at: number, endMs: number): HistoryChat[] {
  const endS = Math.floor(endMs / 1000)
  if (at % 160 === 1) return [{ with: number, pinnedS: endS - at }]
  if (at % 25 === 3) return [{ with: number, mutedUntilS: at % 50 === 3 ? -1 : endS + 86_400 }]
  return at % 9 === 8 ? [{ with: number, archived: true }] : []
}

/** Chat `at` has a share of about 1 / (at + 3); each chat has a message, the last ones old ones only. */
function* messagesOf(
  partners: readonly string[],
  count: number,
  endMs: number,
  source: Entropy,
): Generator<HistoryRow> {
  const next = fractionsOf(source.fork('messages'))
  const vocabulary = wordsOf(source.fork('words'))
  const ends = cumulative(partners.map((_, at) => 1 / (at + 3)))
  const step = YEARS_MS / count
  const rare = new Set(
    Array.from({ length: RARE_TIMES }, (_, at) => Math.floor(((at + 0.5) * count) / RARE_TIMES)),
  )
  for (let at = 0; at < count; at++) {
    const age = 1 - at / count
    const chat = at < partners.length ? partners.length - 1 - at : indexIn(ends, next())
    const fromMe = next() < 0.45
    const text = textOf(next, vocabulary)
    yield {
      with: partners[chat],
      fromMe,
      text: rare.has(at) ? `${text} ${RARE_WORD.toUpperCase()}, ${text.slice(0, 40)}` : text,
      timestampMs: Math.floor(endMs - (count - at - next()) * step),
      id: `3EB0${at.toString(16).toUpperCase().padStart(16, '0')}`,
      seen: fromMe || age > UNSEEN_NEWEST || next() >= UNSEEN,
      starred: next() < STARRED,
    }
  }
}

/** Half of the texts have up to six words, one of fifty is a long one. */
function textOf(next: () => number, vocabulary: readonly string[]): string {
  const kind = next()
  const words = kind < 0.5 ? 1 + next() * 6 : kind < 0.98 ? 6 + next() * 20 : 40 + next() * 300
  const said: string[] = []
  for (let left = Math.floor(words); left > 0; left--) {
    const which = next()
    const from = which < 0.45 ? frequent : which < 0.97 ? vocabulary : foreign
    said.push(from[Math.floor(next() ** 2 * from.length)])
  }
  const text = said.join(' ')
  return text.charAt(0).toUpperCase() + text.slice(1) + (next() < 0.5 ? '.' : '')
}

function wordsOf(entropy: Entropy): string[] {
  const pick = picker(entropy)
  return Array.from({ length: WORDS }, () =>
    Array.from({ length: 2 + pick(3) }, () => syllables[pick(syllables.length)]).join(''),
  )
}

function picker(entropy: Entropy): (below: number) => number {
  const next = fractionsOf(entropy)
  return (below) => Math.floor(next() * below)
}

/** Numbers in [0, 1) by xorshift: a history takes millions of them, and nobody has to be kept from guessing. */
function fractionsOf(entropy: Entropy): () => number {
  let state = new DataView(entropy.bytes(4).buffer).getUint32(0) | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

function shuffled<T>(items: readonly T[], entropy: Entropy): T[] {
  const pick = picker(entropy)
  const out = [...items]
  for (let at = out.length - 1; at > 0; at--) {
    const other = pick(at + 1)
    ;[out[at], out[other]] = [out[other], out[at]]
  }
  return out
}

/** Running sums, scaled so that the last is 1. */
function cumulative(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  let so = 0
  return weights.map((weight) => (so += weight) / sum)
}

function indexIn(ends: readonly number[], value: number): number {
  let [low, high] = [0, ends.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (ends[middle] > value) high = middle
    else low = middle + 1
  }
  return low
}
