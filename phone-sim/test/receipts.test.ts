import t from 'tap'
import { limit } from 'proto/limits'
import { formatReceipt, parseReceipt } from '../src/receipt-mail.ts'
import type { Node } from 'proto/node'
import type { Trace } from 'proto/trace'
import type { BrowserDouble } from './browser-double.ts'
import { choir } from './group-world.ts'
import { reachedAt } from '../src/message-facts.ts'
import { ALICE, BOB, jid, PhoneWorld } from './phone-world.ts'
import { openPhoneStore } from '../src/store-sqlite.ts'
import type { PhoneStore } from '../src/store.ts'
import { until } from './test-clock.ts'

t.test('it puts many read messages into few receipts', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  await world.phone(BOB, 'Bob')
  const count = limit('RECEIPT_IDS') + 1
  await alice.importHistory(
    Array.from({ length: count }, (_, at) => ({
      with: BOB,
      fromMe: false,
      text: 'x',
      timestampMs: at + 1,
      seen: false,
    })),
  )
  t.equal(alice.chats()[0]?.unread, count)
  await alice.markRead(jid(BOB))
  const sent = () => world.relay.heard.filter((m) => m.type === 'mail' && m.kind === 'receipt').length
  await until(() => sent() === 2, 'two receipts')
  t.equal(alice.chats()[0]?.unread, 0)
})

t.test('its log tells of a receipt when it is on the disk, before its mail', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const told: string[] = []
  const trace: Trace = { emit: (kind) => void told.push(kind), party: () => trace }
  const store = openPhoneStore(':memory:', { clock: world.clock })
  let isFull = false
  const transaction: PhoneStore['transaction'] = (work) =>
    store.transaction(() => {
      const result = work()
      if (isFull) throw new Error('the disk is full')
      return result
    })
  const alice = await world.phone(ALICE, 'Alice', { trace, store: { ...store, transaction } })
  const bob = await world.phone(BOB, 'Bob')
  await bob.sendText(ALICE, 'hello')
  await until(() => bob.messages(jid(ALICE))[0]?.status === 'delivered', 'the first receipt')
  told.splice(0)
  isFull = true
  await t.rejects(alice.markRead(jid(BOB)), { message: 'the disk is full' })
  t.notOk(told.includes('receipt.made'))
  isFull = false
  await alice.markRead(jid(BOB))
  await until(() => told.includes('mail.sent'), 'the receipt')
  t.strictSame(told.filter((kind) => kind.startsWith('receipt.') || kind.startsWith('mail.')).slice(0, 3), [
    'receipt.made',
    'mail.queued',
    'mail.sent',
  ])
})

t.test('it says of nothing that it was read which nobody could read', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  const { id } = await bob.sendText(ALICE, 'hello')
  await until(() => alice.messages(jid(BOB)).length === 1, 'arrival')
  const body = Buffer.from('no Signal message').toString('base64')
  world.relay.post(ALICE, { from: BOB, mail: 'GARBAGE', kind: 'whisper', body })
  await until(() => alice.messages(jid(BOB)).at(-1)?.type === 'undecryptable', 'a placeholder')
  t.equal(alice.chats()[0].unread, 2)
  await alice.markRead(jid(BOB))
  t.equal(alice.chats()[0].unread, 0)
  const read = () =>
    world.relay.heard
      .flatMap((m) =>
        m.type === 'mail' && m.kind === 'receipt' ? parseReceipt(Buffer.from(m.body, 'base64')) : [],
      )
      .filter(({ level }) => level === 'read')
  await until(() => read().length > 0, 'a receipt')
  t.match(read(), [{ ids: [id] }])
  t.strictSame(read().flatMap(({ ids }) => ids), [id]) // prettier-ignore
})

t.test('it never lowers a status and ignores receipts for what it did not send', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  const { id } = await alice.sendText(BOB, 'hi')
  await until(() => bob.messages(jid(ALICE)).length === 1, 'arrival')
  await bob.markRead(jid(ALICE))
  await until(() => alice.messages(jid(BOB))[0]?.status === 'read', 'read')
  const post = (mail: string, ids: string[], level: 'delivered' | 'read') => {
    const body = Buffer.from(formatReceipt({ ids, level, t: 1 })).toString('base64')
    world.relay.post(ALICE, { from: BOB, mail, kind: 'receipt', body })
  }
  post('late', [id], 'delivered')
  post('strange', ['never sent'], 'read')
  await until(() => world.relay.account(ALICE).mailbox.length === 0, 'taken')
  t.equal(alice.messages(jid(BOB))[0]?.status, 'read')
})

/** When others received and read an own message, in seconds, as a browser is answered. */
async function timesOf(browser: BrowserDouble, chat: string, id: string): Promise<Record<string, number[]>> {
  const { node } = await browser.query('message_info', { jid: chat, index: id })
  const steps = (node!.content as Node[]).map(({ tag, content }): [string, number[]] => [
    tag,
    (content as Node[]).map(({ attrs }) => Number(attrs['t'])),
  ])
  return Object.fromEntries(steps)
}

t.test('it tells when somebody read, not when this phone heard of it', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  const browser = await world.linked(alice)
  const sentS = world.clock.now() / 1000
  const { id } = await alice.sendText(BOB, 'hello')
  await until(() => alice.messages(jid(BOB))[0].status === 'delivered', 'delivered')
  alice.setDevice({ network: 'none' })
  await world.clock.advance(60_000)
  await bob.markRead(jid(ALICE))
  await world.clock.advance(3 * 3_600_000)
  alice.setDevice({ network: 'wifi' })
  await until(() => browser.acks().some(({ ack }) => ack === 3), 'read')
  t.match(browser.pushes.at(-1), ['Msg', { id, ack: 3, t: sentS + 60 }])
  t.strictSame(await timesOf(browser, jid(BOB), id), { read: [sentS + 60], delivery: [sentS] })
})

t.test('it tells so of each member of a group', async (t) => {
  const { world, alice, bob, group } = await choir(t)
  const browser = await world.linked(alice)
  const sentS = world.clock.now() / 1000
  const { id } = await alice.sendText(group, 'one')
  await until(() => alice.messages(group).at(-1)?.status === 'delivered', 'delivered')
  alice.setDevice({ network: 'none' })
  await world.clock.advance(60_000)
  await bob.markRead(group)
  await world.clock.advance(3_600_000)
  alice.setDevice({ network: 'wifi' })
  const infos = () => browser.pushes.filter((body) => (body as string[])[0] === 'MsgInfo')
  await until(() => infos().length === 3, 'read')
  t.match(infos().at(-1), ['MsgInfo', { id, ack: 3, participant: `${BOB}@c.us`, t: sentS + 60 }])
  t.strictSame(await timesOf(browser, group, id), { read: [sentS + 60], delivery: [sentS, sentS] })
})

t.test('it believes no clock that says before it was sent, or after now', async (t) => {
  const [sentAt, now] = [1_600_000_000_500, 1_600_000_100_000]
  const times = [1, 1_600_000_000, 1_600_000_001, 1_600_000_100, 1_600_000_101].map((second) =>
    reachedAt(sentAt, second, now),
  )
  t.strictSame(times, [sentAt, sentAt, 1_600_000_001_000, now, now])
})
