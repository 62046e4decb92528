import t from 'tap'
import { Chats, type ChatsChange } from '../src/chats.ts'
import type { ChatMessage } from '../src/message.ts'
import { BOB, CARLA } from './scripted-phone.ts'

const GROUP = '15550001111-1600000000@g.us'

function newChats(): { chats: Chats; changes: ChatsChange[] } {
  const changes: ChatsChange[] = []
  return { chats: new Chats((change) => changes.push(change)), changes }
}
const message = (jid: string, id: string, more: Partial<ChatMessage> = {}): ChatMessage => ({
  jid,
  id,
  fromMe: false,
  author: null,
  kind: 'text',
  text: id,
  seconds: 10,
  status: null,
  ...more,
})

t.test('lists pinned chats first, then by last activity', async (t) => {
  const { chats } = newChats()
  chats.putList([
    { jid: BOB, t: '5' },
    { jid: CARLA, t: '9' },
    { jid: GROUP, t: '1', pin: '1', name: 'Walk' },
  ])
  t.same(
    chats.list().map(({ jid, group }) => [jid, group]),
    [
      [GROUP, true],
      [CARLA, false],
      [BOB, false],
    ],
  )
  chats.addNewer(BOB, [message(BOB, 'a', { seconds: 20 })], true)
  t.same(
    chats.list().map(({ jid }) => jid),
    [GROUP, BOB, CARLA],
  )
})

t.test('keeps a chat that the list lacks while something is on its way there', async (t) => {
  const { chats } = newChats()
  chats.addNewer(CARLA, [message(CARLA, 'a', { fromMe: true, status: 'pending' })], false)
  chats.addNewer(BOB, [message(BOB, 'b')], false)
  chats.putList([])
  t.same(
    chats.list().map(({ jid }) => jid),
    [CARLA],
  )
  chats.raiseStatus(CARLA, 'a', 'server')
  chats.putList([])
  t.same(chats.list(), [])
})

t.test('finds a chat under both spellings of its address', async (t) => {
  const { chats } = newChats()
  chats.putList([{ jid: '15550002222@c.us', count: '-1' }])
  t.equal(chats.find(BOB)?.unread, -1)
  t.equal(chats.find('15550002222@c.us')?.jid, BOB)
  t.equal(chats.find('15550009999@c.us'), null)
})

t.test('counts from nothing when a chat was marked unread by hand', async (t) => {
  const { chats } = newChats()
  chats.putList([{ jid: BOB, count: '-1' }])
  chats.addNewer(BOB, [message(BOB, 'a')], true)
  t.equal(chats.find(BOB)?.unread, 1)
})

t.test('brings an archived chat back when somebody writes', async (t) => {
  const { chats } = newChats()
  chats.putList([{ jid: BOB, archive: 'true' }])
  chats.addNewer(BOB, [message(BOB, 'a')], true)
  t.equal(chats.find(BOB)?.archived, false)
})

t.test('tells of changes, and only of changes', async (t) => {
  const { chats, changes } = newChats()
  chats.addNewer(BOB, [message(BOB, 'a', { fromMe: true, status: 'server' })], false)
  t.same(changes.splice(0), [{ type: 'messages', jid: BOB }, { type: 'chats' }])
  chats.raiseStatus('15550002222@c.us', 'a', 'server')
  chats.raiseStatus(BOB, 'unknown', 'read')
  chats.raiseStatus(CARLA, 'a', 'read')
  chats.revoke({ jid: CARLA, fromMe: true, id: 'a' })
  chats.change(CARLA, { unread: 0 })
  chats.remove(CARLA)
  t.same(changes, [])
  chats.raiseStatus('15550002222@c.us', 'a', 'read')
  t.equal(changes.length, 2)
})

t.test('names people by address book, then by their own name, then by number', async (t) => {
  const { chats } = newChats()
  chats.putContacts(
    [{ jid: '15550002222@c.us', name: 'Bob', notify: 'bobby' }, { jid: CARLA, notify: 'carla' }, {}],
    true,
  )
  t.same(
    [BOB, CARLA, '15550009999@c.us'].map((jid) => chats.contacts.nameOf(jid)),
    ['Bob', 'carla', '+15550009999'],
  )
  chats.putContacts([{ jid: CARLA, name: 'Carla' }], true)
  t.same(
    chats.contacts.all().map(({ name }) => name),
    ['Carla'],
  )
})
