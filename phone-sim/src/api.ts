/**
 * Shapes of the phones' HTTP API (design 7): requests are checked against them, answers are written by them, and
 * /openapi.json shows them. Numbers are digits with country code, times milliseconds since 1970.
 */
import Type, { type Static, type TSchema } from 'typebox'
import { limit } from 'proto/limits'

const closed = { additionalProperties: false }
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const oneOf = <T extends string>(...values: T[]) => Type.Enum(values)
const Time = Type.Integer({ minimum: 0, description: 'milliseconds since 1970' })

const mediaType = oneOf('image', 'video', 'audio', 'document', 'sticker')
const MAX_TEXT = 16_384
const MAX_JID = 64

export const Failure = Type.Object({ code: Type.String(), message: Type.String() })

// requests

export const ByNumber = Type.Object({ number: Type.String({ maxLength: 32 }) })
export const ByCompanion = Type.Object({
  number: Type.String({ maxLength: 32 }),
  id: Type.String({ maxLength: 64 }),
})
export const ByScan = ByCompanion
export const ByChat = Type.Object({
  number: Type.String({ maxLength: 32 }),
  jid: Type.String({ maxLength: MAX_JID }),
})

/** Query values are text; 1 to 9999. */
export const Limit = Type.Object({ limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,3}$' })) })

export const NewPhone = Type.Object(
  {
    number: Type.String({ pattern: '^[0-9]{5,15}$', description: 'digits with country code' }),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  },
  closed,
)
export type NewPhone = Static<typeof NewPhone>

const Scope = Type.String({ minLength: 1, maxLength: 64, description: 'full, or read: sends nothing' })
const Chats = nullable(
  Type.Array(Type.String({ minLength: 1, maxLength: MAX_JID }), {
    maxItems: 1_000,
    description: 'the chats it may see; null or absent: all',
  }),
)
const Screen = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'where it was decided, for the record',
})

export const ConsentBody = Type.Object(
  {
    grant: Type.Boolean(),
    scope: Type.Optional(Scope),
    chats: Type.Optional(Chats),
    expiresInMs: Type.Optional(Type.Integer({ minimum: 1, description: 'absent: until unpaired' })),
    screen: Type.Optional(Screen),
  },
  closed,
)
export type ConsentBody = Static<typeof ConsentBody>

export const CompanionPatch = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    paused: Type.Optional(Type.Boolean({ description: 'a paused browser is left without an answer' })),
    scope: Type.Optional(Scope),
    chats: Type.Optional(Chats),
    expiresInMs: Type.Optional(
      nullable(Type.Integer({ minimum: 1, description: 'from now; null: until unpaired' })),
    ),
    screen: Type.Optional(Screen),
  },
  { ...closed, minProperties: 1 },
)
export type CompanionPatch = Static<typeof CompanionPatch>

export const ScanBody = Type.Object(
  {
    qr: Type.String({
      minLength: 1,
      maxLength: limit('QR_TEXT_BYTES'),
      description: 'the text of the QR code',
    }),
    consent: Type.Optional(ConsentBody),
  },
  closed,
)
export type ScanBody = Static<typeof ScanBody>

export const SendBody = Type.Object(
  {
    to: Type.String({ minLength: 1, maxLength: MAX_JID, description: 'number or JID' }),
    text: Type.String({ minLength: 1, maxLength: MAX_TEXT }),
  },
  closed,
)
export type SendBody = Static<typeof SendBody>

export const ByMessage = Type.Object({
  ...ByChat.properties,
  id: Type.String({ maxLength: 64 }),
})

/** Query value; absent is false. */
export const KeepStarred = Type.Object({
  keepStarred: Type.Optional(oneOf('true', 'false')),
})

const MutedUntil = nullable(
  Type.Integer({ minimum: -1, description: 'milliseconds since 1970; -1: for always; null: not muted' }),
)

export const ChatPatch = Type.Object(
  {
    archived: Type.Optional(Type.Boolean()),
    pinned: Type.Optional(Type.Boolean()),
    mutedUntilMs: Type.Optional(MutedUntil),
    unread: Type.Optional(Type.Boolean({ description: 'false reads it, and its writers get receipts' })),
  },
  { ...closed, minProperties: 1 },
)
export type ChatPatch = Static<typeof ChatPatch>

export const StarBody = Type.Object({ starred: Type.Boolean() }, closed)
export type StarBody = Static<typeof StarBody>

export const TimerBody = Type.Object(
  { seconds: Type.Integer({ minimum: 0, maximum: 0xffff_ffff, description: '0 switches it off' }) },
  closed,
)
export type TimerBody = Static<typeof TimerBody>

export const NewContact = Type.Object(
  {
    number: Type.String({ minLength: 1, maxLength: MAX_JID, description: 'number or JID' }),
    name: Type.String({ minLength: 1, maxLength: 100 }),
  },
  closed,
)
export type NewContact = Static<typeof NewContact>

const Whole = Type.String({ pattern: '^[0-9]{1,9}$' })
const Flag = oneOf('true', 'false')

export const FromMe = Type.Object({ fromMe: Type.Optional(Flag) })

export const MediaQuery = Type.Object(
  {
    to: Type.String({ minLength: 1, maxLength: MAX_JID, description: 'number or JID' }),
    type: mediaType,
    mimetype: Type.Optional(
      Type.String({ pattern: '^[a-z0-9.+-]+/[a-zA-Z0-9.+-]+(; ?[a-z]+=[a-zA-Z0-9.-]+)?$', maxLength: 100 }),
    ),
    caption: Type.Optional(Type.String({ maxLength: MAX_TEXT })),
    fileName: Type.Optional(Type.String({ maxLength: 255 })),
    seconds: Type.Optional(Whole),
    ptt: Type.Optional(Flag),
    gif: Type.Optional(Flag),
    width: Type.Optional(Whole),
    height: Type.Optional(Whole),
  },
  closed,
)
export type MediaQuery = Static<typeof MediaQuery>

const network = oneOf('wifi', 'cell', 'none')
const app = oneOf('running', 'dozing', 'killed')

const power = oneOf('on', 'off')

export const DevicePatch = Type.Object(
  {
    power: Type.Optional(power),
    airplane: Type.Optional(Type.Boolean()),
    network: Type.Optional(network),
    batteryPercent: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
    plugged: Type.Optional(Type.Boolean()),
    app: Type.Optional(app),
  },
  { ...closed, minProperties: 1 },
)
export type DevicePatch = Static<typeof DevicePatch>

export const ByOther = Type.Object({
  number: Type.String({ maxLength: 32 }),
  other: Type.String({ maxLength: MAX_JID, description: 'number or JID' }),
})

export const ProfilePatch = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    about: Type.Optional(Type.String({ maxLength: limit('ABOUT_CHARS') })),
  },
  { ...closed, minProperties: 1 },
)
export type ProfilePatch = Static<typeof ProfilePatch>

export const BlockBody = Type.Object(
  { number: Type.String({ minLength: 1, maxLength: MAX_JID, description: 'number or JID' }) },
  closed,
)
export type BlockBody = Static<typeof BlockBody>

export const PresenceBody = Type.Object(
  {
    state: oneOf('available', 'unavailable', 'composing', 'recording', 'paused'),
    to: Type.Optional(
      Type.String({ minLength: 1, maxLength: MAX_JID, description: 'number or JID; needed for typing' }),
    ),
  },
  closed,
)
export type PresenceBody = Static<typeof PresenceBody>

// answers

const RequesterBody = Type.Object(
  {
    program: Type.String(),
    system: Type.String(),
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
