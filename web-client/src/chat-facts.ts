/** What is known of a chat besides its messages, and how the phone's lists say it (spec 10.2). */
import type { ChatTimer } from 'proto/contents'
import type { ChatMessage } from './message.ts'
import type { Attributes } from './node-reading.ts'

export type Typing = 'composing' | 'recording'

export interface Chat {
  readonly jid: string
  readonly name: string
  readonly group: boolean
  /** Unix time in seconds of the last activity. */
  readonly seconds: number
  /** Messages not read; -1 when marked unread by hand. */
  readonly unread: number
  readonly pinned: boolean
  readonly archived: boolean
  /** Unix seconds at which the mute ends; null when not muted, -1 for always. */
  readonly mutedUntil: number | null
  readonly readOnly: boolean
  /** What is written here disappears after so many seconds; null: it stays. */
  readonly timer: ChatTimer | null
  /** The phone may have messages older than the oldest known. */
  readonly hasOlder: boolean
  readonly newest: ChatMessage | null
  readonly typing: Typing | null
}

/** A chat without what is known from elsewhere. */
export type Facts = Omit<Chat, 'jid' | 'name' | 'group' | 'newest'> & { readonly name: string | null }
/** What is kept of a chat besides its messages; `name` is null where the contact's name serves. */
export type KeptFacts = Omit<Facts, 'typing'>

/** Of a chat of which nothing is known. */
export const newFacts: Facts = {
  name: null,
  seconds: 0,
  unread: 0,
  pinned: false,
  archived: false,
  mutedUntil: null,
  readOnly: false,
  timer: null,
  hasOlder: true,
  typing: null,
}

function readTimer({ ephemeral, eph_setting_ts: setAt }: Attributes): ChatTimer | null {
  const seconds = Number(ephemeral) || 0
  return seconds > 0 ? { seconds, setAt: Number(setAt) || 0 } : null
}

/** The attributes of a `chat` node in a list (spec 10.2); absent ones mean the default. */
export function readFacts(attributes: Attributes): Partial<Facts> {
  return {
    name: attributes.name || null,
    unread: Math.max(-1, Math.trunc(Number(attributes.count) || 0)),
    pinned: Number(attributes.pin) > 0,
    archived: attributes.archive === 'true',
    mutedUntil: attributes.mute === undefined ? null : Number(attributes.mute) || null,
    readOnly: attributes.read_only === 'true',
    timer: readTimer(attributes),
  }
}
