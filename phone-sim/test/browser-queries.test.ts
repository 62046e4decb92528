import t, { type Test } from 'tap'
import { limit } from 'proto/limits'
import { textOf } from 'proto/web-message'
import { response } from '../src/lists.ts'
import { type BrowserDouble, messagesOf } from './browser-double.ts'
import { ALICE, BOB, jid, PhoneWorld, textsOf } from './phone-world.ts'
import { until } from './test-clock.ts'

const id = (at: number): string => `AAAA${String(at).padStart(28, '0')}`

async function linkedWorld(t: Test, count = 30) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  await alice.addContact({ number: BOB, name: 'Bob' })
  await alice.importHistory(
    Array.from({ length: count }, (_, at) => ({
      with: BOB,
      fromMe: at % 2 === 0,
      text: `text ${at}`,
      timestampMs: 1_500_000_000_000 + at * 1000,
      id: id(at),
    })),
  )
  return { world, alice, browser: await world.linked(alice) }
}

async function page(browser: BrowserDouble, attrs: Record<string, string>): Promise<unknown> {
  const { node, json } = await browser.query('message', { jid: jid(BOB), ...attrs })
  if (!node) return json
  if (node.tag !== 'response' || node.attrs['type'] !== 'message') throw new Error('response expected')
  return messagesOf(node).map((info) => Number(textOf(info).slice(5)))
}

t.test('it gives pages of history next to the index, oldest first', async (t) => {
  const { browser } = await linkedWorld(t)
  t.strictSame(
    await page(browser, { kind: 'before', count: '3', index: id(20), owner: 'true' }),
    [17, 18, 19],
  )
  t.strictSame(
    await page(browser, { kind: 'before', count: '3', index: id(17), owner: 'false' }),
    [14, 15, 16],
  )
  t.strictSame(await page(browser, { kind: 'after', count: '3', index: id(20), owner: 'true' }), [21, 22, 23])
  t.strictSame(await page(browser, { kind: 'before', count: '3' }), [27, 28, 29], 'no index: the newest')
  t.strictSame(await page(browser, { kind: 'after', count: '3' }), [0, 1, 2], 'no index: the oldest')
  t.strictSame(
    await page(browser, { kind: 'before', count: '9', index: id(2), owner: 'true' }),
    [0, 1],
    'short at the end',
  )
  t.strictSame(
    await page(browser, { kind: 'before', count: '9', index: id(0), owner: 'true' }),
    [],
    'empty at the end',
  )
  t.strictSame(
    await page(browser, { kind: 'before', count: '2', jid: `${BOB}@c.us` }),
    [28, 29],
    'the other spelling',
  )
  t.strictSame(
    await page(browser, { kind: 'before', count: '2', jid: jid('15559999999') }),
    [],
    'an empty chat',
  )
})

t.test('it answers 404 for an index that is not there or has another owner', async (t) => {
  const { browser } = await linkedWorld(t)
  t.strictSame(await page(browser, { kind: 'before', count: '3', index: id(99), owner: 'true' }), {
    status: 404,
  })
  t.strictSame(await page(browser, { kind: 'before', count: '3', index: id(20), owner: 'false' }), {
    status: 404,
  })
  t.strictSame(await page(browser, { kind: 'before', count: '3', jid: '1-2@g.us' }), { status: 404 })
})

t.test('it gives no more than the limit at once', async (t) => {
  const most = limit('HISTORY_PAGE')
  const { browser } = await linkedWorld(t, most + 1)
  t.equal(((await page(browser, { kind: 'before', count: String(most + 1) })) as number[]).length, most)
  t.equal(((await page(browser, { kind: 'before', count: String(most) })) as number[]).length, most)
  t.equal(((await page(browser, { kind: 'before', count: '-5' })) as number[]).length, 1)
  t.strictSame(await page(browser, { kind: 'before', count: 'many' }), { status: 404 })
})

t.test('it walks through the whole history page by page without holes', async (t) => {
  const { browser } = await linkedWorld(t, 60)
  const seen: number[] = []
  let attrs: Record<string, string> = {}
  for (;;) {
    const rows = (await page(browser, { kind: 'before', count: '25', ...attrs })) as number[]
    if (rows.length === 0) break
    seen.unshift(...rows)
    attrs = { index: id(rows[0]), owner: String(rows[0] % 2 === 0) }
  }
  t.strictSame(
    seen,
    Array.from({ length: 60 }, (_, at) => at),
  )
})

t.test('it gives the full lists whenever asked', async (t) => {
  const { browser } = await linkedWorld(t)
  for (let round = 0; round < 2; round++) {
    const chats = (await browser.query('chat')).node
    t.match(chats, { attrs: { type: 'chat' }, content: [{ tag: 'chat', attrs: { jid: jid(BOB) } }] })
    t.notOk(chats!.attrs['duplicate'])
    t.match((await browser.query('contacts')).node, {
      content: [{ tag: 'user', attrs: { jid: jid(BOB), name: 'Bob' } }],
    })
  }
})

t.test('it answers what it does not have', async (t) => {
  const { browser } = await linkedWorld(t)
  t.strictSame((await browser.query('status')).node, response('status', []))
  for (const type of ['quick_reply', 'label']) {
    t.strictSame((await browser.query(type)).node, { tag: 'response', attrs: { type }, content: null })
  }
  for (const type of ['media', 'url', 'group', 'media_message', 'vcard', 'preview']) {
    t.strictSame((await browser.query(type, { jid: jid(BOB), index: 'x' })).json, { status: 404 })
  }
})

t.test('it gives the emoji that the person uses', async (t) => {
  const { world, alice, browser } = await linkedWorld(t)
  await world.phone(BOB, 'Bob')
  t.strictSame((await browser.query('emoji')).node, response('emoji', []))
  await alice.sendText(BOB, '😀 😀 👍')
  t.match((await browser.query('emoji')).node?.content, [
    { tag: 'item', attrs: { code: '😀', value: '2' } },
    { tag: 'item', attrs: { code: '👍', value: '1' } },
  ])
})

t.test('it pages the starred messages, newest first, behind the index', async (t) => {
  const { browser } = await linkedWorld(t)
  const items = [3, 10, 20, 29].map((at) => ({ index: id(at), owner: String(at % 2 === 0) }))
  await browser.ask({
    tag: 'action',
    attrs: { type: 'set' },
    content: [
      {
        tag: 'chat',
        attrs: { jid: jid(BOB), type: 'star' },
        content: items.map((attrs) => ({ tag: 'item', attrs, content: null })),
      },
    ],
  })
  const stars = async (attrs: Record<string, string>) => {
    const { node, json } = await browser.query('star', { count: '2', ...attrs })
    return node ? [messagesOf(node).map(textOf).join(), node.attrs['last']] : json
  }
  t.strictSame(await stars({}), ['text 29,text 20', 'false'])
  t.strictSame(await stars({ jid: jid(BOB), index: id(20), owner: 'true' }), ['text 10,text 3', 'true'])
  t.strictSame(await stars({ chat: jid(BOB), count: '9' }), ['text 29,text 20,text 10,text 3', 'true'])
  t.strictSame(await stars({ chat: jid('15559999999') }), ['', 'true'])
  t.strictSame(await stars({ jid: jid(BOB), index: 'none', owner: 'true' }), { status: 404 })
  t.strictSame(await stars({ chat: 'nobody' }), { status: 404 })
})

t.test('it pages the files of one chat on both sides of the index', async (t) => {
  const { world, alice, browser } = await linkedWorld(t)
  await world.phone(BOB, 'Bob')
  const sent: string[] = []
  for (const content of [
    { imageMessage: { caption: 'one' } },
    { conversation: 'no file' },
    { documentMessage: { fileName: 'two.txt' } },
    { videoMessage: { caption: 'three' } },
  ])
    sent.push((await alice.send(BOB, content)).id)
  const [first, , second, third] = sent
  const files = async (attrs: Record<string, string>) => {
    const { node, json } = await browser.query('media_message', { jid: jid(BOB), count: '9', ...attrs })
    return node ? messagesOf(node).map(({ key }) => key.id) : json
  }
  t.strictSame(await files({ kind: 'before' }), [first, second, third])
  t.strictSame(await files({ kind: 'before', index: third, owner: 'true', count: '1' }), [second])
  t.strictSame(await files({ kind: 'after', index: first, owner: 'true' }), [second, third])
  t.strictSame(await files({ jid: jid('15559999999') }), [])
  t.strictSame(await files({ index: 'none', owner: 'true' }), { status: 404 })
})

t.test('it asks its source for a link preview, and says so when there is none', async (t) => {
  const asked: string[] = []
  const found = {
    title: 'Plums',
    description: 'All',
    canonicalUrl: 'https://plums.example/',
    thumbnail: Uint8Array.of(1),
  }
  const previews = (url: string) => {
    asked.push(url)
    return Promise.resolve(url.includes('plums') ? found : null)
  }
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const browser = await world.linked(await world.phone(ALICE, 'Alice', { previews }))
  t.match((await browser.query('url', { url: 'see https://plums.example/x !' })).node, {
    attrs: {
      type: 'url',
      title: 'Plums',
      description: 'All',
      'canonical-url': 'https://plums.example/',
      'matched-text': 'https://plums.example/x',
    },
    content: Uint8Array.of(1),
  })
  t.strictSame((await browser.query('url', { url: 'https://nothing.example/' })).json, { status: 404 })
  t.strictSame((await browser.query('url', { url: 'no address' })).json, { status: 404 })
  t.strictSame(asked, ['https://plums.example/x', 'https://nothing.example/'])
})

t.test('it searches and pages what it found', async (t) => {
  const { browser } = await linkedWorld(t)
  const found = async (attrs: Record<string, string>) => {
    const { node } = await browser.query('search', { search: 'TEXT 2', count: '5', page: '1', ...attrs })
    return [messagesOf(node!).map(textOf).join(), node!.attrs['last']]
  }
  t.strictSame(await found({}), ['text 29,text 28,text 27,text 26,text 25', 'false'])
  t.strictSame(await found({ page: '3' }), ['text 2', 'true'])
  t.strictSame(await found({ jid: jid('15559999999') }), ['', 'true'])
  t.strictSame((await browser.query('search', { search: '' })).json, { status: 404 })
})

t.test('it loses nothing of what it found when long texts do not fit into one page', async (t) => {
  const { alice, browser } = await linkedWorld(t)
  const count = 40
  const history = Array.from({ length: count }, (_, at) => ({
    ...{ with: BOB, fromMe: true, id: `P${at}`, timestampMs: 1_600_000_000_000 + at * 1000 },
    text: `plum ${at} ${'x'.repeat(60_000)}`,
  }))
  await alice.importHistory(history)
  const found: string[] = []
  for (let page = 1, last = 'false'; last === 'false'; page++) {
    const { node } = await browser.query('search', { search: 'plum', count: '20', page: String(page) })
    found.push(...messagesOf(node!).map((info) => textOf(info).split(' ')[1]))
    last = node!.attrs['last']
  }
  t.strictSame(
    found,
    Array.from({ length: count }, (_, at) => String(count - 1 - at)),
  )
})

t.test('it tells when an own message was delivered and read', async (t) => {
  const { world, alice, browser } = await linkedWorld(t)
  const bob = await world.phone(BOB, 'Bob')
  const { id: sent } = await alice.sendText(BOB, 'hi')
  await until(() => bob.messages(jid(ALICE)).length === 1, 'arrival')
  await bob.markRead(jid(ALICE))
  await until(() => alice.messages(jid(BOB)).at(-1)?.status === 'read', 'read')
  const user = [{ tag: 'user', attrs: { jid: jid(BOB), t: '1600000000' } }]
  t.match((await browser.query('message_info', { jid: jid(BOB), index: sent })).node, {
    attrs: { type: 'message_info' },
    content: [
      { tag: 'read', content: user },
      { tag: 'delivery', content: user },
    ],
  })
  t.strictSame((await browser.query('message_info', { jid: jid(BOB), index: 'nothing' })).json, {
    status: 404,
  })
})

t.test(
  'it goes on from a message that took another back, as from any that the browser was given',
  async (t) => {
    const world = new PhoneWorld()
    t.teardown(() => world.stop())
    const alice = await world.phone(ALICE, 'Alice')
    const bob = await world.phone(BOB, 'Bob')
    const browser = await world.linked(alice)
    const { id: regretted } = await bob.sendText(ALICE, 'regretted')
    const { id } = await bob.revoke(ALICE, regretted)
    await bob.sendText(ALICE, 'better')
    await until(() => textsOf(alice, BOB).includes('better'), 'all of it')
    const page = async (kind: string) => {
      const { node } = await browser.query('message', {
        jid: jid(BOB),
        kind,
        index: id,
        owner: 'false',
        count: '9',
      })
      return messagesOf(node!).map(({ key }) => key.id)
    }
    t.strictSame(await page('before'), [regretted])
    t.strictSame(await page('after'), [alice.messages(jid(BOB)).at(-1)!.id])
  },
)
