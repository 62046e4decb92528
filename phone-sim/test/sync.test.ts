import t from 'tap'
import { limit } from 'proto/limits'
import type { Node } from 'proto/node'
import { textOf } from 'proto/web-message'
import { rowBytes } from '../src/lists.ts'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { messagesOf } from './browser-double.ts'
import { ALICE, BOB, jid, PhoneWorld, synced, textsOf } from './phone-world.ts'
import { until } from './test-clock.ts'

const CARLA = '15550003333'
const history = (other: string, count: number, start: number) =>
  Array.from({ length: count }, (_, at) => ({
    with: other,
    fromMe: at % 2 === 0,
    text: `${other} ${at}`,
    timestampMs: start + at * 1000,
  }))

async function aliceWithHistory(world: PhoneWorld) {
  const alice = await world.phone(ALICE, 'Alice')
  await alice.addContact({ number: BOB, name: 'Bob Jones' })
  await alice.importHistory([...history(BOB, 30, 1_500_000_000_000), ...history(CARLA, 1, 1_500_000_900_000)])
  return alice
}

t.test(
  'it sends contacts, chats, last, SYNC_BEFORE_MESSAGES before it, and battery in this order',
  async (t) => {
    const world = new PhoneWorld()
    t.teardown(() => world.stop())
    const browser = await world.linked(await aliceWithHistory(world))
    t.match(
      browser.arrived.map(({ tag }) => tag),
      [/^preempt-[0-9]+-1$/, /^preempt-[0-9]+-2$/, /^[0-9]+-3$/, /^[0-9]+-4$/, /^[0-9]+-5$/, /^[0-9]+-6$/],
    )
    const [contacts, chats, last, before, frequent, battery] = browser.arrived.map(({ node }) => node!)
    t.match(contacts, {
      tag: 'response',
      attrs: { type: 'contacts', checksum: /^[0-9a-f]+$/ },
      content: [{ tag: 'user', attrs: { jid: jid(BOB), name: 'Bob Jones', short: 'Bob', index: 'B' } }],
    })
    t.match(chats, {
      attrs: { type: 'chat' },
      content: [
        { attrs: { jid: jid(CARLA), t: '1500000900', count: '0', spam: 'false' } },
        { attrs: { jid: jid(BOB), t: '1500000029' } },
      ],
    })
    t.match(last, { tag: 'action', attrs: { add: 'last' } })
    t.strictSame(messagesOf(last).map(textOf), [`${BOB} 29`, `${CARLA} 0`], 'oldest chat first, one of each')
    t.match(before, { tag: 'action', attrs: { add: 'before', last: 'true' } })
    const texts = messagesOf(before).map(textOf)
    t.strictSame(
      texts,
      history(BOB, 29, 0)
        .slice(-limit('SYNC_BEFORE_MESSAGES'))
        .map(({ text }) => text),
      'those before the last, oldest first',
    )
    t.match(frequent, { attrs: {}, content: [{ tag: 'contacts', attrs: { type: 'frequent' } }] })
    t.match(battery, { content: [{ tag: 'battery', attrs: { value: '77', live: 'false' } }] })
  },
)

t.test(
  'what was not read follows the newest message of its chat, and goes in front of the rest',
  async (t) => {
    const world = new PhoneWorld()
    t.teardown(() => world.stop())
    const alice = await aliceWithHistory(world)
    const bob = await world.phone(BOB, 'Bob')
    for (const text of ['one', 'two', 'three']) await bob.sendText(ALICE, text)
    await until(() => alice.chats()[0]?.unread === 3, 'three unread')
    const [first] = alice.messages(jid(BOB)).slice(-3)
    const nodes = (await world.linked(alice)).arrived.map(({ node }) => node!)
    const kinds = nodes.map(({ attrs }) => attrs['add']).filter(Boolean)
    t.strictSame(kinds, ['last', 'unread', 'before'])
    const [, unread, before] = nodes.filter(({ attrs }) => attrs['add'])
    t.strictSame(unread.attrs, { add: 'unread', index: first.id, owner: 'false' })
    t.strictSame(messagesOf(unread).map(textOf), ['one', 'two'], 'the last one came before')
    t.strictSame(messagesOf(before).map(textOf).slice(-2), [`${BOB} 28`, `${BOB} 29`])
    t.equal(messagesOf(before).length, 19)

    await alice.markRead(jid(BOB))
    const again = (await world.linked(alice)).arrived.map(({ node }) => node!)
    t.notOk(again.some(({ attrs }) => attrs['add'] === 'unread'))
  },
)

t.test('of unread messages it sends the newest SYNC_UNREAD_MESSAGES, and names the first', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const most = limit('SYNC_UNREAD_MESSAGES')
  const rows = history(BOB, most + 3, 1_500_000_000_000).map((row) => ({
    ...row,
    fromMe: false,
    seen: false,
  }))
  await alice.importHistory(rows)
  const nodes = (await world.linked(alice)).arrived.map(({ node }) => node!)
  const unread = nodes.find(({ attrs }) => attrs['add'] === 'unread')!
  t.equal(unread.attrs['index'], alice.messages(jid(BOB), most + 3)[0].id)
  const texts = messagesOf(unread).map(textOf)
  t.equal(texts.length, most)
  t.equal(texts.at(-1), `${BOB} ${most + 1}`)
  const before = nodes.find(({ attrs }) => attrs['add'] === 'before')!
  t.strictSame(messagesOf(before).map(textOf), [`${BOB} 0`, `${BOB} 1`])
})

t.test('it names the three whom the person wrote to most often of late', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const numbers = [BOB, CARLA, '15550005555', '15550006666']
  const written = (number: string, count: number, from: number) =>
    Array.from({ length: count }, (_, at) => ({
      ...{ with: number, fromMe: true, text: 'x', timestampMs: 1_500_000_000_000 + (from + at) * 1000 },
    }))
  const frequent = async () =>
    (await world.linked(alice)).arrived.flatMap(({ node }) =>
      Array.isArray(node?.content) && node.content[0]?.tag === 'contacts' ? node.content[0] : [],
    )[0]
  t.equal(await frequent(), undefined, 'nobody yet')
  for (const [at, number] of numbers.entries()) await alice.importHistory(written(number, at + 2, at * 10))
  t.match(await frequent(), {
    attrs: { type: 'frequent' },
    content: numbers
      .slice(1)
      .reverse()
      .map((number) => ({ tag: 'contact', content: jid(number) })),
  })
  const browser = world.browser()
  await alice.scan(browser.qr, { grant: true, chats: [CARLA] })
  await synced(browser)
  const named = browser.arrived.flatMap(({ node }) =>
    Array.isArray(node?.content) && node.content[0]?.tag === 'contacts'
      ? (node.content[0].content as Node[])
      : [],
  )
  t.match(named, [{ content: jid(CARLA) }], 'of nobody whose chat a browser may not see')
  t.equal(named.length, 1)
  const names = async () => ((await frequent()).content as Node[]).map(({ content }) => content)
  await alice.importHistory(written(BOB, limit('FREQUENT_MESSAGES') - 1, 1_000))
  t.strictSame(await names(), [jid(BOB), jid(numbers[3])], 'one before these counts')
  await alice.importHistory(written(BOB, 1, 5_000))
  t.strictSame(await names(), [jid(BOB)], 'what is older than FREQUENT_MESSAGES does not')
})

t.test('it sends empty lists of a phone without chats', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const browser = await world.linked(await world.phone(ALICE, 'Alice'))
  t.match(
    browser.arrived.map(({ node }) => [
      node?.attrs['type'] ?? node?.attrs['add'],
      (node?.content as []).length,
    ]),
    [
      ['contacts', 0],
      ['chat', 0],
      ['last', 0],
      ['before', 0],
      [undefined, 1],
    ],
  )
})

t.test('it shows a message that arrives around the opening of a browser exactly once', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await aliceWithHistory(world)
  const bob = await world.phone(BOB, 'Bob')
  const browser = await world.linked(alice)
  for (let round = 0; round < 4; round++) {
    const sent = bob.sendText(ALICE, `round ${round}`)
    browser.reconnect()
    await sent
    await until(() => textsOf(alice, BOB).includes(`round ${round}`), 'delivery')
    await until(() => browser.allTexts().includes(`round ${round}`), 'in the browser')
    t.equal(browser.allTexts().filter((text) => text === `round ${round}`).length, 1)
  }
})

t.test('it names the present status of own messages', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await aliceWithHistory(world)
  await world.phone(BOB, 'Bob')
  await alice.sendText(BOB, 'hi')
  await until(() => alice.messages(jid(BOB)).at(-1)?.status === 'delivered', 'delivered')
  const browser = await world.linked(alice)
  const last = browser.arrived.find(({ node }) => node?.attrs['add'] === 'last')!
  t.match(
    messagesOf(last.node!).find((info) => textOf(info) === 'hi'),
    { status: 3, key: { fromMe: true } },
  )
})

t.test('it sends batches of SYNC_RECENT_CHATS chats, newest first, and last of every chat', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const count = limit('SYNC_RECENT_CHATS') + 2
  const numbers = Array.from({ length: count }, (_, at) => String(15_551_000_000 + at))
  for (const [at, number] of numbers.entries()) {
    await alice.importHistory(history(number, 2, 1_500_000_000_000 + at * 60_000))
  }
  const browser = await world.linked(alice)
  const nodes = browser.arrived.map(({ node }) => node!)
  const last = nodes.find(({ attrs }) => attrs['add'] === 'last')
  t.equal(messagesOf(last!).length, count, 'every chat is in the list of last messages')
  const before = nodes.filter(({ attrs }) => attrs['add'] === 'before')
  t.strictSame(
    before.flatMap((node) => messagesOf(node).map(textOf)),
    numbers
      .slice(2)
      .reverse()
      .map((number) => `${number} 0`),
  )
  t.strictSame(
    before.map(({ attrs }) => attrs['last']),
    [...before.slice(1).map(() => undefined), 'true'],
  )
})

t.test('it sends SYNC_MESSAGE_BYTES of messages, and not one byte more', async (t) => {
  // the oldest of 18 chats has the rest to the last byte, or one byte too much
  const sent = async (tooMuch: number): Promise<number> => {
    const world = new PhoneWorld()
    t.teardown(() => world.stop())
    const store = openPhoneStore(':memory:', { clock: world.clock })
    const alice = await world.phone(ALICE, 'Alice', { store })
    const write = (at: number, length: number) =>
      alice.importHistory([
        {
          with: String(15_551_000_000 + at),
          fromMe: true,
          text: 'x'.repeat(length),
          timestampMs: 1_500_000_000_000 + at * 1000,
        },
      ])
    const bytes = () => [...store.messages.newestOfEach().values()].map(rowBytes)
    const long = 60_000
    for (let at = 1; at <= 17; at++) await write(at, long)
    const [one] = bytes()
    const left = limit('SYNC_MESSAGE_BYTES') - 17 * one
    await write(0, long - (one - left) + tooMuch)
    t.equal(
      bytes().reduce((sum, each) => sum + each, 0),
      limit('SYNC_MESSAGE_BYTES') + tooMuch,
    )
    const nodes = (await world.linked(alice)).arrived.map(({ node }) => node!)
    return nodes.filter(({ attrs }) => attrs['add'] === 'last').flatMap(messagesOf).length
  }
  t.equal(await sent(0), 18)
  t.equal(await sent(1), 17)
})

t.test('of more than a sync has room for it sends what is of the chats that matter most', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const long = 'x'.repeat(60_000)
  const numbers = Array.from({ length: 20 }, (_, at) => String(15_551_000_000 + at))
  for (const [at, number] of numbers.entries()) {
    const rows = history(number, 3, 1_500_000_000_000 + at * 60_000)
    // the chat in the middle is a short one
    await alice.importHistory(
      rows.map((row) => ({ ...row, text: at === 1 ? row.text : `${row.text} ${long}` })),
    )
  }
  const browser = await world.linked(alice)
  const nodes = browser.arrived.map(({ node }) => node!)
  const last = nodes.filter(({ attrs }) => attrs['add'] === 'last').flatMap(messagesOf)
  t.strictSame(
    last.map((info) => info.key.remoteJid),
    [numbers[1], ...numbers.slice(-17)].map((number) => jid(number)),
    'the longest unused chats are left out, but for one that fits',
  )
  const before = nodes.filter(({ attrs }) => attrs['add'] === 'before').flatMap(messagesOf)
  t.strictSame(before.map(textOf), [`${numbers[1]} 0`, `${numbers[1]} 1`])
  const left = await browser.query('message', { jid: jid(numbers[0]), kind: 'before', count: '5' })
  t.equal(messagesOf(left.node!).length, 3, 'the rest is there when it is asked for')
})

t.test('it leaves out people without a chat when a list of contacts does not fit into a frame', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const name = 'é'.repeat(100_000)
  const numbers = [CARLA, '15550004444', '15550005555', BOB]
  await alice.importContacts(numbers.map((number) => ({ number, name })))
  await alice.importHistory(history(BOB, 1, 1_500_000_000_000))
  const browser = await world.linked(alice)
  for (const list of [browser.arrived[0].node!, (await browser.query('contacts')).node!])
    t.strictSame(
      (list.content as { attrs: Record<string, string> }[]).map(({ attrs }) => attrs['jid']),
      [jid(BOB), jid(CARLA)],
      'one with a chat, then the first that fits',
    )
})
