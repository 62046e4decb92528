/**
 * The typed face of the protobuf part: one WebMessageInfo is the content of one `message` node (spec: messages.md).
 * Fields the schema does not name survive decoding and encoding. Generated types: gen/web-message_pb.ts.
 * Knows nothing of nodes, frames or phones.
 */
import {
  clearField,
  create,
  fromBinary,
  isFieldSet,
  type JsonObject,
  toBinary,
  toJson,
} from '@bufbuild/protobuf'
import { TetherError } from './errors.ts'
import {
  type Message,
  type MessageKey,
  MessageKeySchema,
  MessageSchema,
  ProtocolMessage_Type,
  ProtocolMessageSchema,
  type WebMessageInfo as GeneratedInfo,
  WebMessageInfo_Status,
  WebMessageInfo_StubType,
  WebMessageInfoSchema,
} from './gen/web-message_pb.ts'
import { limit } from './limits.ts'

export type { Message, MessageKey }

/** A chat message or a notice; always with its key. Absent fields read as their defaults. */
export type WebMessageInfo = GeneratedInfo & { key: MessageKey }

/** Message status by name: ERROR 0, PENDING 1, SERVER_ACK 2, DELIVERY_ACK 3, READ 4, PLAYED 5 (messages.md 3). */
export const messageStatus = WebMessageInfo_Status
export type MessageStatus = keyof typeof messageStatus

/** Notices by name (messages.md 3). */
export const stubType = WebMessageInfo_StubType
export type StubType = keyof typeof stubType

/**
 * Reads the content of a `message` node. The result shares no memory with `bytes`.
 * Throws TETHER_ERR_PROTOBUF: truncated, malformed, nested deeper than PROTOBUF_DEPTH, or without key.
 */
export function decodeWebMessage(bytes: Uint8Array): WebMessageInfo {
  let info: GeneratedInfo
  try {
    info = fromBinary(WebMessageInfoSchema, new Uint8Array(bytes), {
      recursionLimit: limit('PROTOBUF_DEPTH'),
    })
  } catch (cause) {
    throw new TetherError('TETHER_ERR_PROTOBUF', 'WebMessageInfo', { cause })
  }
  return assertKey(info)
}

/** Writes fields in the order of their numbers, unknown ones last. Throws TETHER_ERR_PROTOBUF when the key is missing. */
export function encodeWebMessage(info: GeneratedInfo): Uint8Array {
  try {
    return toBinary(WebMessageInfoSchema, info)
  } catch (cause) {
    throw new TetherError('TETHER_ERR_PROTOBUF', 'WebMessageInfo cannot be written', { cause })
  }
}

/** The message for people to read: fields, status and notice by name, 64-bit numbers as texts, bytes as base64; unknown fields are left out. */
export function webMessageJson(info: GeneratedInfo): JsonObject {
  const json = toJson(WebMessageInfoSchema, info) as JsonObject
  if ('status' in json) json.status = statusName(info.status) ?? info.status
  const stub = Object.entries(stubType).find(([, number]) => number === info.messageStubType)
  if ('messageStubType' in json && stub !== undefined) json.messageStubType = stub[0]
  return json
}

function assertKey(info: GeneratedInfo): WebMessageInfo {
  if (info.key === undefined) throw new TetherError('TETHER_ERR_PROTOBUF', 'WebMessageInfo without key')
  return info as WebMessageInfo
}

/** What every built message has. `participant` is the author in a group; it fills both places (messages.md 1). */
export interface MessageFrame {
  readonly remoteJid: string
  readonly fromMe: boolean
  readonly id: string
  /** Seconds since 1970. */
  readonly timestampS: number
  readonly participant?: string | undefined
  readonly pushName?: string | undefined
  readonly status?: MessageStatus | undefined
}

/** A plain text. */
export function textMessage(frame: MessageFrame & { readonly text: string }): WebMessageInfo {
  return infoOf(frame, create(MessageSchema, { conversation: frame.text }))
}

/** Takes an earlier message back. `revoked` is the key of that message; `frame.id` is a new id. */
export function revokeMessage(frame: MessageFrame & { readonly revoked: KeyFields }): WebMessageInfo {
  const protocolMessage = { key: keyOf(frame.revoked), type: ProtocolMessage_Type.REVOKE }
  return infoOf(frame, create(MessageSchema, { protocolMessage }))
}

/** A notice instead of a message: group changes, calls, security (messages.md 3, StubType). */
export function stubMessage(
  frame: MessageFrame & { readonly stub: StubType; readonly parameters?: readonly string[] | undefined },
): WebMessageInfo {
  const info = infoOf(frame)
  info.messageStubType = stubType[frame.stub]
  info.messageStubParameters = [...(frame.parameters ?? [])]
  return info
}

export interface KeyFields {
  readonly remoteJid: string
  readonly fromMe: boolean
  readonly id: string
  readonly participant?: string | undefined
}

// fromMe is always set: an absent field and a false one are different bytes, and clients expect the latter.
function keyOf({ remoteJid, fromMe, id, participant }: KeyFields): MessageKey {
  return create(MessageKeySchema, {
    remoteJid,
    fromMe,
    id,
    ...(participant === undefined ? {} : { participant }),
  })
}

/** The message around a content, or around none for a notice. */
export function infoOf(frame: MessageFrame, message?: Message): WebMessageInfo {
  const info = create(WebMessageInfoSchema, {
    key: keyOf(frame),
    messageTimestamp: BigInt(frame.timestampS),
    ...(message && { message }),
  })
  if (frame.status !== undefined) info.status = messageStatus[frame.status]
  if (frame.participant !== undefined) info.participant = frame.participant
  if (frame.pushName !== undefined) info.pushName = frame.pushName
  return assertKey(info)
}

/** Takes the author of a group message out, in both places: own messages name none (messages.md 1). */
export function removeAuthor(info: WebMessageInfo): void {
  clearField(info, WebMessageInfoSchema.field.participant)
  clearField(info.key, MessageKeySchema.field.participant)
}

/** Takes the notice out: only the service may say what a stub says. */
export function removeStub(info: WebMessageInfo): void {
  clearField(info, WebMessageInfoSchema.field.messageStubType)
  clearField(info, WebMessageInfoSchema.field.messageStubParameters)
}

/** Makes a key name the message of this id somewhere else. */
export function moveKey(key: MessageKey, { remoteJid, fromMe, participant }: Omit<KeyFields, 'id'>): void {
  Object.assign(key, { remoteJid, fromMe })
  if (participant === undefined) clearField(key, MessageKeySchema.field.participant)
  else key.participant = participant
}

/** Seconds since 1970, or null when the field is absent. */
export function timestampOf(info: GeneratedInfo): number | null {
  return isFieldSet(info, WebMessageInfoSchema.field.messageTimestamp) ? Number(info.messageTimestamp) : null
}

/** The status by name, or null when the field is absent or not one of the six. */
export function statusOf(info: GeneratedInfo): MessageStatus | null {
  return isFieldSet(info, WebMessageInfoSchema.field.status) ? statusName(info.status) : null
}

/** The name of a status number; null for any other number. */
export function statusName(status: number): MessageStatus | null {
  const names = Object.keys(messageStatus) as MessageStatus[]
  return names.find((name) => messageStatus[name] === status) ?? null
}

/** The name of a stub number; null for any other number, and for 0, which is no stub. */
export function stubName(number: number): StubType | null {
  if (number === 0) return null
  return (Object.keys(stubType) as StubType[]).find((name) => stubType[name] === number) ?? null
}

/** The key of the message that this one takes back, or null. */
export function revokedKeyOf(info: GeneratedInfo): MessageKey | null {
  const protocol = contentOf(info)?.protocolMessage
  // An absent or unknown type also reads as REVOKE, which is 0.
  if (protocol === undefined || !isFieldSet(protocol, ProtocolMessageSchema.field.type)) return null
  return protocol.type === ProtocolMessage_Type.REVOKE ? (protocol.key ?? null) : null
}

/** The message without its wrappers (disappearing, view once, sent by another device); null for a notice. */
export function contentOf(info: GeneratedInfo): Message | null {
  let message = info.message
  for (let inner = message; inner !== undefined; inner = wrapped(inner)) message = inner
  return message ?? null
}

function wrapped(message: Message): Message | undefined {
  const wrapper =
    message.ephemeralMessage ??
    message.viewOnceMessage ??
    message.viewOnceMessageV2 ??
    message.documentWithCaptionMessage ??
    message.deviceSentMessage
  return wrapper?.message
}

// These accompany a content and are never the content.
const companions: ReadonlySet<string> = new Set([
  'messageContextInfo',
  'senderKeyDistributionMessage',
  'fastRatchetKeySenderKeyDistributionMessage',
])

/** Which content the message holds, by field name (`conversation`, `imageMessage`, ...), inside wrappers; null for none. */
export function contentTypeOf(info: GeneratedInfo): ContentType | null {
  const message = contentOf(info)
  if (message === null) return null
  const field = MessageSchema.fields.find(
    (candidate) => !companions.has(candidate.localName) && isFieldSet(message, candidate),
  )
  return (field?.localName ?? null) as ContentType | null
}
export type ContentType = Exclude<keyof typeof MessageSchema.field, 'messageContextInfo'>

/** The text a person reads: the text itself or a caption, inside wrappers; '' when there is none. */
export function textOf(info: GeneratedInfo): string {
  const message = contentOf(info)
  if (message === null) return ''
  return (
    [
      message.conversation,
      message.extendedTextMessage?.text,
      message.imageMessage?.caption,
      message.videoMessage?.caption,
      message.documentMessage?.caption,
      message.liveLocationMessage?.caption,
      message.groupInviteMessage?.caption,
      message.buttonsResponseMessage?.selectedDisplayText,
      message.templateButtonReplyMessage?.selectedDisplayText,
      message.listResponseMessage?.title,
      message.reactionMessage?.text,
    ].find((text) => text !== undefined && text !== '') ?? ''
  )
}
