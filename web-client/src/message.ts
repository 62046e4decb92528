/**
 * What the page needs to know of one message, read from a WebMessageInfo (messages.md 3, 4, 6). Values are never
 * changed in place: a new state of a message is a new object. Contents that we cannot show keep their kind.
 */
import {
  contentTypeOf,
  revokedKeyOf,
  statusName,
  statusOf,
  stubName,
  type StubType,
  stubType,
  textOf,
  timestampOf,
  type MessageStatus,
  type WebMessageInfo,
} from 'proto/web-message'
import { timerOf } from 'proto/contents'
import type { ErrorCode } from 'proto/errors'
import { mediaOf, type MediaFacts } from 'proto/media-message'
import { isGroup, isUser } from 'proto/jid'
import { numberOf, personJid } from './address.ts'
import { type MessageContext, readContext } from './message-context.ts'
import { findRow } from './row.ts'
import { readShownContent, type ShownContent } from './shown-content.ts'

/** How far an own message has come; in this order, and only upwards (spec 11.3). */
export const sendSteps = ['failed', 'pending', 'server', 'delivered', 'read', 'played'] as const
export type SendStatus = (typeof sendSteps)[number]

/** Places that a pending message is known to have passed (hops.ts). */
export type PassedHop = 'relay' | 'phone'

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

export interface ChatMessage extends MessageContext, ShownContent {
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
  /** Of own messages that are pending: how far they are known to have come; absent when they wait in this browser. */
  readonly passed?: PassedHop
  /** Why an own message has failed; absent when nobody has said. */
  readonly failure?: ErrorCode
  /** Of own messages in groups: how far each member has it, by JID; absent before anybody has. */
  readonly reached?: ReadonlyMap<string, SendStatus>
  /** Of notices: their name and parameters (messages.md 3); `text` says the same. */
  readonly notice?: { readonly stub: StubType; readonly parameters: readonly string[] }
  /** Marked by the person, on the phone or here. */
  readonly starred?: true
  /** A voice note of somebody else that was listened to here. */
  readonly played?: true
  /** We are about to take it back; the phone has not yet said that it is. */
  readonly takingBack?: true
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

type Sentence = (who: string, whom: string, parameters: readonly string[]) => string

// prettier-ignore
const notices: Readonly<Partial<Record<StubType, Sentence>>> = {
  GROUP_CREATE:              (who, _, [subject]) => `${who} created the group "${subject}"`,
  GROUP_CHANGE_SUBJECT:      (who, _, [subject]) => `${who} changed the subject to "${subject}"`,
  GROUP_CHANGE_ICON:         (who) => `${who} changed the picture`,
  GROUP_CHANGE_INVITE_LINK:  (who) => `${who} reset the invitation`,
  GROUP_CHANGE_DESCRIPTION:  (who) => `${who} changed the description`,
  GROUP_CHANGE_RESTRICT:     (who, _, [on]) => `${who} lets ${on === 'on' ? 'only admins' : 'everybody'} change the group`,
  GROUP_CHANGE_ANNOUNCE:     (who, _, [on]) => `${who} lets ${on === 'on' ? 'only admins' : 'everybody'} write`,
  GROUP_PARTICIPANT_ADD:     (who, whom) => `${who} added ${whom}`,
  GROUP_PARTICIPANT_REMOVE:  (who, whom) => `${who} removed ${whom}`,
  GROUP_PARTICIPANT_PROMOTE: (who, whom) => `${who} made ${whom} an admin`,
  GROUP_PARTICIPANT_DEMOTE:  (who, whom) => `${who} dismissed ${whom} as an admin`,
  GROUP_PARTICIPANT_INVITE:  (who) => `${who} joined by an invitation`,
  GROUP_PARTICIPANT_LEAVE:   (who) => `${who} left`,
  CHANGE_EPHEMERAL_SETTING:  (who, _, [seconds]) => (Number(seconds) > 0 ? `${who} lets messages disappear` : `${who} lets messages stay`),
  E2E_IDENTITY_CHANGED:      () => 'The security code of this contact has changed',
  E2E_ENCRYPTED:             () => 'The phones encrypt this chat end to end',
  CALL_MISSED_VOICE:         () => 'Missed voice call',
  CALL_MISSED_VIDEO:         () => 'Missed video call',
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
  // Between two, people take back only what they wrote: the direction is that of the revoking message. In a group admins
  // take back what others wrote, and the phone, which knows who is one, names the message from our side.
  const fromMe = revoked !== null && isGroup(jid) ? revoked.fromMe : info.key.fromMe
  if (revoked !== null) return { revokes: { jid, fromMe, id: revoked.id } }
  const timer = timerOf(info)
  if (timer !== null) return { message: timerNotice(info, timer) }
  const content = contentTypeOf(info)
  if (content === 'protocolMessage') return null
  const notice = info.messageStubType !== 0
  const stub = notice ? stubName(info.messageStubType) : null
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
    text: stub === null ? textOf(info) : noticeText(info, stub),
    seconds: timestampOf(info) ?? 0,
    status: info.key.fromMe ? (status === null ? 'server' : statuses[status]) : null,
    ...(info.starred && { starred: true }),
    ...(notice ? {} : { ...readContext(info), ...readShownContent(info) }),
    ...(media && { media }),
    ...(stub !== null && { notice: { stub, parameters: [...info.messageStubParameters] } }),
  }
  return { message }
}

/** Between two people the timer is switched by a message; a page shows it as what it is in a group, a notice. */
function timerNotice({ key, status, messageTimestamp }: WebMessageInfo, seconds: number): ChatMessage {
  return {
    ...{ jid: personJid(key.remoteJid), fromMe: key.fromMe, id: key.id, author: null, kind: 'notice' },
    text: seconds > 0 ? 'Messages disappear here from now on' : 'Messages stay here from now on',
    seconds: Number(messageTimestamp),
    status: key.fromMe ? (statuses[statusName(status) ?? 'SERVER_ACK'] ?? 'server') : null,
    notice: { stub: 'CHANGE_EPHEMERAL_SETTING', parameters: [String(seconds)] },
  }
}

/** What is left of a message that was taken back: that it was there. */
export function takenBack({ jid, fromMe, id, author, seconds, status }: ChatMessage): ChatMessage {
  return { jid, fromMe, id, author, kind: 'revoked', text: '', seconds, status }
}

function noticeKind(stub: number): MessageKind {
  if (stub === stubType.REVOKE) return 'revoked'
  return stub === stubType.CIPHERTEXT ? 'undecrypted' : 'notice'
}

/** Persons by number: names are for the page, which knows them. */
function noticeText(info: WebMessageInfo, stub: StubType): string {
  const { participant, messageStubParameters: parameters } = info
  const whom = parameters.filter(isUser).map(numberOf).join(', ')
  return (
    findRow(notices, stub)?.(participant === '' ? 'Somebody' : numberOf(participant), whom, parameters) ?? ''
  )
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
