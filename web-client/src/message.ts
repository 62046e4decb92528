/**
 * What the page needs to know of one message, read from a WebMessageInfo (messages.md 3, 4, 6). Values are never
 * changed in place: a new state of a message is a new object. Contents that we cannot show keep their kind.
 */
import {
  contentTypeOf,
  revokedKeyOf,
  statusOf,
  stubType,
  textOf,
  timestampOf,
  type MessageStatus,
  type WebMessageInfo,
} from 'proto/web-message'
import { mediaOf, type MediaFacts } from 'proto/media-message'
import { personJid } from './address.ts'
import { findRow } from './row.ts'

/** How far an own message has come; in this order, and only upwards (spec 11.3). */
export const sendSteps = ['failed', 'pending', 'server', 'delivered', 'read', 'played'] as const
export type SendStatus = (typeof sendSteps)[number]

export type MessageKind =
  | 'text'
  | 'image'
  | 'video'
  | 'audio'
  | 'document'
  | 'sticker'
  | 'contact'
  | 'location'
  /** Taken back by its author. */
  | 'revoked'
  /** The phone could not decrypt it yet (stub CIPHERTEXT). */
  | 'undecrypted'
  /** A notice of the chat, not of a person; `text` names it. */
  | 'notice'
  | 'other'

export interface ChatMessage {
  /** The chat, `...@s.whatsapp.net` or `...@g.us`. */
  readonly jid: string
  readonly fromMe: boolean
  readonly id: string
  /** Who wrote it; null when that is me, or the other person of the chat. */
  readonly author: string | null
  readonly kind: MessageKind
  /** The text or caption; '' when there is none. */
  readonly text: string
  /** Unix time in seconds. */
  readonly seconds: number
  /** Of own messages; null on others'. */
  readonly status: SendStatus | null
  /** Its file; absent when it has none. */
  readonly media?: MediaFacts
}

/** Names one message; ids are unique only together with the chat and the direction (messages.md 2). */
export function keyOf(message: { readonly fromMe: boolean; readonly id: string }): string {
  return `${message.fromMe ? 'out' : 'in'} ${message.id}`
}

/** Known to the phone, so it can be named to it. */
export function isSettled(message: ChatMessage): boolean {
  return message.status !== 'pending' && message.status !== 'failed'
}

const kinds: Readonly<Record<string, MessageKind>> = {
  conversation: 'text',
  extendedTextMessage: 'text',
  imageMessage: 'image',
  videoMessage: 'video',
  audioMessage: 'audio',
  documentMessage: 'document',
  stickerMessage: 'sticker',
  contactMessage: 'contact',
  contactsArrayMessage: 'contact',
  locationMessage: 'location',
  liveLocationMessage: 'location',
}

const statuses: Readonly<Record<MessageStatus, SendStatus>> = {
  ERROR: 'failed',
  PENDING: 'pending',
  SERVER_ACK: 'server',
  DELIVERY_ACK: 'delivered',
  READ: 'read',
  PLAYED: 'played',
}

// prettier-ignore
const notices: Readonly<Partial<Record<number, string>>> = {
  [stubType.GROUP_CREATE]: 'The group was created',
  [stubType.GROUP_CHANGE_SUBJECT]: 'The subject was changed',
  [stubType.GROUP_CHANGE_DESCRIPTION]: 'The description was changed',
  [stubType.GROUP_PARTICIPANT_ADD]: 'Somebody was added',
  [stubType.GROUP_PARTICIPANT_REMOVE]: 'Somebody was removed',
  [stubType.GROUP_PARTICIPANT_LEAVE]: 'Somebody left',
  [stubType.E2E_IDENTITY_CHANGED]: 'The security code of this contact has changed',
  [stubType.E2E_ENCRYPTED]: 'The phones encrypt this chat end to end',
  [stubType.CALL_MISSED_VOICE]: 'Missed voice call',
  [stubType.CALL_MISSED_VIDEO]: 'Missed video call',
}

export interface Revocation {
  readonly jid: string
  readonly fromMe: boolean
  readonly id: string
}

export type Reading = { readonly message: ChatMessage } | { readonly revokes: Revocation } | null

/** Null for what is not shown: other protocol messages, and contents without a kind or text. */
export function readMessage(info: WebMessageInfo): Reading {
  const jid = personJid(info.key.remoteJid)
  const revoked = revokedKeyOf(info)
  // A person can take back only what they wrote: the direction is that of the revoking message.
  if (revoked !== null) return { revokes: { jid, fromMe: info.key.fromMe, id: revoked.id } }
  const content = contentTypeOf(info)
  if (content === 'protocolMessage') return null
  const notice = info.messageStubType !== 0
  if (content === null && !notice) return null
  const status = statusOf(info)
  const author = info.participant || info.key.participant
  const media = mediaOf(info)
  const message: ChatMessage = {
    jid,
    fromMe: info.key.fromMe,
    id: info.key.id,
    author: author === '' || info.key.fromMe ? null : personJid(author),
    kind: notice ? noticeKind(info.messageStubType) : (findRow(kinds, content ?? undefined) ?? 'other'),
    text: notice ? noticeText(info) : textOf(info),
    seconds: timestampOf(info) ?? 0,
    status: info.key.fromMe ? (status === null ? 'server' : statuses[status]) : null,
    ...(media && { media }),
  }
  return { message }
}

function noticeKind(stub: number): MessageKind {
  if (stub === stubType.REVOKE) return 'revoked'
  return stub === stubType.CIPHERTEXT ? 'undecrypted' : 'notice'
}

function noticeText(info: WebMessageInfo): string {
  return notices[info.messageStubType] ?? ''
}

/** The later of two states; a failure counts only before the server has taken the message. */
export function laterStatus(known: SendStatus | null, said: SendStatus | null): SendStatus | null {
  if (known === null || said === null) return said ?? known
  if (said === 'failed') return known === 'pending' ? 'failed' : known
  return sendSteps.indexOf(said) > sendSteps.indexOf(known) ? said : known
}

/** The state named by the `ack` number of a receipt (spec 11.3); null for a number without meaning. */
export function statusOfAck(ack: unknown): SendStatus | null {
  if (typeof ack !== 'number') return null
  return ack < 0 ? 'failed' : (sendSteps[ack + 1] ?? null)
}
