import t, { type Test } from 'tap'
import type { Node } from 'proto/node'
import { messagesOf } from './browser-double.ts'
import { ALICE, BOB, CARLA, jid, PhoneWorld, synced, textsOf } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

/** Alice knows Bob and Carla; her browser may see the chat with Bob. */
async function scene(t: Test, chats: readonly string[] | null = [BOB]) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  const carla = await world.phone(CARLA, 'Carla')
  for (const [number, name] of [
    [BOB, 'Bob'],
    [CARLA, 'Carla'],
  ] as const) {
    await alice.addContact({ number, name })
    const text = `jam for ${name} 🍓`
    await alice.importHistory([
      { with: number, fromMe: true, text, timestampMs: 1_500_000_000_000, starred: true },
    ])
  }
  const browser = world.browser()
  await alice.scan(browser.qr, { grant: true, chats })
  await synced(browser)
  return { world, alice, bob, carla, browser }
}

const jidsIn = (node: Node | null | undefined): (string | undefined)[] =>
  Array.isArray(node?.content) ? node.content.map(({ attrs }) => attrs['jid']) : []

t.test('it syncs the allowed chats and nothing of the others', async (t) => {
  const { browser, alice } = await scene(t)
  t.match(alice.companions(), [{ chats: [jid(BOB)] }])
  const lists = browser.arrived.filter(({ node }) => node?.tag === 'response')
  t.strictSame(
    lists.map(({ node }) => jidsIn(node)),
    [[jid(BOB)], [jid(BOB)]],
    'contacts and chats',
  )
  t.strictSame(browser.allTexts(), ['jam for Bob 🍓'])
})

t.test('it relays, ticks and tells only what concerns the allowed chats', async (t) => {
  const { browser, alice, bob, carla } = await scene(t)
  await carla.sendText(ALICE, 'a secret')
  await bob.sendText(ALICE, 'for the browser')
  await until(() => browser.relayed().length === 1, 'what Bob wrote')
  await alice.sendText(CARLA, 'an answer')
  await until(() => textsOf(carla, ALICE).includes('an answer'), 'at Carla')
  await alice.markRead(jid(CARLA))
  await alice.addContact({ number: CARLA, name: 'Carla of the choir' })
  await turns(30)
  t.strictSame(browser.relayed(), ['for the browser'])
  const said = JSON.stringify([browser.arrived, browser.pushes])
  t.notMatch(said, new RegExp(CARLA), 'not even her number')
})

const outside: readonly (readonly [what: string, attrs: Record<string, string>, answer: object])[] = [
  ['message', { jid: jid(CARLA), kind: 'before', count: '9' }, { json: { status: 404 } }],
  ['search', { jid: jid(CARLA), search: 'jam', count: '9', page: '1' }, { json: { status: 404 } }],
  ['star', { chat: jid(CARLA), count: '9' }, { json: { status: 404 } }],
  ['media_message', { jid: jid(CARLA), kind: 'before', count: '9' }, { json: { status: 404 } }],
  ['emoji', {}, { node: { content: [] } }],
  ['status', {}, { node: { content: [] } }],
]
t.test('it answers no query about another chat, and searches in the allowed ones only', async (t) => {
  const { browser } = await scene(t)
  for (const [type, attrs, answer] of outside) t.match(await browser.query(type, attrs), answer, type)
  for (const [type, attrs] of [
    ['search', { search: 'jam', count: '9', page: '1' }],
    ['star', { count: '9' }],
  ] as const) {
    const { node } = await browser.query(type, attrs)
    t.strictSame(
      messagesOf(node!).map(({ key }) => key.remoteJid),
      [jid(BOB)],
      type,
    )
  }
  for (const type of ['contacts', 'chat']) t.strictSame(jidsIn((await browser.query(type)).node), [jid(BOB)])
})

t.test('it sends and changes nothing outside, nor the account', async (t) => {
  const { browser, alice, carla, bob } = await scene(t)
  t.match(await browser.answer(browser.relayText('3EB00001', jid(CARLA), 'no')), { json: { status: 403 } })
  const refused: Node[] = [
    { tag: 'chat', attrs: { jid: jid(CARLA), type: 'delete' }, content: null },
    { tag: 'read', attrs: { jid: jid(CARLA), count: '1' }, content: null },
    { tag: 'status', attrs: {}, content: 'taken over' },
    { tag: 'profile', attrs: { name: 'Mallory' }, content: null },
    {
      tag: 'block',
      attrs: { type: 'add' },
      content: [{ tag: 'user', attrs: { jid: jid(BOB) }, content: null }],
    },
  ]
  for (const child of refused) t.match(await browser.set(child), { json: { status: 403 } }, child.tag)
  t.equal(alice.chats().length, 2)
  await browser.answer(browser.relayText('3EB00002', jid(BOB), 'yes'))
  await until(() => textsOf(bob, ALICE).includes('yes'), 'at Bob')
  t.strictSame(textsOf(carla, ALICE), [])
})

t.test('it takes a chat away from a connected browser, and gives one, at once', async (t) => {
  const { browser, alice } = await scene(t, null)
  t.equal(browser.allTexts().length, 2)
  browser.arrived = []
  await alice.changeCompanion(browser.login, { chats: [CARLA], screen: 'a test' })
  await until(() => browser.arrived.length > 0, 'the change')
  t.match(browser.arrived, [
    { node: { content: [{ tag: 'chat', attrs: { jid: jid(BOB), type: 'delete' } }] } },
  ])
  t.match(await browser.query('message', { jid: jid(BOB), kind: 'before', count: '9' }), {
    json: { status: 404 },
  })
  browser.arrived = []
  await alice.changeCompanion(browser.login, { chats: [BOB, CARLA] })
  await synced(browser)
  t.strictSame(browser.allTexts().sort(), ['jam for Bob 🍓', 'jam for Carla 🍓'])
  t.match(alice.auditRecords(1), [
    { kind: 'companion.changed', fields: { chats: `${jid(BOB)} ${jid(CARLA)}`, screen: 'a test' } },
  ])
})

t.test('it makes a browser silent that may only read from now on', async (t) => {
  const { browser, alice } = await scene(t, null)
  await alice.changeCompanion(browser.login, { scope: 'read' })
  t.match(await browser.answer(browser.relayText('3EB00003', jid(BOB), 'no')), { json: { status: 403 } })
})
