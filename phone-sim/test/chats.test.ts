import t, { type Test } from 'tap'
import { decodeWebMessage, messageStatus, statusOf, stubMessage, textMessage } from 'proto/web-message'
import { browserBytes, Chats, keepToOneself } from '../src/chats.ts'
import { type PhoneEvent, PhoneEvents } from '../src/phone-events.ts'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { ALICE, BOB, jid } from './phone-world.ts'
import { TestClock } from './test-clock.ts'

function newChats(t: Test) {
  const clock = new TestClock()
  const store = openPhoneStore(':memory:', { clock })
  t.teardown(() => store.close())
  const events = new PhoneEvents(clock)
  const seen: PhoneEvent[] = []
  events.subscribe((event) => seen.push(event))
  return { chats: new Chats(store, clock, events, jid(ALICE)), store, seen, clock }
}
const infoOf = (id: string, fromMe: boolean, text = id) =>
  textMessage({ remoteJid: jid(BOB), fromMe, id, timestampS: 1_600_000_000, text })
const keyOf = (id: string, fromMe: boolean) => ({ chat: jid(BOB), fromMe, id })

t.test('it calls people by their entry, their own name or their number', (t) => {
  const { chats } = newChats(t)
  t.equal(chats.nameOf(jid(ALICE)), 'You')
  t.equal(chats.nameOf(jid(BOB)), `+${BOB}`)
  chats.putContact(jid(BOB), { notify: 'bobby' })
  t.equal(chats.nameOf(jid(BOB)), 'bobby')
  chats.putContact(jid(BOB), { name: 'Bob Jones' })
  t.equal(chats.nameOf(jid(BOB)), 'Bob Jones')
  t.match(chats.contacts(), [{ notify: 'bobby', name: 'Bob Jones', blocked: false }])
  t.end()
})

t.test('it counts what was not seen, and counts up the tag of the chat with each change', (t) => {
  const { chats } = newChats(t)
  for (const id of ['1', '2']) chats.add({ info: infoOf(id, false), status: 0, seen: false, at: 1 })
  chats.addOwn(infoOf('3', true), messageStatus.PENDING, 1)
  t.match(chats.findChat(jid(BOB)), { unread: 2, modifyTag: 3 })
  t.equal(chats.markSeen(jid(BOB), chats.find(keyOf('1', false))).length, 1)
  t.match(chats.findChat(jid(BOB)), { unread: 1, modifyTag: 4 })
  t.strictSame(
    chats.markSeen(jid(BOB), null).map(({ id }) => id),
    ['2'],
  )
  t.strictSame(chats.markSeen(jid(BOB), null), [], 'nobody is owed a receipt twice')
  t.match(chats.findChat(jid(BOB)), { unread: 0, modifyTag: 5 })
  t.end()
})

t.test('it brings an archived chat back with a new message, not with a notice', async (t) => {
  const { chats } = newChats(t)
  const archive = () => chats.changeChat(jid(BOB), { archived: true })
  archive()
  const notice = {
    remoteJid: jid(BOB),
    fromMe: false,
    id: 'n',
    timestampS: 1_600_000_000,
    stub: 'E2E_ENCRYPTED',
  } as const
  chats.add({ info: stubMessage(notice), status: 0, seen: true, at: 1 })
  t.equal(chats.findChat(jid(BOB))?.archived, true)
  chats.add({ info: infoOf('1', false), status: 0, seen: false, at: 1 })
  t.equal(chats.findChat(jid(BOB))?.archived, false)
  archive()
  chats.addOwn(infoOf('2', true), messageStatus.PENDING, 1)
  t.equal(chats.findChat(jid(BOB))?.archived, false)
})

t.test('it raises the status of own messages, lowers none, and fails only what is on its way', (t) => {
  const { chats } = newChats(t)
  chats.addOwn(infoOf('own', true), messageStatus.PENDING, 1)
  chats.add({ info: infoOf('own', false), status: 0, seen: true, at: 1 })
  const key = keyOf('own', true)
  t.equal(chats.raiseStatus(key, messageStatus.READ)?.status, messageStatus.READ)
  t.equal(chats.raiseStatus(key, messageStatus.SERVER_ACK), null)
  t.equal(chats.raiseStatus(key, messageStatus.ERROR), null)
  t.match(chats.find(key), { deliveredAt: 1_600_000_000_000, readAt: 1_600_000_000_000 })
  t.equal(chats.raiseStatus(keyOf('own', false), messageStatus.READ), null, 'not those of others')
  chats.addOwn(infoOf('new', true), messageStatus.PENDING, 1)
  t.equal(chats.raiseStatus(keyOf('new', true), messageStatus.ERROR)?.status, messageStatus.ERROR)
  t.end()
})

t.test('it keeps nothing of the text of a message that was taken back', (t) => {
  const { chats, store } = newChats(t)
  chats.add({ info: infoOf('1', false, 'regretted'), status: 0, seen: false, at: 1 })
  chats.revoke(keyOf('1', false))
  const row = store.messages.find(keyOf('1', false))!
  t.match(chats.view(row), { type: 'revoked', text: '', status: 'received', author: jid(BOB) })
  t.notOk(Buffer.from(row.info).includes('regretted'))
  t.equal(chats.revoke(keyOf('unknown', false)), null)
  t.end()
})

t.test('it forgets a chat, or clears it but for the stars', (t) => {
  const { chats, store, seen } = newChats(t)
  for (const id of ['1', '2']) chats.add({ info: infoOf(id, false), status: 0, seen: false, at: 1 })
  chats.star(keyOf('1', false), true)
  chats.clearChat(jid(BOB), true)
  t.match(store.messages.before(jid(BOB), null, 9), [{ id: '1', starred: true }])
  t.match(chats.findChat(jid(BOB)), { unread: 1 })
  chats.removeChat(jid(BOB))
  t.strictSame(store.messages.before(jid(BOB), null, 9), [])
  t.strictSame(chats.chats(), [])
  t.match(seen.at(-1), { type: 'chatGone', jid: jid(BOB) })
  t.end()
})

t.test('it tells screens what was committed, and nothing that was not', (t) => {
  const { chats, store, seen } = newChats(t)
  t.throws(() =>
    store.transaction(() => {
      chats.add({ info: infoOf('1', false), status: 0, seen: false, at: 1 })
      throw new Error('undone')
    }),
  )
  t.strictSame(seen, [])
  store.transaction(() => chats.add({ info: infoOf('1', false), status: 0, seen: false, at: 1 }))
  t.strictSame(
    seen.map(({ type }) => type),
    ['chat', 'message'],
  )
  t.end()
})

t.test('it gives browsers the present status and star of own messages, and others as they came', (t) => {
  const { chats } = newChats(t)
  const own = chats.addOwn(infoOf('own', true), messageStatus.DELIVERY_ACK, 1)
  t.equal(statusOf(decodeWebMessage(browserBytes(own))), 'DELIVERY_ACK')
  const other = chats.add({ info: infoOf('other', false), status: 0, seen: true, at: 1 })
  t.equal(browserBytes(other), other.info)
  chats.star(keyOf('other', false), true)
  t.equal(decodeWebMessage(browserBytes(chats.find(keyOf('other', false))!)).starred, true)
  const info = infoOf('x', true)
  Object.assign(info, { status: messageStatus.READ, starred: true })
  keepToOneself(info)
  t.equal(statusOf(info), null)
  t.equal(info.starred, false)
  t.end()
})
