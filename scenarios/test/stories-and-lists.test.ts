import t, { type Test } from 'tap'
import { decodeWebMessage, textOf } from 'proto/web-message'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { childrenOf, query, rawStory, relayNode } from '../src/raw-story.ts'
import type { RawBrowser } from '../src/raw-browser.ts'

const CARLA = { number: '15550004444', name: 'Carla' }
const CARLA_JID = '15550004444@s.whatsapp.net'
const STORIES = 'status@broadcast'
const DAY_MS = 86_400_000

/** Alice, Bob and Carla; all know Alice, Alice knows all, Bob does not know Carla. */
async function stage(t: Test) {
  const story = await rawStory(t)
  const { world, alice } = story
  const carla = await world.addPhone(CARLA)
  await world.finish(alice.addContact(CARLA))
  await world.finish(carla.addContact({ number: '15550001111', name: 'Alice' }))
  await world.finish(carla.addContact({ number: '15550002222', name: 'Bob' }))
  return { ...story, carla }
}

/** What a browser is told of stories: [whose, count, unread, texts]. */
async function stories(browser: RawBrowser) {
  const node = await browser.node(browser.sayNode(query('status')))
  return childrenOf(node).map(({ attrs, content }) => [
    attrs['jid'],
    attrs['count'],
    attrs['unread'],
    (content as { content: Uint8Array }[]).map((message) => textOf(decodeWebMessage(message.content))).join(),
  ])
}

t.test('a story is seen by those who know the teller, for a day, and is no chat', async (t) => {
  const { world, alice, bob, carla, paired, connect } = await stage(t)
  const alices = await paired()
  await world.pass(2_000)
  await world.finish(carla.sendStory({ conversation: 'rehearsal!' }))
  await world.finish(bob.sendStory({ conversation: 'market day' }))
  await world.pass(1_000)
  alices.sayNode(relayNode('3EB0STORY1', 'mine', STORIES), '3EB0STORY1', 16, 128)
  t.match(await alices.json('3EB0STORY1'), { status: 200 })
  await world.until(() => bob.messages(ALICE_JID).length > 0)
  await world.pass(2_000)

  t.strictSame(await stories(alices), [
    [CARLA_JID, '1', '1', 'rehearsal!'],
    [BOB_JID, '1', '1', 'market day'],
    [ALICE_JID, '1', '0', 'mine'],
  ])
  const bobs = await connect()
  await bobs.pair(bob)
  await world.pass(2_000)
  t.strictSame(
    (await stories(bobs)).map(([jid]) => jid),
    [BOB_JID, ALICE_JID],
    'Bob does not know Carla',
  )
  const relayed = alices.nodes.flatMap(({ node }) => (node.attrs['add'] === 'relay' ? childrenOf(node) : []))
  const [first] = relayed.map(({ content }) => decodeWebMessage(content as Uint8Array))
  t.match(first, {
    key: { remoteJid: STORIES, fromMe: false, participant: CARLA_JID },
    participant: CARLA_JID,
  })
  for (const phone of [alice, bob, carla])
    t.notOk(
      phone.chats().some(({ jid }) => jid === STORIES),
      'no chat',
    )

  await world.pass(DAY_MS)
  const again = await connect(alices.credentials)
  await again.resume()
  t.strictSame(await stories(again), [])
})

t.test('a list reaches each of its people as if they alone were written to', async (t) => {
  const { world, alice, bob, carla, paired } = await stage(t)
  const alices = await paired()
  await world.pass(2_000)
  const list = await world.finish(alice.createBroadcastList('Choir', [BOB_JID, CARLA.number, BOB_JID]))
  t.match(list, { name: 'Choir', recipients: ['15550002222', CARLA.number] })
  t.match(await alices.json(alices.say(['query', 'contact', list.jid])), {
    status: 200,
    name: 'Choir',
    recipients: [{ id: '15550002222@c.us' }, { id: `${CARLA.number}@c.us` }],
  })
  t.strictSame(await alices.json(alices.say(['query', 'contact', '1@broadcast'])), { status: 404 })

  alices.sayNode(relayNode('3EB0LIST1', 'seven, not eight', list.jid), '3EB0LIST1', 16, 128)
  t.match(await alices.json('3EB0LIST1'), { status: 200 })
  const heard = () => [bob, carla].map((phone) => phone.messages(ALICE_JID).at(-1)?.text)
  await world.until(() => heard().every((text) => text === 'seven, not eight'))
  t.match(alice.messages(list.jid), [{ id: '3EB0LIST1', fromMe: true, text: 'seven, not eight' }])
  t.match(alice.chats()[0], { jid: list.jid, name: 'Choir' })

  await world.until(() => alice.messages(list.jid)[0].status === 'delivered')
  await world.finish(bob.markRead(ALICE_JID))
  await world.pass(2_000)
  t.equal(alice.messages(list.jid)[0].status, 'delivered', 'not read by all')
  await world.finish(carla.markRead(ALICE_JID))
  await world.until(() => alice.messages(list.jid)[0].status === 'read')

  const tag = '3EB0LIST2'
  alices.sayNode(relayNode(tag, 'to nobody', '1@broadcast'), tag, 16, 128)
  t.match(await alices.json(tag), { status: 404 })
  await t.rejects(world.finish(alice.createBroadcastList('', [BOB_JID])), { code: 'TETHER_ERR_BODY' })
  await t.rejects(world.finish(alice.createBroadcastList('x', [])), { code: 'TETHER_ERR_BODY' })
  const many = Array.from({ length: 257 }, (_, n) => `1555100${String(n).padStart(4, '0')}`)
  await t.rejects(world.finish(alice.createBroadcastList('x', many)), { code: 'TETHER_ERR_LIMIT' })
  t.ok(await world.finish(alice.createBroadcastList('x', many.slice(1))), 'as many as the limit')
})
