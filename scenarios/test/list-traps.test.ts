/** The traps of lists, history and spelling (spec 20, numbers 11, 12, 15 and 20), each at the wire. */
import t from 'tap'
import { createRequire } from 'node:module'
import { parseBinaryFrame } from 'proto/frame'
import type { Node } from 'proto/node'
import { decodeNode } from 'proto/node-decoder'
import { openBytes } from 'proto/seal'
import { decodeWebMessage } from 'proto/web-message'
import { ALICE_JID, BOB_JID, oldText } from '../src/backstory.ts'
import { childrenOf, query, rawStory, relayNode, textsIn, type RawStory } from '../src/raw-story.ts'
import type { RawBrowser } from '../src/raw-browser.ts'

const { default: LegacyDecoder } = createRequire(import.meta.url)(
  '@adiwajshing/baileys/lib/Binary/Decoder',
) as {
  default: new () => { read(bytes: Buffer): unknown }
}

t.test(
  'it keeps trap 11: history is oldest first, typed, of messages with bytes; a wrong index is 404',
  async (t) => {
    const { paired } = await rawStory(t, { messages: 60 })
    const browser = await paired()
    const ask = async (attrs: Record<string, string>) =>
      browser.node(browser.sayNode(query('message', { jid: BOB_JID, ...attrs })))
    const key = (node: Node, at: number) =>
      decodeWebMessage(childrenOf(node).at(at)!.content as Uint8Array).key

    const newest = await ask({ kind: 'before', count: '10', owner: 'true' })
    t.equal(newest.tag, 'response')
    t.strictSame(newest.attrs, { type: 'message' })
    t.strictSame(
      textsIn(newest),
      Array.from({ length: 10 }, (_, n) => oldText(51 + n)),
    )
    for (const child of childrenOf(newest)) {
      t.equal(child.tag, 'message')
      t.ok(child.content instanceof Uint8Array)
    }

    const first = key(newest, 0)
    const before = await ask({ kind: 'before', count: '25', index: first.id, owner: String(first.fromMe) })
    t.strictSame(
      textsIn(before),
      Array.from({ length: 25 }, (_, n) => oldText(26 + n)),
      'the index itself is not in it',
    )
    const last = key(before, -1)
    const after = await ask({ kind: 'after', count: '3', index: last.id, owner: String(last.fromMe) })
    t.strictSame(textsIn(after), [51, 52, 53].map(oldText), 'after is oldest first, too')
    const oldest = key(before, 0)
    const end = await ask({ kind: 'before', count: '100', index: oldest.id, owner: String(oldest.fromMe) })
    t.equal(childrenOf(end).length, 25)
    const beyond = await ask({
      kind: 'before',
      count: '5',
      index: key(end, 0).id,
      owner: String(key(end, 0).fromMe),
    })
    t.strictSame(beyond.attrs, { type: 'message' })
    t.equal(childrenOf(beyond).length, 0)

    for (const wrong of [
      { index: 'NONE', owner: 'true' },
      { index: first.id, owner: String(!first.fromMe) },
    ]) {
      const tag = browser.sayNode(query('message', { jid: BOB_JID, kind: 'before', count: '5', ...wrong }))
      t.strictSame(await browser.json(tag), { status: 404 })
    }
  },
)

t.test('it keeps trap 12: chat list before last before before; then one message in each relay', async (t) => {
  const { paired, world, bob } = await rawStory(t, { messages: 30 })
  const browser = await paired()
  await world.pass(3_000)
  const kind = ({ tag, attrs }: Node) => `${tag} ${attrs.type ?? attrs.add ?? ''}`.trim()
  t.strictSame(
    browser.nodes.map(({ node }) => kind(node)),
    ['response contacts', 'response chat', 'action last', 'action before', 'action', 'action'],
  )
  const [, , last, before, frequent, battery] = browser.nodes.map(({ node }) => node)
  t.strictSame(
    textsIn(last),
    ['The last of the plums', oldText(30)],
    'the newest of each chat, oldest chat first',
  )
  t.equal(before.attrs.last, 'true')
  t.strictSame(
    textsIn(before),
    Array.from({ length: 19 }, (_, n) => oldText(11 + n)),
  )
  t.strictSame(childrenOf(childrenOf(frequent)[0]), [{ tag: 'contact', attrs: {}, content: BOB_JID }])
  t.equal(childrenOf(battery)[0].tag, 'battery')
  t.match(browser.nodes[0].tag, /^preempt-\d+-\d+$/)
  t.match(browser.nodes[2].tag, /^\d+-\d+$/)

  const from = browser.nodes.length
  for (const text of ['one', 'two', 'three']) await world.finish(bob.sendText(ALICE_JID, text))
  await world.pass(2_000)
  const relays = browser.nodes
    .slice(from)
    .map(({ node }) => node)
    .filter(({ attrs }) => attrs.add === 'relay')
  t.strictSame(relays.map(textsIn), [['one'], ['two'], ['three']])
})

async function wholeSession(browser: RawBrowser, { world, bob }: RawStory): Promise<void> {
  for (const type of ['contacts', 'chat', 'status', 'quick_reply', 'label', 'emoji'])
    browser.sayNode(query(type))
  browser.sayNode(query('message', { jid: BOB_JID, kind: 'before', count: '50' }))
  browser.sayNode(query('search', { search: 'old', count: '10', page: '1' }))
  await world.finish(bob.sendText(ALICE_JID, 'deadbeef cafe 123-456 a@b _:_ 😀'))
  browser.sayNode(relayNode('3EB0A3', 'back'), '3EB0A3', 16)
  await world.pass(3_000)
  browser.sayNode(query('message_info', { jid: BOB_JID, index: '3EB0A3' }))
  await world.pass(3_000)
}

t.test(
  'it keeps trap 15: no double-byte token, no JID without user, no AD_JID, and the oldest decoder reads it all',
  async (t) => {
    const story = await rawStory(t, { messages: 40 })
    const browser = await story.paired()
    await wholeSession(browser, story)
    t.ok(browser.binaries.length > 12)
    for (const { bytes } of browser.binaries) {
      const plain = openBytes(parseBinaryFrame(bytes, 'server').sealed, browser.credentials!)
      const names: string[] = []
      decodeNode(plain, { annotate: ({ name }) => void names.push(name) })
      t.notOk(
        names.some((name) => /DICTIONARY|AD_JID/.test(name)),
        'no marker that one client cannot read',
      )
      t.notOk(names.some((name, at) => name === 'JID_PAIR' && names[at + 1] === 'LIST_EMPTY'))
      t.doesNotThrow(() => new LegacyDecoder().read(Buffer.from(plain)))
    }
  },
)

t.test(
  'it keeps trap 20: c.us in JSON, s.whatsapp.net in nodes and protobuf; both are understood',
  async (t) => {
    const story = await rawStory(t)
    const browser = await story.paired()
    await wholeSession(browser, story)
    for (const { text } of browser.texts) t.notMatch(text, /s\.whatsapp\.net/)
    const jidsIn = ({ attrs, content }: Node): string[] => [
      ...Object.values(attrs).filter((value) => value.includes('@')),
      ...(Array.isArray(content)
        ? content.flatMap(jidsIn)
        : content instanceof Uint8Array
          ? [decodeWebMessage(content).key.remoteJid]
          : []),
    ]
    const jids = browser.nodes.flatMap(({ node }) => jidsIn(node))
    t.ok(jids.length > 10)
    t.strictSame(
      jids.filter((jid) => !jid.endsWith('@s.whatsapp.net')),
      [],
    )

    const number = BOB_JID.split('@')[0]
    for (const spelling of [number, `${number}@c.us`, `${number}@s.whatsapp.net`]) {
      t.strictSame(await browser.json(browser.say(['query', 'exist', spelling])), {
        status: 200,
        jid: `${number}@c.us`,
      })
      t.match(await browser.json(browser.say(['action', 'presence', 'subscribe', spelling])), { status: 200 })
    }
    for (const jid of [`${number}@c.us`, `${number}@s.whatsapp.net`]) {
      const page = await browser.node(browser.sayNode(query('message', { jid, kind: 'before', count: '2' })))
      t.equal(childrenOf(page).length, 2, jid)
    }
    browser.sayNode(relayNode('3EB0A4', 'to c.us', `${number}@c.us`), '3EB0A4', 16)
    t.match(await browser.json('3EB0A4'), { status: 200 })
  },
)
