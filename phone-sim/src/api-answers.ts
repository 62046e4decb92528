/** Shapes of what the phones' HTTP API answers. Numbers are digits with country code, times milliseconds since 1970. */
import Type from 'typebox'
import { app, Chats, mediaType, MutedUntil, network, nullable, oneOf, power, Time } from './api-values.ts'

export const Failure = Type.Object({ code: Type.String(), message: Type.String() })

const RequesterBody = Type.Object(
  {
    program: Type.String(),
    system: Type.String(),
    addressKind: oneOf('machine', 'local', 'shared', 'internet', 'unknown'),
    sameNetwork: Type.Boolean({ description: 'comes to the server from the network of the phone' }),
    browser: Type.Array(Type.String()),
    version: Type.Array(Type.Integer()),
    address: Type.String(),
    userAgent: Type.String(),
    connectedAt: Time,
  },
  { description: 'what the server can tell about who shows the code' },
)

export const CompanionBody = Type.Object({
  id: Type.String({ description: 'the login at the server' }),
  name: Type.String(),
  since: Time,
  lastSeen: Time,
  state: oneOf('online', 'offline', 'paused'),
  scope: Type.String(),
  chats: Chats,
  expiresAt: nullable(Time),
  requester: RequesterBody,
})

export const PhoneBody = Type.Object({
  number: Type.String(),
  jid: Type.String(),
  name: Type.String(),
  about: Type.String({ description: 'empty for none' }),
  state: oneOf('online', 'offline', 'dozing', 'killed', 'off'),
  device: Type.Object({
    power,
    airplane: Type.Boolean(),
    network,
    batteryPercent: Type.Integer(),
    plugged: Type.Boolean(),
    app,
  }),
  batteryUse: Type.Object(
    { standbyPercent: Type.Number(), relayingPercent: Type.Number(), relayedFrames: Type.Integer() },
    { description: 'where the battery went since the program started' },
  ),
  companions: Type.Array(CompanionBody),
})

export const ChatBody = Type.Object({
  jid: Type.String(),
  name: Type.String(),
  unread: Type.Integer(),
  lastMessage: nullable(Type.Object({ text: Type.String(), fromMe: Type.Boolean(), timestampMs: Time })),
  timestampMs: Time,
  archived: Type.Boolean(),
  pinned: Type.Boolean(),
  mutedUntilMs: MutedUntil,
  timerSeconds: Type.Integer({ description: 'disappearing timer; 0: none' }),
})

export const MediaBody = Type.Object(
  {
    kind: mediaType,
    mimetype: Type.String({ description: 'as its writer named it' }),
    bytes: nullable(Type.Integer()),
    fileName: Type.Optional(Type.String()),
    seconds: Type.Optional(Type.Integer()),
    ptt: Type.Optional(Type.Boolean()),
    gif: Type.Optional(Type.Boolean()),
    width: Type.Optional(Type.Integer()),
    height: Type.Optional(Type.Integer()),
    state: oneOf('wanted', 'kept', 'failed'),
    code: Type.Optional(Type.String({ description: 'why it cannot be had' })),
  },
  { description: 'the file of the message' },
)

export const MessageBody = Type.Object({
  id: Type.String(),
  fromMe: Type.Boolean(),
  author: Type.String({ description: 'JID of the writer' }),
  text: Type.String(),
  type: Type.String(),
  notice: Type.Optional(
    Type.Object(
      { stub: Type.String(), parameters: Type.Array(Type.String()) },
      { description: 'what the service says, as clients know it; text says it in words' },
    ),
  ),
  timestampMs: Time,
  status: oneOf('error', 'pending', 'server', 'delivered', 'read', 'played', 'received'),
  starred: Type.Boolean(),
  media: Type.Optional(MediaBody),
})

export const ScanView = Type.Object({
  id: Type.String(),
  at: Time,
  expiresAt: Time,
  requester: RequesterBody,
})

export const KeyBody = Type.Object({
  name: Type.String(),
  purpose: Type.String(),
  at: Type.Integer({ minimum: 0, description: 'when it was made; of a session, when it last moved on' }),
  uses: Type.Integer({ description: 'since the program started' }),
  lastUsedAt: nullable(Time),
})

export const ContactBody = Type.Object({ jid: Type.String(), name: Type.String() })

export const RecordBody = Type.Object({
  position: Type.Integer(),
  at: Time,
  kind: Type.String(),
  fields: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
})

export const PictureAnswer = Type.Object({
  tag: Type.String(),
  url: nullable(Type.String({ description: 'where the server shows it' })),
})

export const SentBody = Type.Object({ id: Type.String() })
export const Nothing = Type.Object({})
export const HealthBody = Type.Object({
  ok: Type.Boolean(),
  phones: Type.Integer(),
  refused: Type.Record(Type.String(), Type.Integer(), { description: 'refused requests by error code' }),
})
