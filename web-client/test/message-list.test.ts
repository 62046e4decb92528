import t from 'tap'
import fc from 'fast-check'
import { MessageList } from '../src/message-list.ts'
import { type ChatMessage, keyOf, type SendStatus } from '../src/message.ts'
import { BOB } from './scripted-phone.ts'

const message = (id: string, seconds: number, status: SendStatus | null = null): ChatMessage => ({
  jid: BOB,
  fromMe: status !== null,
  id,
  author: null,
  kind: 'text',
  text: id,
  seconds,
  status,
})
const ids = (list: MessageList): string => list.items.map(({ id }) => id).join('')

t.test('keeps the order of the phone within one second', async (t) => {
  const list = new MessageList()
  list.addNewer([message('d', 5)])
  list.addOlder([message('a', 4), message('b', 5), message('c', 5)])
  list.addNewer([message('e', 5)])
  t.equal(ids(list), 'abcde')
})

t.test('puts a late message at its time', async (t) => {
  const list = new MessageList()
  list.addNewer([message('a', 1), message('c', 3)])
  list.addNewer([message('b', 2)])
  t.equal(ids(list), 'abc')
})

t.test('tells which messages were not known', async (t) => {
  const list = new MessageList()
  list.addNewer([message('b', 2)])
  t.same(
    list.addOlder([message('a', 1), message('b', 2)]).map(({ id }) => id),
    ['a'],
  )
  t.same(
    list.addNewer([message('a', 1), message('c', 3)]).map(({ id }) => id),
    ['c'],
  )
})

t.test('tells the same id in the two directions apart', async (t) => {
  const list = new MessageList()
  list.addNewer([message('a', 1), message('a', 1, 'server')])
  t.equal(list.items.length, 2)
})

t.test('takes news of a known message without moving it, and its status only upwards', async (t) => {
  const list = new MessageList()
  list.addNewer([message('a', 1, 'read'), message('b', 2)])
  t.ok(list.merge({ ...message('a', 9, 'server'), text: 'new' }))
  t.match(list.items[0], { text: 'new', seconds: 1, status: 'read' })
  t.notOk(list.merge(message('x', 1)))
})

t.test('does not bring back what was taken back', async (t) => {
  const list = new MessageList()
  list.addNewer([message('a', 1)])
  t.ok(list.revoke(keyOf({ fromMe: false, id: 'a' })))
  t.notOk(list.revoke(keyOf({ fromMe: false, id: 'a' })))
  list.addOlder([message('a', 1)])
  t.match(list.items, [{ kind: 'revoked', text: '' }])
})

t.test('can add again what was removed', async (t) => {
  const list = new MessageList()
  list.addNewer([message('a', 1), message('b', 2)])
  t.equal(
    list.remove(({ id }) => id === 'a'),
    1,
  )
  t.equal(ids(list), 'b')
  t.equal(list.addOlder([message('a', 1)]).length, 1)
})

t.test('gives a new array for each change, and the old one stays as it was', async (t) => {
  const list = new MessageList()
  list.addNewer([message('a', 1, 'pending')])
  const { items } = list
  list.raise('a', 'server')
  t.not(list.items, items)
  t.equal(items[0].status, 'pending')
})

t.test('holds each message once and in order of time, whatever comes and however often', async (t) => {
  const batch = fc.array(fc.record({ id: fc.integer({ min: 0, max: 40 }), older: fc.boolean() }), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(batch, (steps) => {
      const list = new MessageList()
      for (const { id, older } of steps) {
        const page = [id, id + 1].map((each) => message(`m${each}`, Math.floor(each / 3)))
        if (older) list.addOlder(page)
        else list.addNewer(page)
      }
      const keys = list.items.map(keyOf)
      const seconds = list.items.map((each) => each.seconds)
      return (
        new Set(keys).size === keys.length &&
        seconds.every((second, at) => at === 0 || seconds[at - 1] <= second) &&
        list.items.every((each) => list.find(keyOf(each)) === each)
      )
    }),
  )
  t.pass('held')
})

t.test('marks how far each reader of a group has an own message, only upwards', async (t) => {
  const list = new MessageList()
  list.addNewer([message('a', 1, 'server')])
  t.ok(list.reach('a', BOB, 'read'))
  t.notOk(list.reach('a', BOB, 'delivered'))
  t.notOk(list.reach('b', BOB, 'read'), 'unknown')
  list.merge(message('a', 1, 'delivered'))
  t.match(
    list.items[0],
    { status: 'delivered', reached: new Map([[BOB, 'read']]) },
    'news of it keep the marks',
  )
})
