/**
 * The phone–server link, version 1. Ours to design (spec 21): WebSocket at /phone.
 *
 * Conversation:
 *   server  welcome   nonce, relay key
 *   phone   attach    number, nonce, signature of the identity key over both nonces, number and relay key
 *   server  attached  the relay key's signature over both nonces and number; what the server knows of this phone
 *           (or refused, then close 4401)
 *   then both send any of the messages below; `heartbeat` when nothing else was sent for PHONE_HEARTBEAT_MS.
 *
 * A message with `id` is a request; its answer is `reply` with the same id, `ok` true or an error. Each side counts
 * its own ids from 1. Text frames are these JSON messages. Binary frames are relayed browser messages:
 *
 *   offset 0   u8   LINK_VERSION
 *          1   u8   kind: 1 binary message, 2 text message
 *          2   u16  heard: how many of the other side's this side has handled (below), the lowest 16 bits
 *          4   u32  connection: number of the browser connection at this server
 *          8   u32  epoch of the login; a frame of an older epoch is dropped
 *          12       the browser's whole WebSocket message, tag included, untouched
 *
 * Resuming: for each opening of a browser both sides count what they have handled of the other's relay frames (and
 * the server also `push`). When a link was lost, `browser` and the phone's `resume` tell these counts, and each side
 * sends again what the other has not handled, before anything newer. So a frame is handled at most once, and a broken
 * link loses none, as long as RESEND_FRAMES reach back far enough; else the phone syncs the browser anew. Every relay
 * frame carries its side's count as `heard`, and what it confirms is kept no longer.
 *
 * The phone never tells the server the browser's public key: claimRef carries ref, client id and secret only.
 */
import Type, { type Static, type TSchema } from 'typebox'
import { concat, utf8 } from './bytes.ts'
import { directoryLinkMessages } from './directory-link.ts'
import { TetherError } from './errors.ts'
import { GroupJid } from './group.ts'
import { limit } from './limits.ts'

/** 1: first version. */
export const LINK_VERSION = 1

export const RELAY_HEADER_BYTES = 12
export const RELAY_BINARY = 1
export const RELAY_TEXT = 2

const Bytes = (bytes: number) =>
  Type.String({
    description: `base64 of ${bytes} bytes`,
    minLength: Math.ceil(bytes / 3) * 4,
    maxLength: Math.ceil(bytes / 3) * 4,
  })
const Base64 = (maxBytes: number) =>
  Type.String({ description: 'base64', maxLength: Math.ceil(maxBytes / 3) * 4 })
/** A longer one is refused with its n, which is consumed: without an answer nothing of this phone would go on. */
const Sealed = Type.String({ description: 'base64 of at most MAIL_BYTES' })
const Id = Type.Integer({ minimum: 1 })
const Count = Type.Integer({ minimum: 0 })
const Number_ = Type.String({ pattern: '^[0-9]{5,15}$', description: 'digits with country code' })
const Text = (maxLength: number) => Type.String({ maxLength })
const Connection = Type.Integer({ minimum: 1, maximum: 2 ** 32 - 1 })

/** The seven texts of `phone` in Conn; clients crash when one is missing (spec 5.4). */
export const PhoneFacts = Type.Object({
  wa_version: Text(32),
  mcc: Text(8),
  mnc: Text(8),
  os_version: Text(32),
  device_manufacturer: Text(64),
  device_model: Text(64),
  os_build_number: Text(64),
})

/** Device data that goes into Conn (spec 5.4). Readable by the server, as in the legacy design. */
export const DeviceFacts = Type.Object({
  pushname: Text(100),
  battery: Type.Integer({ minimum: 0, maximum: 100 }),
  plugged: Type.Boolean(),
  platform: Text(32),
  lc: Text(8),
  lg: Text(8),
  locales: Text(32),
  is24h: Type.Boolean(),
  tos: Count,
  protoVersion: Type.Array(Count, { maxItems: 2 }),
  binVersion: Count,
  phone: PhoneFacts,
})
export type DeviceFacts = Static<typeof DeviceFacts>

const PublicPrekey = Type.Object({ id: Type.Integer({ minimum: 1, maximum: 2 ** 24 - 1 }), key: Bytes(33) })
const SignedPrekey = Type.Object({
  id: Type.Integer({ minimum: 1, maximum: 2 ** 24 - 1 }),
  key: Bytes(33),
  signature: Bytes(64),
})
/** What a phone needs to open a Signal session with another; keys are 33 bytes, the type byte 5 first. */
export const PrekeyBundle = Type.Object({
  registrationId: Type.Integer({ minimum: 1, maximum: 16380 }),
  identityKey: Bytes(33),
  signedPrekey: SignedPrekey,
  prekey: Type.Optional(PublicPrekey),
})
export type PrekeyBundle = Static<typeof PrekeyBundle>

/** `prekey` and `whisper` are Signal messages; `receipt` is plain JSON {ids, level, t} that the server may read. */
export const PhoneMailKind = Type.Enum(['prekey', 'whisper', 'receipt'])
export type PhoneMailKind = Static<typeof PhoneMailKind>
/** `notice` is what the server itself tells the members of a group (proto/group, GroupNotice). */
export const MailKind = Type.Enum(['prekey', 'whisper', 'receipt', 'notice'])
export type MailKind = Static<typeof MailKind>

const Requester = Type.Object({
  browser: Type.Array(Text(200), { maxItems: 3 }),
  version: Type.Array(Count, { maxItems: 3 }),
  address: Text(64),
  userAgent: Text(300),
  connectedAt: Count,
  phoneAddress: Type.Optional(
    Type.String({ maxLength: 64, description: "where the phone's own link comes from" }),
  ),
})
/** What the server can tell the person at the phone about who asks (research P1). */
export type Requester = Static<typeof Requester>

interface Row {
  readonly from: 'phone' | 'server' | 'both'
  readonly about: string
  readonly body: TSchema
  /** Body of the reply when the message is a request. */
  readonly reply?: TSchema
}

// prettier-ignore
export const linkMessages = {
  welcome:     { from: 'server', about: 'opens the handshake',
                 body: Type.Object({ version: Count, nonce: Bytes(32), relayKey: Bytes(32) }) },
  attach:      { from: 'phone', about: 'proves the identity key of a registered number',
                 body: Type.Object({ version: Count, number: Number_, nonce: Bytes(32), signature: Bytes(64) }) },
  attached:    { from: 'server', about: 'proves the relay key; lastSent is the last mail counter it has stored, logins are the live ones, groups those the number is in, waiting the last mail in the mailbox (0 for none)',
                 body: Type.Object({ proof: Bytes(64), lastSent: Count, prekeys: Count, signedPrekeyId: Count, logins: Type.Array(Text(64)), waiting: Count, groups: Type.Array(Type.Object({ jid: GroupJid, version: Id })), blocked: Type.Array(Number_) }) },
  refused:     { from: 'server', about: 'the handshake failed; the connection closes',
                 body: Type.Object({ code: Text(64), message: Text(300) }) },
  heartbeat:   { from: 'both', about: 'nothing else was sent for a while', body: Type.Object({}) },
  reply:       { from: 'both', about: 'answers the request with this id',
                 body: Type.Object({ id: Id, ok: Type.Optional(Type.Unknown()), error: Type.Optional(Type.Object({ code: Text(64), message: Text(300) })) }) },

  device:      { from: 'phone', about: 'device data for Conn; sent after attached and on every change', body: Type.Object({ facts: DeviceFacts }) },
  publish:     { from: 'phone', about: 'publishes a signed prekey (replacing the old one) and adds one-time prekeys',
                 body: Type.Object({ id: Id, signedPrekey: Type.Optional(SignedPrekey), prekeys: Type.Array(PublicPrekey) }),
                 reply: Type.Object({ stock: Count }) },
  bundle:      { from: 'phone', about: 'claims a prekey bundle; a one-time prekey is given out once',
                 body: Type.Object({ id: Id, number: Number_ }), reply: PrekeyBundle },

  prekeysShort: { from: 'server', about: 'others got bundles without a one-time prekey: too many were asked for in an hour, or the last ones are kept for the address book',
                 body: Type.Object({ reason: Type.Enum(['budget', 'reserve']) }) },

  lookRef:     { from: 'phone', about: 'who shows this ref? asked before a person consents', body: Type.Object({ id: Id, ref: Text(128), clientId: Text(64) }),
                 reply: Requester },
  claimRef:    { from: 'phone', about: 'pairs: consumes the ref and hands over the secret for Conn',
                 body: Type.Object({ id: Id, ref: Text(128), clientId: Text(64), secret: Bytes(144) }),
                 reply: Type.Object({ login: Text(64), connection: Connection, epoch: Count }) },
  unpair:      { from: 'phone', about: 'ends a login from the phone', body: Type.Object({ id: Id, login: Text(64) }), reply: Type.Object({}) },
  browser:     { from: 'server', about: 'a browser connection is open for relaying; the phone resumes it, or starts the initial sync. received: what the server has of it',
                 body: Type.Object({ connection: Connection, epoch: Count, login: Text(64), resumed: Type.Boolean(), received: Count }) },
  resume:      { from: 'phone', about: 'answers browser. received: frames of this opening that the phone has handled; null when it does not know it, and both count from 0',
                 body: Type.Object({ connection: Connection, epoch: Count, received: Type.Union([Count, Type.Null()]) }) },
  browserGone: { from: 'server', about: 'a browser connection has ended', body: Type.Object({ connection: Connection, reason: Text(64) }) },
  loggedOut:   { from: 'server', about: 'a browser logged itself out; its keys can be forgotten', body: Type.Object({ login: Text(64) }) },
  judge:       { from: 'server', about: 'does this answer to a challenge fit the macKey of the login? only the phone can tell',
                 body: Type.Object({ id: Id, login: Text(64), challenge: Base64(64), answer: Base64(64) }), reply: Type.Object({ fits: Type.Boolean() }) },
  judgeLogout: { from: 'server', about: 'is this the HMAC of the encKey under the macKey of the login, which logs it out over HTTP? only the phone can tell',
                 body: Type.Object({ id: Id, login: Text(64), proof: Base64(64) }), reply: Type.Object({ fits: Type.Boolean() }) },
  probe:       { from: 'server', about: 'is the phone awake? answered by pong only while its app runs', body: Type.Object({ probe: Id }) },
  pong:        { from: 'phone', about: 'answers a probe; awake again answers the probes of the meantime', body: Type.Object({ probe: Id }) },
  push:        { from: 'phone', about: 'a JSON push for a browser; the server numbers it',
                 body: Type.Object({ connection: Connection, body: Type.Array(Type.Unknown(), { minItems: 1 }) }) },
  dropped:     { from: 'server', about: 'frames for a browser were not delivered', body: Type.Object({ connection: Connection, reason: Text(64), frames: Count }) },
  presence:    { from: 'phone', about: 'the account became available or unavailable, or types in a chat; by: the browser that says so, else the phone itself',
                 body: Type.Object({ state: Type.Union([Type.Literal('available'), Type.Literal('unavailable'), Type.Literal('composing'), Type.Literal('recording'), Type.Literal('paused')]), to: Type.Optional(Type.Union([Number_, GroupJid])), by: Type.Optional(Connection) }) },

  mail:        { from: 'phone', about: 'mail for another phone; n is the durable send counter of this phone, +1 each',
                 body: Type.Object({ n: Id, to: Number_, mail: Text(64), kind: PhoneMailKind, body: Sealed }) },
  mailed:      { from: 'server', about: 'mail n is stored durably (or was stored before)', body: Type.Object({ n: Id }) },
  mailRefused: { from: 'server', about: 'mail n was not stored. final: n is consumed and the sender is told; else try again from `expected` after retryMs',
                 body: Type.Object({ n: Id, code: Text(64), final: Type.Boolean(), expected: Type.Optional(Id), retryMs: Type.Optional(Count) }) },
  delivery:    { from: 'server', about: 'mail from another phone; seq counts the mailbox of the recipient, `at` is the server time in ms',
                 body: Type.Object({ seq: Id, from: Number_, mail: Text(64), kind: MailKind, body: Base64(limit('MAIL_BYTES')), at: Count }) },
  taken:       { from: 'phone', about: 'everything up to seq is in the durable inbox; the server may delete it', body: Type.Object({ seq: Id }) },
  ...directoryLinkMessages,
} as const satisfies Record<string, Row>

export type LinkMessageName = keyof typeof linkMessages
export type LinkBody<N extends LinkMessageName> = Static<(typeof linkMessages)[N]['body']>
/** Any link message: its body with `type`, the message name. */
export type LinkMessage = { [N in LinkMessageName]: { type: N } & LinkBody<N> }[LinkMessageName]
type Requests = {
  [N in LinkMessageName]: (typeof linkMessages)[N] extends { reply: TSchema } ? N : never
}[LinkMessageName]
export type LinkRequestName = Requests
export type LinkReply<N extends LinkRequestName> = (typeof linkMessages)[N] extends {
  reply: infer S extends TSchema
}
  ? Static<S>
  : never

/** Bytes the phone's identity key signs to attach: bound to both nonces, the number and this server. */
export function attachTranscript(
  serverNonce: Uint8Array,
  phoneNonce: Uint8Array,
  relayKey: Uint8Array,
  number: string,
): Uint8Array {
  return concat(utf8('tether phone attach 1\n'), serverNonce, phoneNonce, relayKey, utf8(number))
}

/** Bytes the relay key signs in `attached`. */
export function relayTranscript(serverNonce: Uint8Array, phoneNonce: Uint8Array, number: string): Uint8Array {
  return concat(utf8('tether relay attached 1\n'), phoneNonce, serverNonce, utf8(number))
}

export interface RelayHeader {
  readonly kind: typeof RELAY_BINARY | typeof RELAY_TEXT
  readonly connection: number
  readonly epoch: number
  /** What the sender has handled of the other side since the opening; only the lowest 16 bits travel. */
  readonly heard: number
}

/** Puts the header in front of a browser's message. */
export function encodeRelayFrame(header: RelayHeader, message: Uint8Array): Uint8Array {
  const out = new Uint8Array(RELAY_HEADER_BYTES + message.length)
  writeRelayHeader(out, header)
  out.set(message, RELAY_HEADER_BYTES)
  return out
}

/** Fills the first RELAY_HEADER_BYTES of `out`, all of them. */
export function writeRelayHeader(out: Uint8Array, header: RelayHeader): void {
  out[0] = LINK_VERSION
  out[1] = header.kind
  out[2] = header.heard >>> 8
  out[3] = header.heard
  writeUint32(out, 4, header.connection)
  writeUint32(out, 8, header.epoch)
}

// by hand: a DataView for each frame costs more than the rest of the header together
function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0
}

/** Reads the header; `message` is a view of the frame. Throws TETHER_ERR_BODY. */
export function decodeRelayFrame(frame: Uint8Array): { header: RelayHeader; message: Uint8Array } {
  if (frame.length <= RELAY_HEADER_BYTES) throw new TetherError('TETHER_ERR_BODY', 'relay frame too short')
  const kind = frame[1]
  if (frame[0] !== LINK_VERSION || (kind !== RELAY_BINARY && kind !== RELAY_TEXT)) {
    throw new TetherError('TETHER_ERR_BODY', 'relay frame of unknown version or kind')
  }
  return {
    header: {
      kind,
      connection: readUint32(frame, 4),
      epoch: readUint32(frame, 8),
      heard: (frame[2] << 8) | frame[3],
    },
    message: frame.subarray(RELAY_HEADER_BYTES),
  }
}
