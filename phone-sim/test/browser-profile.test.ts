import t, { type Test } from 'tap'
import { limit } from 'proto/limits'
import { utf8 } from 'proto/bytes'
import type { Node } from 'proto/node'
import type { BrowserDouble } from './browser-double.ts'
import { ALICE, BOB, jid, PhoneWorld } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

const OK = { json: { status: 200 } }
const image = Uint8Array.of(0xff, 0xd8, 0xff, 1)
const preview = Uint8Array.of(0xff, 0xd8, 0xff, 2)
const GROUP = `${ALICE}-1600000000@g.us`

async function linkedWorld(t: Test) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  return { world, alice, browser: await world.linked(alice), account: world.relay.account(ALICE) }
}
const node = (tag: string, attrs: Record<string, string>, content: Node['content'] = null): Node => ({
  tag,
  attrs,
  content,
})
const pictureOf = (of: string, ...parts: Node[]) => node('picture', { jid: of, id: '1', type: 'set' }, parts)
const blockOf = (type: string, ...jids: string[]) =>
  node('block', { type }, jids.map((user) => node('user', { jid: user }))) // prettier-ignore

/** Answers and pushes in the order in which they came. */
function orderOf(browser: BrowserDouble): string[] {
  const order: string[] = []
  const answerJson = browser.receive.bind(browser)
  const push = browser.push.bind(browser)
  browser.receive = (message, isText) => {
    if (isText) order.push('answer')
    answerJson(message, isText)
  }
  browser.push = (body) => {
    order.push(String((body as unknown[])[0]))
    push(body)
  }
  return order
}

t.test('it changes the name, and tells the server after the answer', async (t) => {
  const { alice, browser, account } = await linkedWorld(t)
  t.match(await browser.set(node('profile', { name: 'Alice L.' })), {
    json: { status: 200, pushname: 'Alice L.' },
  })
  await until(() => (account.facts as { pushname: string }).pushname === 'Alice L.', 'Conn data')
  t.equal(alice.status().name, 'Alice L.')
  t.match(await browser.set(node('profile', {}, [])), { json: { status: 400 } })
  t.match(await browser.set(node('profile', { name: 'x'.repeat(101) })), { json: { status: 400 } })
  t.equal(alice.status().name, 'Alice L.')
})

t.test('it sets the about text, for the browser that asked', async (t) => {
  const { world, alice, browser, account } = await linkedWorld(t)
  t.match(await browser.set(node('status', {}, utf8('busy ❄'))), OK)
  t.equal(account.about, 'busy ❄')
  t.equal(alice.status().about, 'busy ❄')
  t.match(world.relay.heard.at(-1), { type: 'about', by: browser.connection })
  t.match(await browser.set(node('status', {}, 'a text')), OK)
  t.match(await browser.set(node('status', {})), { json: { status: 400 } })
  const most = limit('ABOUT_CHARS')
  t.match(await browser.set(node('status', {}, utf8('❄'.repeat(most)))), OK)
  t.match(await browser.set(node('status', {}, utf8('❄'.repeat(most + 1)))), { json: { status: 400 } })
  t.equal(account.about.length, most)
})

t.test('it sets and removes the own picture, and answers where it is', async (t) => {
  const { alice, world, browser, account } = await linkedWorld(t)
  const other = await world.linked(alice)
  const set = pictureOf(`${ALICE}@c.us`, node('image', {}, image), node('preview', {}, preview))
  t.strictSame((await browser.set(set)).json, { status: 200, eurl: 'http://double/pictures/1', tag: '1' })
  t.match(account.pictures, [{ of: ALICE, image: '/9j/AQ==', preview: '/9j/Ag==', by: browser.connection }])
  await until(() => other.pushes.length === 1, 'the other browser is told')
  t.strictSame(other.pushes, [['Cmd', { type: 'picture', jid: `${ALICE}@c.us`, tag: '1' }]])
  t.strictSame(browser.pushes, [], 'who asked has its answer')
  t.strictSame((await browser.set(pictureOf(jid(ALICE)))).json, { status: 200 })
  t.equal(account.pictures[1]?.image, undefined)
  t.match((await browser.set(node('picture', { jid: jid(ALICE), id: '1', type: 'delete' }))).json, OK.json)
  await until(() => other.pushes.length === 3, 'told twice more')
  t.match(other.pushes.at(-1), ['Cmd', { tag: 'removed' }])
})

t.test('it passes the picture of a group on, and refuses that of somebody else', async (t) => {
  const { browser, account } = await linkedWorld(t)
  t.match((await browser.set(pictureOf(GROUP, node('image', {}, image)))).json, { status: 200, tag: '1' })
  t.match(account.pictures, [{ of: GROUP, image: '/9j/AQ==' }])
  t.equal(account.pictures[0]?.preview, undefined)
  t.match((await browser.set(pictureOf(jid(BOB), node('image', {}, image)))).json, { status: 403 })
  t.match((await browser.set(pictureOf('nobody', node('image', {}, image)))).json, { status: 404 })
  t.match((await browser.set(pictureOf(GROUP, node('preview', {}, image)))).json, { status: 400 })
  t.equal(account.pictures.length, 1)
})

t.test('it blocks and unblocks, and tells the whole list after the answer', async (t) => {
  const { world, alice, browser, account } = await linkedWorld(t)
  const order = orderOf(browser)
  t.match(await browser.set(blockOf('add', jid(BOB), `15550003333@c.us`, jid(BOB))), OK)
  await world.clock.advance(limit('PAUSE_AFTER_ANSWER_MS') - 1)
  t.strictSame(order, ['answer'])
  await world.clock.advance(1)
  await until(() => browser.pushes.length === 1, 'the list')
  t.strictSame(order, ['answer', 'Blocklist'])
  const blocklist = [`${BOB}@c.us`, '15550003333@c.us']
  t.strictSame(browser.pushes, [['Blocklist', { id: 1, blocklist }]])
  t.strictSame(account.blocked, [BOB, '15550003333'])
  t.match(await browser.set(blockOf('remove', jid(BOB))), OK)
  t.strictSame(alice.profile.blocked(), ['15550003333'])
  t.match(await browser.set(blockOf('add')), { json: { status: 400 } })
  t.match(await browser.set(blockOf('perhaps', jid(BOB))), { json: { status: 400 } })
  t.match(await browser.set(blockOf('add', GROUP)), { json: { status: 404 } })
  t.strictSame(account.blocked, ['15550003333'])
})

t.test('it changes nothing when the server does not answer', async (t) => {
  const { alice, browser, world } = await linkedWorld(t)
  world.relay.mute = new Set(['about', 'block', 'picture'])
  const tag = browser.send({
    tag: 'action',
    attrs: { type: 'set', epoch: '1' },
    content: [blockOf('add', jid(BOB))],
  })
  await turns(10)
  await world.clock.advance(limit('PHONE_REQUEST_MS'))
  t.match(await browser.answer(tag), { json: { status: 503 } })
  t.strictSame(alice.profile.blocked(), [])
  t.equal(alice.status().about, '')
})

t.test('it edits the business profile of who may write', async (t) => {
  const { world, alice, browser, account } = await linkedWorld(t)
  browser.sendText('7.--1,["action","editBusinessProfile",{"description":"Bread","v":2}]')
  t.match(await browser.answer('7.--1'), OK)
  t.strictSame(account.business, { description: 'Bread' })
  const reader = await world.linked(alice, { grant: true, scope: 'read' })
  reader.sendText('7.--2,["action","editBusinessProfile",{"description":"Cake","v":2}]')
  t.match(await reader.answer('7.--2'), { json: { status: 403 } })
  browser.sendText('7.--3,["action","editBusinessProfile","Cake"]')
  t.match(await browser.answer('7.--3'), { json: { status: 400 } })
  t.strictSame(account.business, { description: 'Bread' })
})
