/**
 * What a browser asks as JSON text (spec 4, 5, 7, 8, 12, 14.1, 15), and its keep-alive (1.2). `to` says who has to
 * answer: requests to the phone wait while it is away (spec 12). `answer` is what comes back under the same tag.
 */
import Type from 'typebox'
import type { JsonRow, MessageRow } from './message-row.ts'
import {
  Anything,
  Base64,
  ClientId,
  Count,
  Items,
  Jid,
  Millis,
  Ok,
  Seconds,
  Status,
  StatusOr,
  Text,
  Token,
  Wid,
  Words,
} from './message-schemas.ts'

const Participant = Type.Object({ id: Jid, isAdmin: Type.Boolean(), isSuperAdmin: Type.Boolean() })
const Host = Type.Object({
  hostname: Text(256),
  ips: Type.Optional(Type.Array(Type.Object({ ip4: Text(64), ip6: Text(64) }))),
})

// prettier-ignore
export const browserRequests = {
  init: {
    begins: ['admin', 'init'], from: 'browser', to: 'server', readableBy: 'everyone', basis: 'documented', spec: '4',
    about: 'first request of every connection; the answer holds the ref for a QR code. A client that is too old may be refused',
    body: Words(['admin', 'init'], Type.Array(Count, { maxItems: 4, description: 'version' }), Type.Array(Text(200), { minItems: 1, maxItems: 4, description: 'browser names' }), ClientId, Type.Optional(Type.Boolean())),
    answer: StatusOr({ status: Ok, ref: Type.String({ pattern: '^[^,]+$', maxLength: 128 }), ttl: Millis, update: Type.Boolean(), curr: Text(32), time: Millis }),
  },
  reref: {
    begins: ['admin', 'Conn', 'reref'], from: 'browser', to: 'server', readableBy: 'everyone', basis: 'documented', spec: '5.2',
    about: 'asks for a new ref when the old one has run out; 304 keeps the old one, 429 ends the attempt',
    body: Words(['admin', 'Conn', 'reref']),
    answer: StatusOr({ status: Ok, ref: Type.String({ pattern: '^[^,]+$', maxLength: 128 }), ttl: Millis }),
  },
  login: {
    begins: ['admin', 'login'], from: 'browser', to: 'server', readableBy: 'everyone', basis: 'documented', spec: '7',
    about: 'resumes with the tokens of an earlier pairing; Conn comes before the answer',
    body: Words(['admin', 'login'], Token, Token, ClientId, Type.Optional(Text(32, 'takeover | reconnect | force_reconnect')), Type.Optional(Jid)),
    answer: Status,
  },
  challenge: {
    begins: ['admin', 'challenge'], from: 'browser', to: 'server', readableBy: 'everyone', basis: 'documented', spec: '7.3',
    about: 'proves the macKey; only the phone can tell whether it fits',
    body: Words(['admin', 'challenge'], Base64(88), Token, ClientId),
    answer: Status,
  },
  logout: {
    begins: ['admin', 'Conn', 'disconnect'], from: 'browser', to: 'server', readableBy: 'everyone', basis: 'documented', spec: '8.1',
    about: 'ends the login for good; the server closes the socket and answers nothing',
    body: Words(['admin', 'Conn', 'disconnect']),
  },
  test: {
    begins: ['admin', 'test'], from: 'browser', to: 'phone', readableBy: 'everyone', basis: 'documented', spec: '12',
    about: 'is the phone there? while it is away nobody answers; a status is answered before Conn only',
    body: Words(['admin', 'test']),
    answer: Type.Union([Items(Type.Literal('Pong'), Type.Literal(true)), Status]),
  },
  subscribePresence: {
    begins: ['action', 'presence', 'subscribe'], from: 'browser', to: 'server', readableBy: 'everyone', basis: 'documented', spec: '14.1',
    about: 'wants Presence pushes about a person or group', body: Words(['action', 'presence', 'subscribe'], Jid), answer: Status,
  },
  exist: {
    begins: ['query', 'exist'], from: 'browser', to: 'server', readableBy: 'everyone', basis: 'documented', spec: '15',
    about: 'is this number registered? a bare number or a JID', body: Words(['query', 'exist'], Jid),
    answer: StatusOr({ status: Ok, jid: Wid, biz: Type.Optional(Type.Boolean()) }),
  },
  pictureUrl: {
    begins: ['query', 'ProfilePicThumb'], from: 'browser', to: 'server', readableBy: 'everyone', basis: 'documented', spec: '15',
    about: 'address of a profile picture; 404 none, 401 hidden', body: Words(['query', 'ProfilePicThumb'], Jid),
    answer: StatusOr({ eurl: Text(2048), tag: Text(64) }),
  },
  aboutText: {
    begins: ['query', 'Status'], from: 'browser', to: 'server', readableBy: 'everyone', basis: 'documented', spec: '15',
    about: 'the about text of a person; here `status` of a good answer is that text', body: Words(['query', 'Status'], Jid),
    answer: StatusOr({ status: Text(1024) }),
  },
  groupMetadata: {
    begins: ['query', 'GroupMetadata'], from: 'browser', to: 'phone', readableBy: 'everyone', basis: 'documented', spec: '15',
    about: 'subject and participants of a group; 401 not a member, 404 unknown', body: Words(['query', 'GroupMetadata'], Jid),
    answer: StatusOr({
      id: Jid, owner: Jid, subject: Text(200), creation: Seconds, participants: Type.Array(Participant),
      subjectTime: Type.Optional(Seconds), subjectOwner: Type.Optional(Jid), desc: Type.Optional(Text(4096)), descId: Type.Optional(Text(64)),
      descTime: Type.Optional(Seconds), descOwner: Type.Optional(Jid), restrict: Type.Optional(Type.Boolean()), announce: Type.Optional(Type.Boolean()),
      ephemeralDuration: Type.Optional(Count),
    }),
  },
  mediaConn: {
    begins: ['query', 'mediaConn'], from: 'browser', to: 'server', readableBy: 'everyone', basis: 'documented', spec: '16.2',
    about: 'where to upload media, and the right to do so; ttl in seconds', body: Words(['query', 'mediaConn']),
    answer: StatusOr({ status: Ok, media_conn: Type.Object({ auth: Token, ttl: Count, hosts: Type.Array(Host, { minItems: 1 }) }) }),
  },
  inviteCode: {
    begins: ['query', 'inviteCode'], from: 'browser', to: 'server', readableBy: 'everyone', basis: 'documented', spec: '15',
    about: 'the code of a group invitation', body: Words(['query', 'inviteCode'], Jid), answer: StatusOr({ status: Ok, code: Text(64) }),
  },
  acceptInvite: {
    begins: ['action', 'invite'], from: 'browser', to: 'phone', readableBy: 'everyone', basis: 'documented', spec: '15',
    about: 'joins a group by its code', body: Words(['action', 'invite'], Text(64)), answer: StatusOr({ status: Ok, gid: Jid }),
  },
  resetInvite: {
    begins: ['action', 'inviteReset'], from: 'browser', to: 'phone', readableBy: 'everyone', basis: 'documented', spec: '15',
    about: 'makes the old invitation code invalid', body: Words(['action', 'inviteReset'], Jid), answer: Status,
  },
  broadcastList: {
    begins: ['query', 'contact'], from: 'browser', to: 'phone', readableBy: 'everyone', basis: 'documented', spec: '15',
    about: 'recipients of a broadcast list', body: Words(['query', 'contact'], Jid),
    answer: StatusOr({ status: Ok, name: Text(200), recipients: Type.Array(Type.Object({ id: Jid })) }),
  },
  businessProfile: {
    begins: ['query', 'businessProfile'], from: 'browser', to: 'server', readableBy: 'everyone', basis: 'documented', spec: '15',
    about: 'profiles of businesses; some clients add a number at the end',
    body: Words(['query', 'businessProfile'], Type.Array(Type.Object({ wid: Jid }), { maxItems: 100 }), Type.Optional(Anything)),
    answer: StatusOr({ status: Ok, profiles: Type.Array(Type.Object({ wid: Jid, profile: Type.Object({}) })) }),
  },
  editBusinessProfile: {
    begins: ['action', 'editBusinessProfile'], from: 'browser', to: 'phone', readableBy: 'everyone', basis: 'documented', spec: '15',
    about: 'replaces the own business profile; the phone minds its consent', body: Words(['action', 'editBusinessProfile'], Type.Object({})), answer: Status,
  },
  businessCatalog: {
    begins: ['query', 'bizCatalog'], from: 'browser', to: 'server', readableBy: 'everyone', basis: 'documented', spec: '15',
    about: 'goods of a business; answered 404', body: Words(['query', 'bizCatalog'], Type.Optional(Anything)), answer: Status,
  },
  businessOrder: {
    begins: ['query', 'order'], from: 'browser', to: 'server', readableBy: 'everyone', basis: 'documented', spec: '15',
    about: 'an order with a business; answered 404', body: Words(['query', 'order'], Type.Optional(Anything)), answer: Status,
  },
  addProduct: {
    begins: ['action', 'addProduct_reh'], from: 'browser', to: 'server', readableBy: 'everyone', basis: 'documented', spec: '15',
    about: 'adds to the own catalogue; answered 404', body: Words(['action', 'addProduct_reh'], Type.Optional(Anything)), answer: Status,
  },
  editProduct: {
    begins: ['action', 'editProduct_reh'], from: 'browser', to: 'server', readableBy: 'everyone', basis: 'documented', spec: '15',
    about: 'changes the own catalogue; answered 404', body: Words(['action', 'editProduct_reh'], Type.Optional(Anything)), answer: Status,
  },
  deleteProduct: {
    begins: ['action', 'deleteProduct_reh'], from: 'browser', to: 'server', readableBy: 'everyone', basis: 'documented', spec: '15',
    about: 'takes out of the own catalogue; answered 404', body: Words(['action', 'deleteProduct_reh'], Type.Optional(Anything)), answer: Status,
  },
  lastSeen: {
    begins: ['query', 'Presence', 'lastseen'], from: 'browser', to: 'server', readableBy: 'everyone', basis: 'documented', spec: '15',
    about: 'older clients: when was this person last seen?', body: Words(['query', 'Presence', 'lastseen'], Jid), answer: StatusOr({ t: Seconds }),
  },
  encryptedUpload: {
    begins: ['action', 'encr_upload'], from: 'browser', to: 'server', readableBy: 'everyone', basis: 'documented', spec: '16.3',
    about: 'older clients: where to upload one file', body: Words(['action', 'encr_upload'], Text(32), Base64(64)), answer: StatusOr({ status: Ok, url: Text(2048) }),
  },
} as const satisfies Record<string, JsonRow>

/** Text frames that are not tag and JSON. */
// prettier-ignore
export const keepAlives = {
  keepAlive: {
    from: 'browser', to: 'server', readableBy: 'everyone', basis: 'documented', spec: '1.2',
    about: 'the whole frame; sent every 15 to 60 seconds. The answer holds the clock of the server', body: Type.Literal('?,,'),
    answer: Type.String({ pattern: '^![0-9]{1,16}$', description: '"!" and milliseconds' }),
  },
} as const satisfies Record<string, MessageRow>
