import t from 'tap'
import { concat, utf8 } from 'proto/bytes'
import { contentMessage } from 'proto/contents'
import type { Node } from 'proto/node'
import { decodeWebMessage, encodeWebMessage, infoOf } from 'proto/web-message'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { contents } from '../src/contents.ts'
import { childrenOf, query, rawStory } from '../src/raw-story.ts'
import type { RawBrowser } from '../src/raw-browser.ts'

const FRAME = { remoteJid: BOB_JID, fromMe: true, timestampS: 1_559_390_400, status: 'PENDING' } as const

/** Both ends of a conversation as they are on the wire. */
async function ends(t: Parameters<typeof rawStory>[0]) {
  const story = await rawStory(t)
  const alices = await story.paired()
  const bobs = await story.connect()
  await bobs.pair(story.bob)
  await story.world.pass(2_000)
  return { ...story, alices, bobs }
}

function relayOf(id: string, bytes: Uint8Array): Node {
  return {
    tag: 'action',
    attrs: { type: 'relay', epoch: '1' },
    content: [{ tag: 'message', attrs: { id }, content: bytes }],
  }
}

/** The serialised messages that were relayed to a browser, by id. */
function relayed(browser: RawBrowser): Map<string, Uint8Array> {
  const messages = browser.nodes
    .filter(({ node }) => node.attrs['add'] === 'relay')
    .flatMap(({ node }) => childrenOf(node))
  return new Map(
    messages.map(({ content }) => {
      const bytes = content as Uint8Array
      return [decodeWebMessage(bytes).key.id, bytes]
    }),
  )
}

/** Field 2, the content, as it stands in the bytes of a WebMessageInfo (messages.md 3). */
function contentBytes(info: Uint8Array): string {
  for (let at = 0; at < info.length;) {
    const [key, afterKey] = varint(info, at)
    const [length, start] = (key & 7) === 2 ? varint(info, afterKey) : [0, varint(info, afterKey)[1]]
    if (key === ((2 << 3) | 2)) return Buffer.from(info.subarray(start, start + length)).toString('hex')
    at = start + length
  }
  return 'none'
}

function varint(bytes: Uint8Array, at: number): [number, number] {
  let value = 0
  for (let shift = 1; ; shift *= 128) {
    const byte = bytes[at++]
    value += (byte & 127) * shift
    if (byte < 128) return [value, at]
  }
}

t.test('every content that a browser writes reaches the other browser byte for byte', async (t) => {
  const { world, alices, bobs } = await ends(t)
  const sent = new Map<string, Uint8Array>()
  for (const [n, content] of Object.values(contents).entries()) {
    const id = `3EB0${n.toString(16).toUpperCase().padStart(8, '0')}`
    const bytes = encodeWebMessage(contentMessage({ ...FRAME, id, content }))
    sent.set(id, bytes)
    alices.sayNode(relayOf(id, bytes), id, 16, 128)
    t.match(await alices.json(id), { status: 200 }, Object.keys(contents)[n])
  }
  await world.until(() => relayed(bobs).size === sent.size)
  const arrived = relayed(bobs)
  for (const [n, [id, bytes]] of [...sent].entries())
    t.equal(contentBytes(arrived.get(id)!), contentBytes(bytes), Object.keys(contents)[n])

  const pages: [RawBrowser, string][] = [
    [alices, BOB_JID],
    [bobs, ALICE_JID],
  ]
  for (const [browser, jid] of pages) {
    const tag = browser.sayNode(query('message', { jid, kind: 'before', count: String(sent.size) }))
    const page = childrenOf(await browser.node(tag)).map(({ content }) => content as Uint8Array)
    t.strictSame(page.map(contentBytes), [...sent.values()].map(contentBytes), 'in the history too')
  }
})

t.test('every content that a person writes on the phone reaches the other phone’s browser', async (t) => {
  const { world, alice, bobs } = await ends(t)
  const ids: string[] = []
  for (const content of Object.values(contents))
    ids.push((await world.finish(alice.send(BOB_JID, content))).id)
  await world.until(() => relayed(bobs).size === ids.length)
  for (const [n, [name, content]] of Object.entries(contents).entries()) {
    const written = encodeWebMessage(contentMessage({ ...FRAME, id: ids[n], content }))
    t.equal(contentBytes(relayed(bobs).get(ids[n])!), contentBytes(written), name)
  }
})

t.test('fields that nobody here knows pass through both phones', async (t) => {
  const { world, alices, bobs } = await ends(t)
  const id = '3EB0FFFFFFFF'
  // a text as field 700 of the content and as field 900 of the whole
  const inContent = utf8('kept in the content')
  const inInfo = utf8('kept in the info')
  const content = concat(utf8('\n\twith more'), Uint8Array.of(0xe2, 0x2b, inContent.length), inContent)
  const bytes = concat(
    encodeWebMessage(infoOf({ ...FRAME, id })),
    Uint8Array.of(0x12, content.length),
    content,
    Uint8Array.of(0xa2, 0x38, inInfo.length),
    inInfo,
  )
  t.match(decodeWebMessage(bytes), { key: { id }, message: { conversation: 'with more' } }, 'well made')
  alices.sayNode(relayOf(id, bytes), id, 16, 128)
  t.match(await alices.json(id), { status: 200 })
  await world.until(() => relayed(bobs).has(id))
  const arrived = Buffer.from(relayed(bobs).get(id)!)
  t.ok(arrived.includes('kept in the content'))
  t.ok(arrived.includes('kept in the info'))
  t.equal(contentBytes(arrived), Buffer.from(content).toString('hex'))
})
