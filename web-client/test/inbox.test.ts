import t from 'tap'
import type { Node } from 'proto/node'
import { revokeMessage, stubMessage, type StubType, textMessage } from 'proto/web-message'
import { Chats } from '../src/chats.ts'
import { Inbox } from '../src/inbox.ts'
import { ALICE, BOB, CARLA, infoOf, messageNode, node, type Written } from './scripted-phone.ts'

function newInbox(): { chats: Chats; inbox: Inbox; seen: unknown[] } {
  const seen: unknown[] = []
  const chats = new Chats(() => {})
  const inbox = new Inbox(chats, {
    listed: (list) => seen.push(['listed', list]),
    synced: (jid, batch) => seen.push(['synced', jid, batch.length]),
    received: (message) => seen.push(['received', message.id]),
    ownSeen: (id) => seen.push(['own', id]),
    me: () => ALICE,
    battery: (percent, charging) => seen.push(['battery', percent, charging]),
    dropped: (code) => seen.push(['dropped', code]),
  })
  inbox.take(node('response', { type: 'chat' }, [node('chat', { jid: BOB, t: '100', count: '0' })]))
  inbox.take(node('action', { add: 'last' }, messages({ id: 'A' }, { id: 'B', fromMe: true, seconds: 1 })))
  seen.length = 0
  return { chats, inbox, seen }
}
const messages = (...written: Written[]): Node[] => written.map((each) => messageNode(infoOf(BOB, each)))
const change = (child: Node, attrs: Record<string, string> = {}): Node => node('action', attrs, [child])

t.test('reads the chat list with all its attributes', async (t) => {
  const { chats, inbox, seen } = newInbox()
  const attrs = {
    jid: '15550003333@c.us',
    t: '200',
    count: '3',
    name: 'C',
    pin: '1',
    archive: 'true',
    mute: '-1',
  }
  inbox.take(
    node('response', { type: 'chat' }, [node('chat', { ...attrs, read_only: 'true' }), node('chat', {})]),
  )
  t.same(
    chats.list().map(({ jid }) => jid),
    [CARLA],
    'a chat without jid is left out, one that is gone is removed',
  )
  t.match(chats.find(CARLA), {
    name: 'C',
    unread: 3,
    pinned: true,
    archived: true,
    mutedUntil: -1,
    readOnly: true,
  })
  t.same(seen, [['listed', 'chat']])
})

t.test('leaves the lists alone when told that they came before', async (t) => {
  const { chats, inbox, seen } = newInbox()
  inbox.take(node('response', { type: 'chat', duplicate: 'true' }))
  inbox.take(node('response', { type: 'contacts', duplicate: 'true' }))
  t.equal(chats.list().length, 1)
  t.same(seen, [['listed', 'chat']])
})

t.test('counts relayed messages of others as unread, each once', async (t) => {
  const { chats, inbox, seen } = newInbox()
  for (const written of [{ id: 'C' }, { id: 'C' }, { id: 'D', fromMe: true }, { id: 'A' }]) {
    inbox.take(node('action', { add: 'relay' }, messages(written)))
  }
  t.equal(chats.find(BOB)?.unread, 1)
  t.same(seen, [
    ['received', 'C'],
    ['own', 'D'],
    ['received', 'D'],
  ])
})

t.test('makes a chat for a message of somebody unknown', async (t) => {
  const { chats, inbox } = newInbox()
  inbox.take(node('action', { add: 'relay' }, [messageNode(infoOf(CARLA, { id: 'X', text: 'new here' }))]))
  t.match(chats.find(CARLA), { name: '+15550003333', unread: 1, newest: { text: 'new here' } })
})

t.test('replaces a message on update', async (t) => {
  const { chats, inbox } = newInbox()
  inbox.take(
    node('action', { add: 'update' }, messages({ id: 'A', text: 'decrypted now' }, { id: 'N', seconds: 9 })),
  )
  t.same(
    chats.messages(BOB).map(({ text }) => text),
    ['decrypted now', 'B', 'N'],
  )
  t.equal(chats.find(BOB)?.unread, 0)
})

t.test('takes messages in before their chat is listed', async (t) => {
  const { chats, inbox } = newInbox()
  inbox.take(node('action', { add: 'unread' }, [messageNode(infoOf(CARLA, { id: 'X' }))]))
  t.equal(chats.messages(CARLA).length, 1)
})

for (const { type, attrs = {}, want } of [
  { type: 'archive', want: { archived: true } },
  { type: 'unarchive', want: { archived: false } },
  { type: 'pin', attrs: { pin: '1600000000' }, want: { pinned: true } },
  { type: 'pin', want: { pinned: false } },
  { type: 'mute', attrs: { mute: '1700000000' }, want: { mutedUntil: 1_700_000_000 } },
  { type: 'mute', attrs: { mute: '0' }, want: { mutedUntil: null } },
  { type: 'constructor', want: { unread: 0 } },
]) {
  t.test(`takes the chat change ${type} ${JSON.stringify(attrs)}`, async (t) => {
    const { chats, inbox } = newInbox()
    inbox.take(change(node('chat', { jid: BOB, type, ...attrs })))
    t.match(chats.find(BOB), want)
  })
}

t.test('deletes a chat, clears one, and deletes single messages', async (t) => {
  const { chats, inbox } = newInbox()
  const item = node('item', { index: 'B', owner: 'true' })
  inbox.take(change(node('chat', { jid: BOB, type: 'clear' }, [item])))
  t.same(
    chats.messages(BOB).map(({ id }) => id),
    ['A'],
  )
  inbox.take(change(node('chat', { jid: BOB, type: 'clear' })))
  t.same(chats.messages(BOB), [])
  inbox.take(change(node('chat', { jid: BOB, type: 'delete' })))
  t.same(chats.list(), [])
})

t.test('takes read, marked unread, receipts, contacts and battery', async (t) => {
  const { chats, inbox, seen } = newInbox()
  inbox.take(change(node('read', { jid: '15550002222@c.us', type: 'false' })))
  t.equal(chats.find(BOB)?.unread, -1)
  inbox.take(change(node('read', { jid: BOB })))
  t.equal(chats.find(BOB)?.unread, 0)
  const received = { type: 'read', jid: '15550002222@c.us', index: 'B', owner: 'true' }
  inbox.take(change(node('received', received), { add: 'relay' }))
  t.equal(chats.messages(BOB).at(-1)?.status, 'read')
  inbox.take(change(node('user', { jid: BOB, name: 'Robert' })))
  t.equal(chats.find(BOB)?.name, 'Robert')
  inbox.take(change(node('user', { jid: BOB })))
  t.equal(chats.find(BOB)?.name, '+15550002222')
  inbox.take(change(node('battery', { value: '40', live: 'true' })))
  t.same(seen, [['battery', 40, true]])
})

t.test('leaves out what cannot be read, and takes the rest', async (t) => {
  const { chats, inbox, seen } = newInbox()
  const bad = [node('message', {}, new Uint8Array([255])), node('message', {}, 'text'), node('message')]
  inbox.take(node('action', { add: 'before' }, [...bad, ...messages({ id: 'G', seconds: -1 })]))
  t.same(
    chats.messages(BOB).map(({ id }) => id),
    ['G', 'A', 'B'],
  )
  t.equal(seen.filter((each) => String(each).startsWith('dropped')).length, 3)
})

t.test('does nothing for nodes that it does not know, even with odd names', async (t) => {
  const { chats, inbox, seen } = newInbox()
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'nothing']) {
    inbox.take(node(name, { type: name, add: name }, [node(name, { jid: BOB, type: name })]))
    inbox.take(node('response', { type: name }))
    inbox.take(node('action', { add: name }, [node(name), node('chat', { jid: BOB, type: name })]))
    inbox.take(change(node('received', { jid: BOB, index: 'B', type: name, owner: 'true' })))
  }
  inbox.take(node('action', { add: 'relay' }, 'text'))
  t.same(seen, [])
  t.same(
    chats.messages(BOB).map(({ status }) => status),
    [null, 'server'],
  )
})

const GROUP = '15550002222-1600000000@g.us'
const notice = (id: string, stub: StubType, ...parameters: string[]): Node =>
  node('action', { add: 'relay' }, [
    messageNode(
      stubMessage({ remoteJid: GROUP, fromMe: false, id, timestampS: 5, participant: BOB, stub, parameters }),
    ),
  ])

t.test('takes the name of a group, and whether it is closed to us, from notices', async (t) => {
  const { chats, inbox } = newInbox()
  inbox.take(notice('1', 'GROUP_CREATE', 'Choir'))
  t.match(chats.find(GROUP), { name: 'Choir', group: true, unread: 0, readOnly: false })
  inbox.take(notice('2', 'GROUP_CHANGE_SUBJECT', 'Band'))
  inbox.take(notice('3', 'GROUP_PARTICIPANT_REMOVE', CARLA))
  t.match(chats.find(GROUP), { name: 'Band', readOnly: false }, 'somebody else was removed')
  inbox.take(notice('4', 'GROUP_PARTICIPANT_REMOVE', CARLA, ALICE))
  t.match(chats.find(GROUP), { readOnly: true })
  inbox.take(notice('5', 'GROUP_PARTICIPANT_ADD', ALICE))
  t.match(chats.find(GROUP), { readOnly: false })
  t.strictSame(
    chats
      .messages(GROUP)
      .map(({ kind, author, text, notice }) => [kind, author, text, notice?.parameters.length])[1],
    ['notice', BOB, '+15550002222 changed the subject to "Band"', 1],
  )
  inbox.take(change(node('user', { jid: GROUP, name: 'Trio' })))
  t.equal(chats.find(GROUP)?.name, 'Trio')
  t.strictSame(
    chats.contacts.all().filter(({ jid }) => jid === GROUP),
    [],
  )
})

t.test('takes back in a group what the phone names, by whomever it was written', async (t) => {
  const { chats, inbox } = newInbox()
  const text = (id: string, fromMe: boolean) =>
    messageNode(textMessage({ remoteJid: GROUP, fromMe, id, timestampS: 5, text: 'hi' }))
  inbox.take(node('action', { add: 'relay' }, [text('A', true), text('B', false)]))
  for (const [id, fromMe] of [['A', true], ['B', false]] as const) {
    const revoked = { remoteJid: GROUP, fromMe, id }
    const info = revokeMessage({ remoteJid: GROUP, fromMe: false, id: `R${id}`, timestampS: 6, revoked })
    inbox.take(node('action', { add: 'relay' }, [messageNode(info)]))
  } // prettier-ignore
  t.strictSame(
    chats.messages(GROUP).map(({ kind }) => kind),
    ['revoked', 'revoked'],
  )
})

t.test('knows whom the person writes to most, however the phone names them', async (t) => {
  const { chats, inbox } = newInbox()
  const named = [
    node('contact', {}, '15550002222@c.us'),
    node('contact', {}, Buffer.from(CARLA)),
    node('contact', { jid: ALICE }),
    node('contact'),
  ]
  inbox.take(change(node('contacts', { type: 'frequent' }, named)))
  t.same(chats.contacts.frequent, [BOB, CARLA, ALICE])
  inbox.take(change(node('contacts', { type: 'other' }, [])))
  t.equal(chats.contacts.frequent.length, 3)
  chats.reset()
  t.same(chats.contacts.frequent, [])
})

t.test('a story is no chat', async (t) => {
  const { chats, inbox, seen } = newInbox()
  inbox.take(node('action', { add: 'relay' }, [messageNode(infoOf('status@broadcast', { id: 'S' }))]))
  t.equal(chats.list().length, 1)
  t.same(seen, [])
})
