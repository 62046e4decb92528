import t from 'tap'
import {
  browserMessages,
  type BrowserMessageName,
  matchNode,
  matchPhoneNode,
  matchPush,
  matchRequest,
} from '../src/browser-messages.ts'
import { browserActions, browserQueries, phoneNodes } from '../src/browser-nodes.ts'
import { browserPushes } from '../src/browser-pushes.ts'
import { browserRequests } from '../src/browser-requests.ts'
import { answerCheckerOf, checkerOf, linkCheckerOf } from '../src/message-checkers.ts'
import type { MessageRow } from '../src/message-row.ts'
import { checkerFor } from '../src/schema-checker.ts'
import type { Node } from '../src/node.ts'
import Type from 'typebox'
import Value from 'typebox/value'

const clientId = 'BXS7sQ82847FTYM9bvACUw=='
const person = '15550002222@s.whatsapp.net'
const wid = '15550001111@c.us'
const group = '15550001111-1600000000@g.us'
const bytes = new Uint8Array([1, 2, 3])

// Every form that a surviving client sends, and answers it is known to take.
const requests: readonly {
  name: keyof typeof browserRequests
  body: unknown
  answers?: readonly unknown[]
}[] = [
  {
    name: 'init',
    body: ['admin', 'init', [2, 2142, 12], ['Baileys', 'Chrome', '3.0'], clientId, true],
    answers: [
      { status: 200, ref: '1@2K01', ttl: 20000, update: false, curr: '2.2142.12', time: 1600000000123 },
    ],
  },
  {
    name: 'init',
    body: ['admin', 'init', [0, 3, 2390], ['Chromium at example', 'Chromium'], clientId, true],
  },
  { name: 'init', body: ['admin', 'init', [0, 3, 2390], ['a', 'b', 'c'], 'MTIzNDU2Nzg='] },
  {
    name: 'reref',
    body: ['admin', 'Conn', 'reref'],
    answers: [{ status: 200, ref: '1@n', ttl: 20000 }, { status: 304 }, { status: 429 }],
  },
  {
    name: 'login',
    body: ['admin', 'login', 'ct', 'st', clientId, 'takeover'],
    answers: [{ status: 200 }, { status: 401 }],
  },
  { name: 'login', body: ['admin', 'login', 'ct', 'st', clientId, 'reconnect', wid] },
  { name: 'login', body: ['admin', 'login', 'ct', 'st', clientId] },
  { name: 'challenge', body: ['admin', 'challenge', 'AAAA', 'st', clientId], answers: [{ status: 200 }] },
  { name: 'logout', body: ['admin', 'Conn', 'disconnect'] },
  { name: 'test', body: ['admin', 'test'], answers: [['Pong', true]] },
  {
    name: 'subscribePresence',
    body: ['action', 'presence', 'subscribe', person],
    answers: [{ status: 200 }],
  },
  {
    name: 'exist',
    body: ['query', 'exist', '15550002222'],
    answers: [{ status: 200, jid: '15550002222@c.us' }, { status: 404 }],
  },
  { name: 'exist', body: ['query', 'exist', '15550002222@c.us'] },
  {
    name: 'pictureUrl',
    body: ['query', 'ProfilePicThumb', person],
    answers: [{ eurl: 'https://example.invalid/p', tag: '1' }, { status: 404 }],
  },
  { name: 'aboutText', body: ['query', 'Status', person], answers: [{ status: 'busy' }, { status: 401 }] },
  {
    name: 'groupMetadata',
    body: ['query', 'GroupMetadata', group],
    answers: [
      {
        id: group,
        owner: wid,
        subject: 's',
        creation: 1,
        participants: [{ id: wid, isAdmin: true, isSuperAdmin: true }],
      },
      { status: 401 },
    ],
  },
  {
    name: 'mediaConn',
    body: ['query', 'mediaConn'],
    answers: [
      {
        status: 200,
        media_conn: {
          auth: 'x',
          ttl: 300,
          hosts: [{ hostname: '127.0.0.1:8443', ips: [{ ip4: '1.2.3.4', ip6: '::1' }] }],
        },
      },
    ],
  },
  { name: 'inviteCode', body: ['query', 'inviteCode', group], answers: [{ status: 200, code: 'AbCd' }] },
  { name: 'acceptInvite', body: ['action', 'invite', 'AbCd'], answers: [{ status: 200, gid: group }] },
  { name: 'resetInvite', body: ['action', 'inviteReset', group], answers: [{ status: 200 }] },
  {
    name: 'broadcastList',
    body: ['query', 'contact', '1600000000@broadcast'],
    answers: [{ status: 200, name: 'l', recipients: [{ id: wid }] }],
  },
  {
    name: 'businessProfile',
    body: ['query', 'businessProfile', [{ wid }], 84],
    answers: [{ status: 200, profiles: [{ wid, profile: {} }] }],
  },
  { name: 'businessProfile', body: ['query', 'businessProfile', [{ wid }]] },
  {
    name: 'editBusinessProfile',
    body: ['action', 'editBusinessProfile', { v: 2 }],
    answers: [{ status: 404 }],
  },
  { name: 'businessCatalog', body: ['query', 'bizCatalog', {}], answers: [{ status: 404 }] },
  { name: 'businessOrder', body: ['query', 'order', {}], answers: [{ status: 404 }] },
  { name: 'addProduct', body: ['action', 'addProduct_reh', {}], answers: [{ status: 404 }] },
  { name: 'editProduct', body: ['action', 'editProduct_reh', {}], answers: [{ status: 404 }] },
  { name: 'deleteProduct', body: ['action', 'deleteProduct_reh', {}], answers: [{ status: 404 }] },
  { name: 'lastSeen', body: ['query', 'Presence', 'lastseen', person], answers: [{ t: 1600000000 }] },
  {
    name: 'encryptedUpload',
    body: ['action', 'encr_upload', 'image', 'AAAA'],
    answers: [{ status: 200, url: 'https://example.invalid/u' }],
  },
]

t.test('it finds and accepts every form of every request', (t) => {
  for (const { name, body, answers = [] } of requests) {
    t.equal(matchRequest(body)?.name, name, name)
    t.ok(checkerOf(name)(body), `${name} body`)
    t.ok(Value.Check(browserRequests[name].body, body), `${name} body, without compiled code`)
    for (const answer of answers) t.ok(answerCheckerOf(name)(answer), `${name} answer`)
  }
  t.same([...new Set(requests.map(({ name }) => name))].sort(), Object.keys(browserRequests).sort())
  t.end()
})

t.test('it finds no row for what is not a known request', (t) => {
  for (const body of [
    null,
    {},
    'admin',
    [],
    ['admin'],
    ['admin', 'Conn'],
    ['admin', 7],
    [['admin', 'init']],
    ['query', 'unheard'],
    ['admin\0init'],
    ['Admin', 'init'],
  ]) {
    t.equal(matchRequest(body), null, JSON.stringify(body))
  }
  t.end()
})

t.test('it refuses a request whose required parts are missing or of another type', (t) => {
  for (const { name, body } of requests) {
    const { begins } = browserRequests[name]
    const parts = body as unknown[]
    t.notOk(checkerOf(name)(parts.slice(0, begins.length - 1)), `${name} cut`)
    t.notOk(checkerOf(name)({ 0: parts[0] }), `${name} as object`)
  }
  t.notOk(checkerOf('init')(['admin', 'init', [2], ['a', 'b'], 7, true]))
  t.notOk(checkerOf('init')(['admin', 'init', ['2'], ['a', 'b'], clientId, true]))
  t.notOk(checkerOf('init')(['admin', 'init', [2], ['a', 'b'], 'with,comma', true]))
  t.notOk(checkerOf('login')(['admin', 'login', '', 'st', clientId, 'takeover']))
  t.end()
})

const conn = {
  ref: '1@r',
  wid,
  connected: true,
  isResponse: 'false',
  serverToken: 's',
  browserToken: 'b',
  clientToken: 'c',
  lc: 'US',
  lg: 'en',
  locales: 'en-US',
  is24h: true,
  secret: 'A'.repeat(192),
  protoVersion: [0, 17],
  binVersion: 10,
  battery: 77,
  plugged: false,
  platform: 'android',
  features: { URL: true, FLAGS: 'EAE=' },
  phone: {
    wa_version: '2.21.0',
    mcc: '310',
    mnc: '260',
    os_version: '10',
    device_manufacturer: 'Sim',
    device_model: 'Phone',
    os_build_number: '1',
  },
  pushname: 'Sim Owner',
  tos: 0,
}
const pushes: readonly [keyof typeof browserPushes, unknown][] = [
  ['conn', ['Conn', conn]],
  [
    'connChange',
    ['Conn', { protoVersion: [0, 11], binVersion: 7, phone: conn.phone, features: {}, pushname: 'E' }],
  ],
  ['stream', ['Stream', 'update', false, '2.2142.12']],
  ['stream', ['Stream', 'asleep']],
  ['props', ['Props', { bucket: '', SPAM: true, media: 64 }]],
  ['blocklist', ['Blocklist', { id: 1, blocklist: [wid] }]],
  ['challengeAsked', ['Cmd', { type: 'challenge', challenge: 'AAAA' }]],
  ['disconnect', ['Cmd', { type: 'disconnect', kind: 'replaced' }]],
  ['disconnect', ['Cmd', { type: 'disconnect' }]],
  ['reload', ['Cmd', { type: 'update' }]],
  ['pictureChanged', ['Cmd', { type: 'picture', jid: wid, tag: 'removed' }]],
  ['presence', ['Presence', { id: wid, type: 'unavailable', t: 1600000000, deny: false }]],
  ['presence', ['Presence', { id: group, type: 'composing', participant: wid }]],
  ['ack', ['Msg', { cmd: 'ack', id: 'A', ack: 2, from: wid, to: '15550002222@c.us', t: 1600000001 }]],
  [
    'groupAck',
    ['MsgInfo', { cmd: 'ack', id: 'A', ack: 3, from: wid, to: group, participant: wid, t: 1600000002 }],
  ],
  ['groupChange', ['Chat', { id: group, cmd: 'action', data: ['add', wid, { participants: [wid] }] }]],
  ['groupChange', ['Chat', { id: group, cmd: 'action', data: ['restrict', wid, true] }]],
  ['aboutChanged', ['Status', { id: wid, status: 'busy' }]],
  ['pong', ['Pong', true]],
  ['call', ['Call', { id: 'x', type: 'offer' }]],
]

t.test('it finds and accepts every push', (t) => {
  for (const [name, body] of pushes) {
    t.equal(matchPush(body), name, name)
    t.ok(checkerOf(name)(body), `${name} body`)
  }
  t.same([...new Set(pushes.map(([name]) => name))].sort(), Object.keys(browserPushes).sort())
  for (const body of [null, [], ['Cmd'], ['Cmd', { type: 'toString' }], ['Unheard', {}], [7]])
    t.equal(matchPush(body), null)
  t.end()
})

t.test('it refuses a Conn in which any member but secret is missing', (t) => {
  for (const member of Object.keys(conn)) {
    const { [member]: _, ...rest } = conn as Record<string, unknown>
    t.equal(checkerOf('conn')(['Conn', rest]), member === 'secret', member)
  }
  t.notOk(checkerOf('conn')(['Conn', { ...conn, battery: '77' }]))
  t.notOk(checkerOf('pong')(['Pong', false]))
  t.end()
})

const node = (tag: string, attrs: Record<string, string>, content: Node['content'] = null): Node => ({
  tag,
  attrs,
  content,
})
const set = (child: Node) => node('action', { type: 'set', epoch: '3' }, [child])
const member = node('participant', { jid: person })
const message = node('message', {}, bytes)
const nodes: readonly [keyof typeof browserQueries | keyof typeof browserActions, Node][] = [
  ['queryContacts', node('query', { type: 'contacts', epoch: '1' })],
  ['queryChats', node('query', { type: 'chat', epoch: '1' })],
  ['queryStories', node('query', { type: 'status', epoch: '1' })],
  ['queryReplies', node('query', { type: 'quick_reply', epoch: '1' })],
  ['queryLabels', node('query', { type: 'label', epoch: '1' })],
  ['queryEmoji', node('query', { type: 'emoji', epoch: '1' })],
  [
    'queryMessages',
    node('query', {
      type: 'message',
      epoch: '10',
      jid: person,
      kind: 'before',
      count: '25',
      index: 'A',
      owner: 'true',
    }),
  ],
  [
    'queryMessages',
    node('query', { type: 'message', jid: person, kind: 'before', count: '25', owner: 'true' }),
  ],
  ['queryMedia', node('query', { type: 'media', jid: person, index: 'A', owner: 'false' })],
  ['queryReceipts', node('query', { type: 'message_info', jid: person, index: 'A' })],
  ['querySearch', node('query', { type: 'search', search: 'hello', count: '10', page: '1' })],
  ['queryPreview', node('query', { type: 'url', url: 'see example.invalid' })],
  ['queryGroup', node('query', { type: 'group', jid: group })],
  ['queryStarred', node('query', { type: 'star', count: '10' })],
  ['queryChatMedia', node('query', { type: 'media_message', jid: person, count: '10', kind: 'before' })],
  ['relay', node('action', { type: 'relay', epoch: '8' }, [message])],
  ['setPresence', set(node('presence', { type: 'available' }))],
  ['setPresence', set(node('presence', { type: 'composing', to: person }))],
  ['setRead', set(node('read', { jid: person, count: '-2', index: 'A', owner: 'false' }))],
  [
    'setPlayed',
    set(node('received', { type: 'played', index: 'A', from: person, owner: 'false', count: '1' })),
  ],
  ['setChat', set(node('chat', { jid: person, type: 'mute', mute: '1600000000' }))],
  [
    'setChat',
    set(
      node('chat', { jid: person, type: 'clear', modify_tag: '77' }, [
        node('item', { owner: 'true', index: 'A' }),
      ]),
    ),
  ],
  ['setAbout', set(node('status', {}, bytes))],
  ['setName', set(node('profile', { name: 'New' }))],
  ['setName', set(node('profile', { name: 'New' }, []))],
  [
    'setPicture',
    set(
      node('picture', { jid: person, id: '1.--2', type: 'set' }, [
        node('image', {}, bytes),
        node('preview', {}, bytes),
      ]),
    ),
  ],
  ['setBlocked', set(node('block', { type: 'add' }, [node('user', { jid: person })]))],
  ['groupCreate', set(node('group', { author: wid, id: '1.--2', type: 'create', subject: 's' }, [member]))],
  ['groupMembers', set(node('group', { author: wid, id: '1.--2', type: 'promote', jid: group }, [member]))],
  ['groupLeave', set(node('group', { author: wid, id: '1.--2', type: 'leave', jid: group }, []))],
  [
    'groupSubject',
    set(node('group', { author: wid, id: '1.--2', type: 'subject', jid: group, subject: 's' })),
  ],
  [
    'groupDescription',
    set(
      node('group', { author: wid, id: '1.--2', type: 'description', jid: group }, [
        node('description', { id: 'x' }, bytes),
      ]),
    ),
  ],
  [
    'groupSetting',
    set(
      node('group', { author: wid, id: '1.--2', type: 'prop', jid: group }, [
        node('announcement', { value: 'true' }),
      ]),
    ),
  ],
]

t.test('it finds and accepts every node of a browser', (t) => {
  for (const [name, sent] of nodes) {
    t.equal(matchNode(sent), name, name)
    t.ok(checkerOf(name)(sent), `${name} body`)
  }
  const names = [...Object.keys(browserQueries), ...Object.keys(browserActions)]
  t.same([...new Set(nodes.map(([name]) => name))].sort(), names.sort())
  t.end()
})

t.test('it finds no row for other nodes and refuses malformed ones', (t) => {
  const others = [
    node('query', { type: 'preview' }),
    node('query', {}),
    set(node('group', { type: 'constructor' })),
    node('action', { type: 'set' }),
    node('ghost', {}),
  ]
  for (const other of others) t.equal(matchNode(other), null, other.tag)
  t.notOk(checkerOf('relay')(node('action', { type: 'relay' }, [node('message', {}, 'text')])))
  t.notOk(checkerOf('relay')(node('action', { type: 'relay' }, [])))
  t.notOk(checkerOf('queryMessages')(node('query', { type: 'message', jid: person, count: 'many' })))
  t.notOk(checkerOf('setRead')(set(node('read', { count: '1' }))))
  t.end()
})

t.test('it tells apart what the phone sends unasked', (t) => {
  const told = (child: Node, attrs: Record<string, string> = {}) => node('action', attrs, [child])
  const sent: Record<keyof typeof phoneNodes, readonly Node[]> = {
    contactList: [node('response', { type: 'contacts', checksum: 'AB' })],
    chatList: [node('response', { type: 'chat' })],
    lastMessages: [node('action', { add: 'last' }, [message]), node('action', { add: 'last' })],
    messagesBefore: [node('action', { add: 'before', last: 'true' }, [message])],
    unreadMessages: [node('action', { add: 'unread' }, [message])],
    relayed: [node('action', { add: 'relay' }, [message])],
    replaced: [node('action', { add: 'update' }, [message])],
    receipt: [told(node('received', { type: 'read' })), told(node('received', {}), { add: 'relay' })],
    contactChanged: [told(node('user', { jid: person }))],
    chatChanged: [told(node('chat', { jid: person }))],
    chatRead: [told(node('read', { jid: person }))],
    battery: [told(node('battery', { value: '5' }))],
    frequentContacts: [told(node('contacts', { type: 'frequent' }))],
  }
  for (const [name, forms] of Object.entries(sent)) {
    for (const form of forms) t.equal(matchPhoneNode(form), name, name)
  }
  t.same(Object.keys(sent), Object.keys(phoneNodes))
  for (const other of [node('response', { type: 'message' }), told(node('ghost', {})), node('ghost', {})])
    t.equal(matchPhoneNode(other), null)
  t.end()
})

t.test('it accepts answers to nodes and what the phone sends unasked', (t) => {
  t.ok(answerCheckerOf('queryMessages')(node('response', { type: 'message' }, [message])))
  t.ok(answerCheckerOf('queryMessages')(node('response', { type: 'message' })))
  t.ok(answerCheckerOf('queryMessages')({ status: 404 }))
  t.notOk(answerCheckerOf('queryMessages')(node('response', {}, [message])))
  t.ok(
    answerCheckerOf('groupCreate')({ status: 200, gid: group, participants: [{ [wid]: { code: '200' } }] }),
  )
  t.notOk(answerCheckerOf('logout')({ status: 200 }), 'logout has no answer')
  t.ok(checkerOf('relayed')(node('action', { add: 'relay' }, [message])))
  t.notOk(checkerOf('relayed')(node('action', { add: 'relay' }, [message, message])), 'one message per relay')
  t.ok(
    checkerOf('chatList')(
      node('response', { type: 'chat' }, [
        node('chat', { jid: person, t: '1', count: '0', modify_tag: '1', spam: 'false' }),
      ]),
    ),
  )
  t.ok(checkerOf('messagesBefore')(node('action', { add: 'before', last: 'true' }, [message])))
  t.ok(checkerOf('lastMessages')(node('action', { add: 'last' }, [])))
  t.ok(checkerOf('battery')(node('action', {}, [node('battery', { value: '77', live: 'false' })])))
  t.ok(checkerOf('keepAlive')('?,,'))
  t.ok(answerCheckerOf('keepAlive')('!1600000000123'))
  t.end()
})

t.test('it says of every row who sends, who reads, on what basis and where it is specified', (t) => {
  const rows: [string, MessageRow][] = Object.entries(browserMessages)
  for (const [name, row] of rows) {
    t.match(name, /^[a-z][a-zA-Z]*$/)
    t.not(row.from, row.to, name)
    t.match(row.spec, /^[0-9]+(\.[0-9]+)?(, [0-9]+(\.[0-9]+)?)*$/, `${name} section`)
    t.match(row.about, /^\S.{5,160}$/, `${name} about`)
    t.equal('node' in row, row.readableBy === 'endpoints', `${name}: nodes and nothing else is sealed`)
  }
  const counted = [browserRequests, browserPushes, browserQueries, browserActions].reduce(
    (sum, table) => sum + Object.keys(table).length,
    0,
  )
  t.equal(Object.keys(browserMessages).length, counted + 13 + 1, 'no name is in two tables')
  t.end()
})

t.test('it compiles a schema once and gives the same verdict as walking it', (t) => {
  const schema = Type.Object({ a: Type.Integer() })
  t.equal(checkerFor(schema), checkerFor(schema))
  t.ok(linkCheckerOf('heartbeat')({}))
  t.notOk(linkCheckerOf('taken')({ seq: 0 }))
  const bodies: unknown[] = [
    ...requests.map(({ body }) => body),
    ...pushes.map(([, body]) => body),
    ...nodes.map(([, sent]) => sent),
    null,
    7,
  ]
  for (const name of Object.keys(browserMessages) as BrowserMessageName[]) {
    for (const body of bodies) {
      if (checkerOf(name)(body) !== Value.Check(browserMessages[name].body, body)) t.fail(`${name} differs`)
    }
  }
  t.end()
})
