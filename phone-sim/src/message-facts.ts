/** What the store keeps of a message beside its bytes, and the bytes that browsers get of it. Pure. */
import { expirationOf } from 'proto/contents'
import { isUser, STATUS_JID } from 'proto/jid'
import { limit } from 'proto/limits'
import {
  contentTypeOf,
  decodeWebMessage,
  encodeWebMessage,
  stubType,
  textOf,
  timestampOf,
  type WebMessageInfo,
} from 'proto/web-message'
import type { MessageKeyRow, MessageRow, NewMessage } from './store.ts'

const DAY_MS = 86_400_000

// types of what is no content
export const REVOKED = 'revoked'
export const UNDECRYPTABLE = 'undecryptable'
/** What the service says in a chat instead of a person. */
export const NOTICE = 'notice'

/** The key of a message as the store has it. */
export function keyOf({ key }: WebMessageInfo): MessageKeyRow {
  return { chat: key.remoteJid, fromMe: key.fromMe, id: key.id }
}

/** When it was sent (`at` when it does not say), when it disappears, what a person reads, and who wrote it to many. */
export function factsOf(
  info: WebMessageInfo,
  at: number,
): Pick<NewMessage, 'at' | 'expiresAt' | 'author' | 'text' | 'type'> {
  const seconds = timestampOf(info)
  const sentAt = isPlausible(seconds, at) ? seconds * 1000 : at
  const { key, participant } = info
  const lifeMs = key.remoteJid === STATUS_JID ? limit('STORY_LIFE_MS') : expirationOf(info) * 1000
  return {
    at: sentAt,
    expiresAt: lifeMs > 0 ? sentAt + lifeMs : null,
    author: key.fromMe || isUser(key.remoteJid) || participant === '' ? null : participant,
    ...describe(info),
  }
}

// a time far in the future would keep its chat on top for ever
function isPlausible(seconds: number | null, at: number): seconds is number {
  return seconds !== null && seconds > 0 && seconds * 1000 <= at + DAY_MS
}

/**
 * When a message came as far as a receipt tells, in milliseconds: by the clock of its reader (`t`, seconds), but not
 * before it was sent nor after we heard of it.
 */
export function reachedAt(sentAt: number, t: number, now: number): number {
  return Math.min(now, Math.max(sentAt, t * 1000))
}

const noticeTypes: ReadonlyMap<number, string> = new Map([
  [stubType.REVOKE, REVOKED],
  [stubType.CIPHERTEXT, UNDECRYPTABLE],
])

export function describe(info: WebMessageInfo): { text: string; type: string } {
  return {
    text: textOf(info),
    type: noticeTypes.get(info.messageStubType) ?? contentTypeOf(info) ?? NOTICE,
  }
}

/** Takes out, in place, what is a phone's own knowledge of a message and no part of it (messages.md 1). */
export function keepToOneself(info: WebMessageInfo): void {
  for (const field of ['status', 'starred']) Reflect.deleteProperty(info, field)
}

/** The message as a browser gets it: own messages with their present status (messages.md 1). */
export function browserBytes(row: MessageRow): Uint8Array {
  if (!row.fromMe && !row.starred) return row.info
  const info = decodeWebMessage(row.info)
  if (row.fromMe) info.status = row.status
  if (row.starred) info.starred = true
  return encodeWebMessage(info)
}
