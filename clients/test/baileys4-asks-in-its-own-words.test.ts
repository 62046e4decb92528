import t from 'tap'
import type { BinaryNode, WATag } from '@adiwajshing/baileys'
import { ALICE_JID, BOB_JID, MUM_JID } from 'scenarios/backstory'
import { baileys4Story } from '../src/baileys4-story.ts'
import { library, refusalOf, type Baileys4Socket } from '../src/baileys4.ts'

const { WAMetric, WAFlag } = library

t.test('a program that asks for the lists itself is answered in full', async (t) => {
  const { paired } = await baileys4Story(t)
  const { socket } = await paired()

  const contacts = await ask(socket, 'contacts', [WAMetric.queryContact, WAFlag.ignore])
  t.match(contacts, { tag: 'response', attrs: { type: 'contacts', checksum: String } })
  t.strictSame(
    childrenOf(contacts).map(({ tag, attrs }) => [tag, attrs.jid, attrs.name]),
    [
      ['user', BOB_JID, 'Bob'],
      ['user', MUM_JID, 'Mum'],
    ],
  )
  for (const type of ['emoji', 'label', 'quick_reply', 'status']) {
    t.match(await ask(socket, type, [WAMetric.debugLog, WAFlag.ignore]), { tag: 'response', attrs: { type } })
  }
})

t.test('a tag that it waits for is answered under it', async (t) => {
  const { paired } = await baileys4Story(t)
  const { socket } = await paired()

  const tag = await socket.sendNode({ json: ['admin', 'test'], longTag: true })
  t.strictSame(await socket.waitForMessage(tag, false).promise, ['Pong', true])
})

t.test('a change in its own words takes place', async (t) => {
  const { paired, alice, bob, world } = await baileys4Story(t)
  const client = await paired()
  await bob.sendText(ALICE_JID, 'Read me')
  await world.until(() => client.announced(BOB_JID).length > 0)
  const { id } = client.announced(BOB_JID)[0].key

  const read = { tag: 'read', attrs: { jid: BOB_JID, index: id!, owner: 'false', count: '1' } }
  t.match(await client.socket.setQuery([read]), { status: 200 })

  t.equal(alice.chats().find(({ jid }) => jid === BOB_JID)?.unread, 0)
})

t.test('words that nobody knows are refused, and the connection stays', async (t) => {
  const { paired } = await baileys4Story(t)
  const client = await paired()
  const { socket } = client

  t.equal(await refusalOf(ask(socket, 'horoscope', [WAMetric.debugLog, WAFlag.ignore])), 404)
  t.equal(await refusalOf(socket.setQuery([{ tag: 'horoscope', attrs: {} }])), 400)
  t.equal(await refusalOf(socket.query({ json: ['query', 'horoscope'], expect200: true })), 404)
  t.equal(await refusalOf(socket.query({ json: ['action', 'horoscope'], expect200: true })), 400)
  t.equal(client.state, 'open')
})

async function ask(socket: Baileys4Socket, type: string, binaryTag: WATag): Promise<BinaryNode> {
  const json = { tag: 'query', attrs: { type, epoch: String(socket.currentEpoch()) } }
  return (await socket.query({ json, binaryTag, expect200: true })) as BinaryNode
}

function childrenOf({ content }: BinaryNode): BinaryNode[] {
  return Array.isArray(content) ? content : []
}
