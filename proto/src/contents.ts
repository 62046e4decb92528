/**
 * Contents of every kind (messages.md 3, 4), written as plain objects in the names of the schema, and the
 * disappearing timer around them (messages.md 6). Media contents are made in media-message.ts.
 */
import { create, isFieldSet, type MessageInitShape } from '@bufbuild/protobuf'
import {
  type ContextInfo,
  ContextInfoSchema,
  type Message,
  MessageSchema,
  ProtocolMessage_Type,
  ProtocolMessageSchema,
} from './gen/web-message_pb.ts'
import { contentOf, infoOf, type MessageFrame, type WebMessageInfo } from './web-message.ts'

/** A content as a plain object: `{ conversation: 'Hi' }`, `{ locationMessage: { degreesLatitude: 1, ... } }`. */
export type ContentInit = MessageInitShape<typeof MessageSchema>

/** A message with this content. */
export function contentMessage(frame: MessageFrame & { readonly content: ContentInit }): WebMessageInfo {
  return infoOf(frame, create(MessageSchema, frame.content))
}

/** Switches the disappearing timer of a chat between two people; 0 seconds switches it off. */
export function timerContent(seconds: number): ContentInit {
  const protocolMessage = { type: ProtocolMessage_Type.EPHEMERAL_SETTING, ephemeralExpiration: seconds }
  return { ephemeralMessage: { message: { protocolMessage } } }
}

/** The seconds of a message that switches the timer; null for any other. */
export function timerOf(info: WebMessageInfo): number | null {
  const protocol = contentOf(info)?.protocolMessage
  if (protocol === undefined || !isFieldSet(protocol, ProtocolMessageSchema.field.type)) return null
  return protocol.type === ProtocolMessage_Type.EPHEMERAL_SETTING ? protocol.ephemeralExpiration : null
}

export interface ChatTimer {
  readonly seconds: number
  /** When it was set, in seconds since 1970. */
  readonly setAt: number
}

/** The content wrapped so that it disappears; a bare text becomes an extended one, which has room for the timer. */
export function disappearing(content: ContentInit, { seconds, setAt }: ChatTimer): ContentInit {
  const message = create(MessageSchema, content)
  if (isFieldSet(message, MessageSchema.field.conversation)) {
    const { conversation: text } = message
    return disappearing({ extendedTextMessage: { text } }, { seconds, setAt })
  }
  for (const holder of holdersOf(message)) {
    holder.contextInfo ??= create(ContextInfoSchema)
    holder.contextInfo.expiration = seconds
    holder.contextInfo.ephemeralSettingTimestamp = BigInt(setAt)
  }
  return { ephemeralMessage: { message } }
}

/** The content as passed on from another chat: what it answered or named stays behind, how often it went on is counted. */
export function forwardedContent(content: ContentInit): ContentInit {
  const message = create(MessageSchema, content)
  if (isFieldSet(message, MessageSchema.field.conversation))
    return forwardedContent({ extendedTextMessage: { text: message.conversation } })
  for (const holder of holdersOf(message)) {
    const forwardingScore = (holder.contextInfo?.forwardingScore ?? 0) + 1
    holder.contextInfo = create(ContextInfoSchema, { isForwarded: true, forwardingScore })
  }
  return message
}

/** After how many seconds a message disappears; 0 for one that stays. */
export function expirationOf(info: WebMessageInfo): number {
  const wrapped = info.message?.ephemeralMessage?.message
  return wrapped === undefined ? 0 : (contextOf(wrapped)?.expiration ?? 0)
}

/** What a content quotes, mentions or was forwarded from; null where there is no such thing. */
export function contextOf(message: Message): ContextInfo | null {
  return holdersOf(message)[0]?.contextInfo ?? null
}

/** The contents of a message that have room for a context: all but a bare text and what is no content. */
function holdersOf(message: Message): { contextInfo?: ContextInfo | undefined }[] {
  return MessageSchema.fields.flatMap((field) =>
    field.fieldKind === 'message' &&
    field.message.field['contextInfo'] !== undefined &&
    isFieldSet(message, field)
      ? [message[field.localName as keyof Message] as { contextInfo?: ContextInfo | undefined }]
      : [],
  )
}
