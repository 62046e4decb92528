/**
 * JSON that reaches a browser unasked, under the tags s1, s2 and so on (spec 5.4, 6, 7.3, 8, 11.3, 14.6). `from` says
 * who knows the content; the server numbers and sends them all.
 */
import Type from 'typebox'
import type { JsonRow } from './message-row.ts'
import { PhoneFacts } from './phone-link.ts'
import { Base64, Count, Items, Jid, OneOf, Seconds, Text, Token, Wid, Words } from './message-schemas.ts'

const Ack = Type.Integer({
  description: 'level',
})
const Ids = Type.Union([Text(64), Type.Array(Text(64))])

// prettier-ignore
export const browserPushes = {
  conn: {
    begins: ['Conn'], from: 'phone', to: 'browser', readableBy: 'everyone', basis: 'documented', spec: '5.4',
    about: 'opens the browser: device data of the phone, tokens of the server; secret only at pairing. Clients crash when a member is missing',
    body: Words(['Conn'], Type.Object({
      ref: Text(128), wid: Wid, connected: Type.Boolean(), isResponse: Text(8),
      serverToken: Token, browserToken: Token, clientToken: Token,
      lc: Text(8), lg: Text(8), locales: Text(32), is24h: Type.Boolean(),
      secret: Type.Optional(Type.String({ minLength: 192, maxLength: 192, description: 'base64 of 144 bytes' })),
      protoVersion: Type.Array(Count), binVersion: Count,
      battery: Type.Integer({ minimum: 0, maximum: 100 }), plugged: Type.Boolean(), platform: Text(32),
      features: Type.Object({}), phone: PhoneFacts, pushname: Text(100), tos: Count,
    })),
  },
  connChange: {
    begins: ['Conn'], from: 'phone', to: 'browser', readableBy: 'everyone', basis: 'documented', spec: '6',
    about: 'some members of Conn again, when the phone comes back or they change',
    body: Words(['Conn'], Type.Object({
      protoVersion: Type.Optional(Type.Array(Count)), binVersion: Type.Optional(Count), phone: Type.Optional(PhoneFacts),
      features: Type.Optional(Type.Object({})), pushname: Type.Optional(Text(100)),
      battery: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })), plugged: Type.Optional(Type.Boolean()),
      secret: Type.Optional(Type.Never()),
    })),
  },
  stream: {
    begins: ['Stream'], from: 'server', to: 'browser', readableBy: 'everyone', basis: 'documented', spec: '6',
    about: 'update: is the client outdated, and the current version; asleep: no further words',
    body: Words(['Stream'], OneOf('update', 'asleep'), Type.Optional(Type.Boolean()), Type.Optional(Text(32))),
  },
  props: {
    begins: ['Props'], from: 'server', to: 'browser', readableBy: 'everyone', basis: 'documented', spec: '6',
    about: 'switches and limits of the service', body: Words(['Props'], Type.Record(Type.String(), Type.Union([Text(128), Type.Number(), Type.Boolean()]))),
  },
  blocklist: {
    begins: ['Blocklist'], from: 'server', to: 'browser', readableBy: 'everyone', basis: 'documented', spec: '6',
    about: 'the whole list of blocked persons', body: Words(['Blocklist'], Type.Object({ id: Count, blocklist: Type.Array(Jid) })),
  },
  challengeAsked: {
    begins: ['Cmd'], from: 'server', to: 'browser', readableBy: 'everyone', basis: 'documented', spec: '7.3',
    about: 'asks for proof of the macKey before Conn', body: Words(['Cmd'], Type.Object({ type: Type.Literal('challenge'), challenge: Base64(128) })),
  },
  disconnect: {
    begins: ['Cmd'], from: 'server', to: 'browser', readableBy: 'everyone', basis: 'documented', spec: '8.2, 8.4',
    about: 'the connection ends: kind replaced when another browser took over, no kind when unpaired',
    body: Words(['Cmd'], Type.Object({ type: Type.Literal('disconnect'), kind: Type.Optional(Text(32)) })),
  },
  reload: {
    begins: ['Cmd'], from: 'server', to: 'browser', readableBy: 'everyone', basis: 'documented', spec: '6',
    about: 'the page should be loaded again', body: Words(['Cmd'], Type.Object({ type: Type.Literal('update') })),
  },
  pictureChanged: {
    begins: ['Cmd'], from: 'phone', to: 'browser', readableBy: 'everyone', basis: 'documented', spec: '6',
    about: 'a profile picture changed; tag "removed" when it is gone', body: Words(['Cmd'], Type.Object({ type: Type.Literal('picture'), jid: Jid, tag: Text(64) })),
  },
  presence: {
    begins: ['Presence'], from: 'server', to: 'browser', readableBy: 'everyone', basis: 'documented', spec: '6',
    about: 'somebody came, went, or types; t is the last-seen time when unavailable',
    body: Words(['Presence'], Type.Object({
      id: Jid, type: OneOf('available', 'unavailable', 'composing', 'recording', 'paused'),
      t: Type.Optional(Seconds), deny: Type.Optional(Type.Boolean()), participant: Type.Optional(Jid),
    })),
  },
  ack: {
    begins: ['Msg'], from: 'server', to: 'browser', readableBy: 'everyone', basis: 'documented', spec: '11.3',
    about: 'receipt of a one-to-one message; level 1 server, 2 delivered, 3 read, 4 played, negative failed. acks names several, which some clients ignore',
    body: Words(['Msg'], Type.Object({ cmd: OneOf('ack', 'acks'), id: Ids, ack: Ack, from: Jid, to: Jid, t: Seconds })),
  },
  groupAck: {
    begins: ['MsgInfo'], from: 'server', to: 'browser', readableBy: 'everyone', basis: 'documented', spec: '11.3',
    about: 'receipt of one participant for a group message',
    body: Words(['MsgInfo'], Type.Object({ cmd: OneOf('ack', 'acks'), id: Ids, ack: Ack, from: Jid, to: Jid, participant: Jid, t: Seconds })),
  },
  groupChange: {
    begins: ['Chat'], from: 'server', to: 'browser', readableBy: 'everyone', basis: 'documented', spec: '14.6',
    about: 'somebody else changed a group: kind, who, details',
    body: Words(['Chat'], Type.Object({ id: Jid, cmd: Type.Literal('action'), data: Items(
      OneOf('create', 'introduce', 'add', 'remove', 'promote', 'demote', 'subject', 'desc_add', 'desc_remove', 'restrict', 'announce'),
      Type.Union([Jid, Type.Null()]), Type.Union([Type.Object({}), Type.Boolean()]),
    ) })),
  },
  aboutChanged: {
    begins: ['Status'], from: 'server', to: 'browser', readableBy: 'everyone', basis: 'documented', spec: '6',
    about: 'somebody changed the about text', body: Words(['Status'], Type.Object({ id: Jid, status: Text(1024) })),
  },
  pong: {
    begins: ['Pong'], from: 'phone', to: 'browser', readableBy: 'everyone', basis: 'documented', spec: '12',
    about: 'the phone is there again; false would end the connection and is never sent', body: Words(['Pong'], Type.Literal(true)),
  },
  call: {
    begins: ['Call'], from: 'phone', to: 'browser', readableBy: 'everyone', basis: 'documented', spec: '6',
    about: 'the phone rings; clients only report it', body: Words(['Call'], Type.Object({ id: Text(64), from: Type.Optional(Jid), type: Text(32) })),
  },
} as const satisfies Record<string, JsonRow>
