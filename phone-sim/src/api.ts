/**
 * Shapes of the phones' HTTP API (design 7): requests are checked against them, answers are written by them, and
 * /openapi.json shows them. Numbers are digits with country code, times milliseconds since 1970.
 */
import Type, { type Static } from 'typebox'
import { limit } from 'proto/limits'
import { app, Chats, MAX_JID, mediaType, MutedUntil, network, nullable, oneOf, power } from './api-values.ts'

export * from './api-answers.ts'

const closed = { additionalProperties: false }
const MAX_TEXT = 16_384

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
    otherNetwork: Type.Optional(
      Type.Boolean({ description: 'true: wanted although the browser is in another network than the phone' }),
    ),
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
