import t, { type Test } from 'tap'
import type { Node } from 'proto/node'
import { textOf } from 'proto/web-message'
import { type BrowserDouble, messagesOf } from './browser-double.ts'
import { ALICE, BOB, CARLA, jid, PhoneWorld, textsOf } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

async function linkedWorld(t: Test) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  const browser = await world.linked(alice)
  for (const text of ['one', 'two', 'three']) await bob.sendText(ALICE, text)
  await until(() => textsOf(alice, BOB).length === 3, 'three texts')
  return { world, alice, bob, browser }
}
const node = (tag: string, attrs: Record<string, string>, content: Node['content'] = null): Node => ({
  tag,
  attrs,
  content,
})
const OK = { json: { status: 200 } }
async function chatAttrs(browser: BrowserDouble): Promise<Record<string, string> | undefined> {
  const { node: list } = await browser.query('chat')
  return (list!.content as Node[])[0]?.attrs
}

t.test('it reads up to a message, sends receipts for what was new, and counts the rest', async (t) => {
  const { alice, bob, browser } = await linkedWorld(t)
  const [one, two] = alice.messages(jid(BOB))
  const read = (index: string, count = '1') =>
    browser.set(node('read', { jid: jid(BOB), index, owner: 'false', count }))
  t.match(await read(two.id), OK)
  await until(() => bob.messages(jid(ALICE))[1]?.status === 'read', 'read receipts')
  await turns(10)
  t.strictSame(
    bob.messages(jid(ALICE)).map(({ status }) => status),
    ['read', 'read', 'delivered'],
  )
  t.equal(alice.chats()[0]?.unread, 1)
  t.match(await read(one.id, '-2'), OK)
  t.equal(alice.chats()[0]?.unread, -1)
  t.equal((await chatAttrs(browser))?.['count'], '-1', 'marked unread by hand')
  t.match(await browser.set(node('read', { jid: jid(BOB), count: '3' })), OK)
  t.equal(alice.chats()[0]?.unread, 0)
  t.match(await read('nothing'), { json: { status: 404 } })
  t.match(await browser.set(node('read', { jid: jid('15559999999'), count: '1' })), { json: { status: 404 } })
})

t.test('it passes presence on to the server', async (t) => {
  const { world, browser } = await linkedWorld(t)
  t.match(await browser.set(node('presence', { type: 'available', to: jid(ALICE) })), OK)
  t.match(await browser.set(node('presence', { type: 'composing', to: `${BOB}@c.us` })), OK)
  t.match(await browser.set(node('presence', { type: 'asleep' })), { json: { status: 400 } })
  t.match(await browser.set(node('presence', { type: 'recording', to: `${BOB}-1600000000@g.us` })), OK)
  for (const to of ['1-2@g.us', 'nobody'])
    t.match(await browser.set(node('presence', { type: 'paused', to })), { json: { status: 404 } })
  t.match(await browser.set(node('presence', { type: 'paused', to: '' })), { json: { status: 400 } })
  const by = browser.connection
  t.strictSame(world.relay.presences, [
    { type: 'presence', state: 'available', by },
    { type: 'presence', state: 'composing', by, to: BOB },
    { type: 'presence', state: 'recording', by, to: `${BOB}-1600000000@g.us` },
  ])
})

t.test('it applies chat changes to its own list and tells the other browsers', async (t) => {
  const { world, alice, browser } = await linkedWorld(t)
  const other = await world.linked(alice)
  const change = (attrs: Record<string, string>) => browser.set(node('chat', { jid: jid(BOB), ...attrs }))
  t.match(await change({ type: 'archive' }), OK)
  t.match(await change({ type: 'pin', pin: '1600000000' }), OK)
  t.match(await change({ type: 'mute', mute: '1700000000' }), OK)
  t.match(await chatAttrs(browser), { archive: 'true', pin: '1600000000', mute: '1700000000' })
  t.match(await change({ type: 'unarchive' }), OK)
  t.match(await change({ type: 'pin', previous: '1600000000' }), OK)
  t.match(await change({ type: 'mute', previous: '1700000000' }), OK)
  const attrs = await chatAttrs(browser)
  t.strictSame([attrs?.['archive'], attrs?.['pin'], attrs?.['mute']], [undefined, undefined, undefined])
  const told = other.arrived.flatMap(({ node: sent }) =>
    sent?.tag === 'action'
      ? (sent.content as Node[]).filter(({ tag }) => tag === 'chat').map(({ attrs }) => attrs['type'])
      : [],
  )
  t.strictSame(told, ['archive', 'pin', 'mute', 'unarchive', 'pin', 'mute'])
  for (const type of ['explode', 'spam', 'constructor'])
    t.match(await change({ type }), { json: { status: 400 } }, type)
  t.match(await browser.set(node('chat', { jid: jid('15559999999'), type: 'pin' })), {
    json: { status: 404 },
  })
})

t.test('it stars, deletes single messages, clears and deletes chats', async (t) => {
  const { alice, browser } = await linkedWorld(t)
  const [one, two] = alice.messages(jid(BOB))
  const items = (id: string) => [node('item', { index: id, owner: 'false' })]
  t.match(await browser.set(node('chat', { jid: jid(BOB), type: 'star' }, items(one.id))), OK)
  const starred = (await browser.query('star', { count: '9' })).node!
  t.strictSame(
    messagesOf(starred).map((info) => [textOf(info), info.starred]),
    [['one', true]],
  )
  t.match(await browser.set(node('chat', { jid: jid(BOB), type: 'clear' }, items(two.id))), OK)
  t.strictSame(textsOf(alice, BOB), ['one', 'three'])
  t.equal(alice.chats()[0]?.unread, 2)
  t.match(await browser.set(node('chat', { jid: jid(BOB), type: 'clear', star: 'true' })), OK)
  t.strictSame(textsOf(alice, BOB), ['one'], 'the starred one stays')
  t.match(await browser.set(node('chat', { jid: jid(BOB), type: 'unstar' }, items(one.id))), OK)
  t.match(await browser.set(node('chat', { jid: jid(BOB), type: 'clear' })), OK)
  t.strictSame(textsOf(alice, BOB), [])
  t.equal(alice.chats().length, 1)
  t.match(await browser.set(node('chat', { jid: jid(BOB), type: 'delete' })), OK)
  t.strictSame(alice.chats(), [])
})

t.test('it answers what it has not', async (t) => {
  const { browser } = await linkedWorld(t)
  t.match(
    await browser.set(node('group', { type: 'create', subject: 'x' })),
    { json: { status: 400 } },
    'not of its row',
  )
})

t.test('it sends a played receipt', async (t) => {
  const { alice, bob, browser } = await linkedWorld(t)
  const [one] = alice.messages(jid(BOB))
  t.match(
    await browser.set(node('received', { type: 'played', index: one.id, from: jid(BOB), owner: 'false' })),
    OK,
  )
  await until(() => bob.messages(jid(ALICE))[0]?.status === 'played', 'played')
})

t.test('it lets a reading companion read, but change nothing', async (t) => {
  const { world, alice } = await linkedWorld(t)
  const reader = await world.linked(alice, { grant: true, scope: 'read' })
  t.match(await reader.set(node('chat', { jid: jid(BOB), type: 'delete' })), { json: { status: 403 } })
  t.match(await reader.set(node('read', { jid: jid(BOB), count: '1' })), { json: { status: 403 } })
  t.match(await reader.set(node('presence', { type: 'available' })), OK)
  t.ok((await reader.query('chat')).node)
  t.equal(alice.chats().length, 1)
})

t.test('it sees stories, one person at a time, and tells who showed them', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const [bob, carla] = [await world.phone(BOB, 'Bob'), await world.phone(CARLA, 'Carla')]
  for (const [other, name] of [[bob, 'Bob'], [carla, 'Carla']] as const) {
    await alice.addContact({ number: other.number, name })
    await other.addContact({ number: ALICE, name: 'Alice' })
  } // prettier-ignore
  const [browser, other] = [await world.linked(alice), await world.linked(alice)]
  for (const text of ['market day', 'all sold']) await bob.sendStory({ conversation: text })
  await carla.sendStory({ conversation: 'rehearsal' })
  const stories = 'status@broadcast'
  await until(() => alice.messages(stories).length === 3, 'stories')
  const unread = async () => {
    const { node: answer } = await browser.query('status')
    const people = answer!.content as Node[]
    return Object.fromEntries(people.map(({ attrs }) => [attrs['jid'], attrs['unread']]))
  }
  const { id } = alice.messages(stories).find(({ author }) => author === carla.jid)!
  const see = (count: string, index = id) => {
    const attrs = { jid: stories, index, owner: 'false', participant: carla.jid, count }
    return browser.set(node('read', attrs))
  }
  t.strictSame(await unread(), { [bob.jid]: '2', [carla.jid]: '1' })
  t.match(await see('-1'), { json: { status: 404 } }, 'there is no way back')
  t.match(await see('1', 'none'), { json: { status: 404 } })
  t.match(await see('1'), OK)
  t.strictSame(await unread(), { [bob.jid]: '2', [carla.jid]: '0' })
  await until(() => carla.messages(stories)[0].status === 'read', 'she knows')
  t.equal(bob.messages(stories)[0].status, 'delivered')
  t.match(await browser.set(node('read', { jid: stories, count: '3' })), OK)
  t.strictSame(await unread(), { [bob.jid]: '0', [carla.jid]: '0' })
  t.notOk(
    alice.chats().some((chat) => chat.jid === stories),
    'and they are no chat',
  )
  t.notOk(JSON.stringify(other.arrived).includes('"tag":"read"'))
})
