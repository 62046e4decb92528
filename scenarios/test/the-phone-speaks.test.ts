/** What a phone tells its browser unasked, at the wire: what is unread, whom it calls, where it is, that it is back. */
import t from 'tap'
import { contentOf, decodeWebMessage, messageStatus, textOf } from 'proto/web-message'
import type { Node } from 'proto/node'
import { ALICE_JID, BOB_JID, MUM_JID, oldText } from '../src/backstory.ts'
import { takeOffline } from '../src/phone-absence.ts'
import { childrenOf, rawStory, relayNode, textsIn } from '../src/raw-story.ts'
import type { RawBrowser } from '../src/raw-browser.ts'

const SYNC_MS = 2_000

/** Messages that came one by one under this word, of spec 10.3 and 11.2. */
function told(browser: RawBrowser, add: string) {
  const nodes = browser.nodes.filter(({ node }) => node.attrs.add === add)
  return nodes.flatMap(({ node }) =>
    childrenOf(node).map(({ content }) => decodeWebMessage(content as Uint8Array)),
  )
}

t.test('what was not read comes with the sync, by chat, and says where reading begins', async (t) => {
  const { paired, world, bob, alice } = await rawStory(t, { messages: 30 })
  for (const text of ['one', 'two', 'three']) await world.finish(bob.sendText(ALICE_JID, text))
  await world.until(() => alice.chats()[0].unread === 3)
  const [first] = alice.messages(BOB_JID, 3)
  const browser = await paired()
  await world.pass(SYNC_MS)
  const batches = browser.nodes.filter(({ node }) => node.attrs.add !== undefined).map(({ node }) => node)
  t.strictSame(
    batches.map(({ attrs }) => attrs.add),
    ['last', 'unread', 'before'],
  )
  const [, unread, before] = batches
  t.strictSame(unread.attrs, { add: 'unread', index: first.id, owner: 'false' })
  t.strictSame(textsIn(unread), ['one', 'two'])
  t.strictSame(textsIn(before).slice(-2), [oldText(29), oldText(30)], 'each goes in front of the one before')
})

t.test('the three who were written to most often are named, most often first', async (t) => {
  const { paired, world, alice } = await rawStory(t, { messages: 9 })
  const carla = { number: '15550004444', name: 'Carla' }
  const past = (other: string, times: number) =>
    Array.from({ length: times }, (_, n) => ({ with: other, fromMe: true, text: 'hi', timestampMs: n }))
  await world.finish(alice.importHistory([...past(carla.number, 9), ...past('15550003333', 1)]))
  const browser = await paired()
  await world.pass(SYNC_MS)
  const frequent = browser.nodes
    .flatMap(({ node }) => childrenOf(node))
    .find(({ tag }) => tag === 'contacts') as Node
  t.strictSame(frequent.attrs, { type: 'frequent' })
  t.strictSame(
    childrenOf(frequent).map(({ content }) => content),
    [`${carla.number}@s.whatsapp.net`, BOB_JID, MUM_JID],
  )
})

t.test('what is typed on the phone reaches its browser when the server has it, and says so', async (t) => {
  const { paired, world, alice } = await rawStory(t)
  const browser = await paired()
  await world.pass(SYNC_MS)
  const { id } = await world.finish(alice.sendText(BOB_JID, 'typed here'))
  await world.until(() => browser.pushes.some(({ body }) => body[0] === 'Msg'))
  t.match(told(browser, 'relay'), [{ key: { id, fromMe: true }, status: messageStatus.SERVER_ACK }])
  t.match(
    browser.pushes.filter(({ body }) => body[0] === 'Msg').map(({ body }) => body[1]),
    [{ id, ack: 2 }],
  )

  await takeOffline(world, alice)
  const later = await world.finish(alice.sendText(BOB_JID, 'on the train'))
  await world.pass(SYNC_MS)
  t.equal(told(browser, 'relay').length, 1)
  alice.setDevice({ network: 'wifi' })
  await world.until(() => told(browser, 'relay').length === 2)
  t.match(told(browser, 'relay')[1], { key: { id: later.id }, status: messageStatus.SERVER_ACK })
})

t.test(
  'a browser that opens while a message waits gets it again, in its place, when it is out',
  async (t) => {
    const { paired, connect, world, alice, bob } = await rawStory(t)
    const before = await paired()
    await world.pass(SYNC_MS)
    bob.setDevice({ network: 'none' }) // no receipts
    const lost = world.faults.add(
      { hop: 'phone-server', at: 'phone:15550001111', way: 'in', tag: '{"type":"mailed"', ordinal: 1 },
      { do: 'drop' },
    )
    const { id } = await world.finish(alice.sendText(BOB_JID, 'slow road'))
    const browser = await connect(before.credentials)
    await browser.resume()
    await world.pass(SYNC_MS)
    const seen = (add: string) => told(browser, add).filter(({ key }) => key.id === id)
    t.match(seen('last'), [{ status: messageStatus.PENDING }])
    t.equal(lost.worked, 1)
    await world.finish(alice.sendText(BOB_JID, 'behind it'))
    await world.until(() => seen('update').length > 0)
    t.match(seen('update'), [{ status: messageStatus.SERVER_ACK }])
    t.equal(seen('relay').length, 0)
  },
)

t.test('a live location moves as add=update of the one message that it is', async (t) => {
  const { paired, connect, world, alice, bob } = await rawStory(t)
  const [alices, bobs] = [await paired(), await connect()]
  await bobs.pair(bob)
  await world.pass(SYNC_MS)
  const place = { degreesLatitude: 52.5, degreesLongitude: 13.4, caption: 'on my way' }
  const { id } = await world.finish(alice.send(BOB_JID, { liveLocationMessage: place }))
  await world.until(() => told(bobs, 'relay').length === 1)
  for (const degreesLatitude of [52.6, 52.7])
    await world.finish(alice.moveLocation(BOB_JID, id, { degreesLatitude }))
  await world.until(() => told(bobs, 'update').length === 2)
  for (const browser of [alices, bobs]) {
    t.equal(told(browser, 'relay').length, 1)
    t.strictSame(
      told(browser, 'update').map((info) => [
        info.key.id,
        contentOf(info)!.liveLocationMessage!.degreesLatitude,
      ]),
      [
        [id, 52.6],
        [id, 52.7],
      ],
    )
  }
  t.equal(bob.messages(ALICE_JID).filter((message) => message.id === id).length, 1)

  const page = await connect(bobs.credentials)
  await page.resume()
  await world.pass(SYNC_MS)
  const last = told(page, 'last').find(({ key }) => key.id === id)!
  t.equal(contentOf(last)!.liveLocationMessage!.degreesLatitude, 52.7, 'a sync has the newest place')
})

t.test('a call rings in the browser, and a missed one is a notice there', async (t) => {
  const { paired, world, alice, bob } = await rawStory(t)
  const browser = await paired()
  await world.pass(SYNC_MS)
  const { id } = await world.finish(bob.calls.call(ALICE_JID))
  const calls = () => browser.pushes.filter(({ body }) => body[0] === 'Call').map(({ body }) => body[1])
  await world.until(() => calls().length === 1)
  t.strictSame(calls(), [{ id, from: '15550002222@c.us', type: 'offer' }])
  await world.finish(alice.calls.answer(id))
  await world.until(() => calls().length === 2)
  t.match(calls()[1], { id, type: 'accept' })
})

t.test('a browser that has asked nothing is told that the phone is back', async (t) => {
  const { paired, connect, world, alice } = await rawStory(t)
  const first = await paired()
  await world.pass(SYNC_MS)
  await takeOffline(world, alice)
  const browser = await connect(first.credentials)
  t.equal((await browser.resume()).connected, false, 'its Conn says that the phone is away')
  await world.pass(SYNC_MS)
  const before = browser.pushes.length
  alice.setDevice({ network: 'wifi' })
  await world.until(() => browser.pushes.length >= before + 2)
  t.match(
    browser.pushes.slice(before).map(({ body }) => body.slice(0, 1)),
    [['Pong'], ['Conn']],
  )
  t.strictSame(browser.pushes[before].body, ['Pong', true])
  browser.sayNode(relayNode('3EB0BACK', 'good to see you'), '3EB0BACK', 16, 128)
  t.match(await browser.json('3EB0BACK'), { status: 200 })
  t.equal(textOf(told(browser, 'last').at(-1)!), oldText(5))
})
