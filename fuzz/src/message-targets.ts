/** Bodies of messages: JSON and nodes by the message tables, protobuf, and what phones and pages read of them. */
import { parseReceipt, formatReceipt } from 'phone-sim/receipt-mail'
import { isDeepStrictEqual } from 'node:util'
import {
  browserMessages,
  matchNode,
  matchPhoneNode,
  matchPush,
  matchRequest,
  type BrowserMessageName,
} from 'proto/browser-messages'
import { browserRequests } from 'proto/browser-requests'
import { concat, utf8 } from 'proto/bytes'
import type { ErrorCode } from 'proto/errors'
import { parseGroupNotice } from 'proto/group'
import { contextOf, expirationOf, timerOf } from 'proto/contents'
import { parseLinkMessage } from 'proto/link-message'
import { answerCheckerOf, checkerOf } from 'proto/message-checkers'
import { mediaOf, movedMedia } from 'proto/media-message'
import { decodeNode } from 'proto/node-decoder'
import { encodeNode } from 'proto/node-encoder'
import { linkMessages } from 'proto/phone-link'
import {
  contentTypeOf,
  decodeWebMessage,
  encodeWebMessage,
  revokedKeyOf,
  revokeMessage,
  statusOf,
  stubMessage,
  textMessage,
  textOf as messageText,
  timestampOf,
} from 'proto/web-message'
import { readConn } from 'web-client/conn'
import { readMessage } from 'web-client/message'
import { messagesOf } from 'web-client/node-reading'
import { NODE_CODES } from './node-targets.ts'
import { jsonOf, textOf, words } from './input-forms.ts'
import { must, type Target } from './target.ts'

const names = Object.keys(browserMessages) as BrowserMessageName[]
const modules = ['browser-messages', 'message-checkers'].map((name) => `/proto/dist/src/${name}.js`)
const JSON_TOKENS = words(
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  '"',
  'null',
  'true',
  '200',
  '-1',
  '1e400',
  '""',
  '[]',
  '{}',
  '"__proto__"',
  '"constructor":',
  '"toString"',
  '"type":"',
  '"status":',
)

/** Which rows take a value as their body, and as their answer. */
function rowsOf(value: unknown): { readonly bodies: readonly string[]; readonly answers: readonly string[] } {
  return {
    bodies: names.filter((name) => checkerOf(name)(value)),
    answers: names.filter((name) => answerCheckerOf(name)(value)),
  }
}

const json: Target = {
  name: 'json-message',
  isJson: true,
  about:
    'JSON by the message tables: rows are found and checked without a throw; a fitting body finds its own row',
  modules: [...modules, '/web-client/dist/src/conn.js'],
  codes: [],
  maxBytes: 1_024,
  tokens: [
    ...JSON_TOKENS,
    ...words(
      ...new Set(Object.values(browserRequests).flatMap(({ begins }) => begins.map((word) => `"${word}"`))),
    ),
  ],
  seeds: () =>
    words(
      '["admin","init",[2,2142,12],["a","b","c"],"id",true]',
      '["admin","login","a","b","c","takeover"]',
      '["query","exist","15550002222@c.us"]',
      '["Conn",{"wid":"15550001111@c.us"}]',
      '["Cmd",{"type":"disconnect"}]',
      '["Msg",{"cmd":"acks","id":["a"],"ack":2,"from":"1@c.us","to":"2@c.us","t":1}]',
      '{"status":200}',
    ),
  weight: 1,
  run(input) {
    const value = jsonOf(input)
    const request = matchRequest(value)
    const push = matchPush(value)
    const rows = rowsOf(value)
    for (const name of rows.bodies) {
      if (!(name in browserRequests)) continue
      must(request !== null, `${name} fits, but no row is found for it`)
    }
    return { request: request?.name ?? null, push, rows, conn: readConn(value) }
  },
}

const queryNode = (type: string) => ({ tag: 'query', attrs: { type, epoch: '1' }, content: null })
const changeNode = (tag: string, attrs: Record<string, string>) => ({
  tag: 'action',
  attrs: { type: 'set', epoch: '1' },
  content: [{ tag, attrs, content: null }],
})

const nodes: Target = {
  name: 'node-message',
  about: 'nodes by the message tables, and the messages in them as pages read them',
  modules: [...modules, '/web-client/dist/src/node-reading.js'],
  codes: NODE_CODES,
  maxBytes: 512,
  tokens: [
    Uint8Array.of(0xf8, 2),
    Uint8Array.of(0xf8, 3),
    Uint8Array.of(0xfc, 1, 0x41),
    ...words('query', 'action', 'group', 'message'),
  ],
  seeds: () =>
    [
      queryNode('chat'),
      { ...queryNode('message'), attrs: { type: 'message', jid: '1@c.us', count: '20' } },
      changeNode('presence', { type: 'composing', to: '1@c.us' }),
      changeNode('read', { jid: '1@c.us', count: '1', index: 'A' }),
      changeNode('group', { type: 'subject', jid: '1-1@g.us', subject: 'x' }),
      {
        tag: 'action',
        attrs: { add: 'relay' },
        content: [{ tag: 'message', attrs: {}, content: messageSeeds()[0] }],
      },
    ].map((node) => encodeNode(node)),
  weight: 1,
  run(input) {
    const node = decodeNode(input)
    const refusals: ErrorCode[] = []
    const messages = messagesOf(node, (code) => void refusals.push(code))
    must(
      refusals.every((code) => code === 'TETHER_ERR_PROTOBUF'),
      `${refusals.join(', ')} out of a message`,
    )
    return { name: matchNode(node), phone: matchPhoneNode(node), rows: rowsOf(node), messages }
  },
}

const frame = { remoteJid: '15550002222@s.whatsapp.net', fromMe: true, id: 'ABC', timestampS: 1_559_390_400 }

function messageSeeds(): readonly Uint8Array[] {
  const text = encodeWebMessage(textMessage({ ...frame, text: 'hello' }))
  return [
    text,
    encodeWebMessage(revokeMessage({ ...frame, revoked: frame })),
    encodeWebMessage(stubMessage({ ...frame, stub: 'GROUP_PARTICIPANT_ADD', parameters: ['1@c.us'] })),
    // the text again as what an ephemeral wrapper holds (fields 40 and 1 of Message)
    concat(
      text.subarray(0, 2),
      text.subarray(2),
      Uint8Array.of(0x12, 10, 0xc2, 0x02, 7, 0x0a, 5, 0x0a, 3, 0x61, 0x62, 0x63),
    ),
  ]
}

/** Field 20000, five bytes: nothing in the schema has it. */
const UNKNOWN_FIELD = concat(Uint8Array.of(0x82, 0xe2, 0x09, 5), utf8('alien'))

const webMessage: Target = {
  name: 'web-message',
  about: 'one message as protobuf; written again it reads the same and stays so, unknown fields included',
  modules: [
    '/proto/dist/src/web-message.js',
    '/proto/dist/src/contents.js',
    '/proto/dist/src/media-message.js',
    '/web-client/dist/src/message.js',
    '@bufbuild/protobuf/dist/',
  ],
  codes: ['TETHER_ERR_PROTOBUF'],
  maxBytes: 1_024,
  tokens: [
    UNKNOWN_FIELD,
    ...[0x08, 0x0a, 0x10, 0x12, 0x1a, 0x22, 0x2a, 0x32, 0x3a, 0x0b, 0x0c, 0x0d, 0x09].map((tag) =>
      Uint8Array.of(tag),
    ),
    Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f),
    Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
    Uint8Array.of(0xc2, 0x02, 2, 0x0a, 0),
  ],
  seeds: messageSeeds,
  weight: 1,
  // a message of two bytes is an object of dozens of members
  outputFloor: 65_536,
  run(input) {
    const info = decodeWebMessage(input)
    const written = encodeWebMessage(info)
    const again = decodeWebMessage(written)
    must(isDeepStrictEqual(again, info), 'another message after writing it')
    must(Buffer.compare(encodeWebMessage(again), written) === 0, 'other bytes the second time')
    const alien = encodeWebMessage(decodeWebMessage(concat(input, UNKNOWN_FIELD)))
    must(Buffer.from(alien).includes(Buffer.from(UNKNOWN_FIELD)), 'an unknown field was lost')
    return {
      info,
      read: readMessage(info),
      facts: [contentTypeOf(info), messageText(info), statusOf(info), timestampOf(info), revokedKeyOf(info)],
      parts: [
        timerOf(info),
        expirationOf(info),
        info.message ? contextOf(info.message) : null,
        mediaOf(info),
      ],
      moved: encodeWebMessage(movedMedia(info, { url: 'u', directPath: 'p' })),
    }
  },
}

const linkMessage = (sender: 'phone' | 'server'): Target => ({
  name: `link-message-of-${sender}`,
  isJson: true,
  about: 'a message of the phone link as JSON; every one that is taken has a row, and its sender may send it',
  modules: ['/proto/dist/src/link-message.js'],
  codes: ['TETHER_ERR_BODY'],
  maxBytes: 1_024,
  tokens: [
    ...JSON_TOKENS,
    ...words(
      ...Object.keys(linkMessages).map((name) => `{"type":"${name}"`),
      '"id":1',
      '"connection":1',
      '"number":"15550001111"',
    ),
  ],
  seeds: () =>
    words(
      '{"type":"heartbeat"}',
      '{"type":"taken","seq":1}',
      '{"type":"bundle","id":1,"number":"15550001111"}',
      '{"type":"mail","n":1,"to":"15550001111","mail":"A","kind":"whisper","body":"AAAA"}',
      '{"type":"delivery","seq":1,"from":"15550001111","mail":"A","kind":"receipt","body":"AAAA","at":1}',
      '{"type":"browser","connection":1,"epoch":1,"login":"a","resumed":true,"received":0}',
      '{"type":"reply","id":1,"error":{"code":"x","message":"y"}}',
    ),
  weight: 0.5,
  run(input) {
    const message = parseLinkMessage(textOf(input), sender)
    const { from } = linkMessages[message.type]
    must(from === sender || from === 'both', `a ${sender} may not send ${message.type}`)
    return message
  },
})

const receipt: Target = {
  name: 'receipt',
  isJson: true,
  about: 'the body of a receipt between phones; written again it reads the same',
  modules: ['/phone-sim/dist/src/receipts.js'],
  codes: ['TETHER_ERR_BODY'],
  maxBytes: 512,
  tokens: [...JSON_TOKENS, ...words('"ids":["A"]', '"level":"read"', '"t":1')],
  seeds: () =>
    words('{"ids":["A","B"],"level":"delivered","t":1559390400}', '{"ids":[],"level":"played","t":0}'),
  weight: 0.5,
  run(input) {
    const read = parseReceipt(input)
    must(isDeepStrictEqual(parseReceipt(formatReceipt(read)), read), 'another receipt after writing it')
    return read
  },
}

const groupNotice: Target = {
  name: 'group-notice',
  isJson: true,
  about: 'the body of a notice about a group',
  modules: ['/proto/dist/src/group.js'],
  codes: ['TETHER_ERR_BODY'],
  maxBytes: 1_024,
  tokens: [...JSON_TOKENS, ...words('"kind":"add"', '"members":["15550001111"]', '"version":1')],
  seeds: () =>
    words(
      '{"id":"A","by":"15550001111","at":1,"event":{"kind":"create"},"group":{"jid":"15550001111-1@g.us","version":1,"owner":"15550001111","createdAt":1,"subject":"s","subjectBy":"15550001111","subjectAt":1,"description":null,"restrict":false,"announce":false,"ephemeral":0,"members":[{"number":"15550001111","role":"owner"}]}}',
    ),
  weight: 0.25,
  run: parseGroupNotice,
}

export const messageTargets: readonly Target[] = [
  json,
  nodes,
  webMessage,
  linkMessage('phone'),
  linkMessage('server'),
  receipt,
  groupNotice,
]
