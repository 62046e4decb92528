/** The traps of answers (spec 20, numbers 10, 13, 14 and 16), each at the wire. */
import t from 'tap'
import { concat, utf8 } from 'proto/bytes'
import { frameBytes } from 'proto/link'
import type { Node } from 'proto/node'
import { sealBytes } from 'proto/seal'
import { ALICE_JID, BOB_JID, MUM_JID } from '../src/backstory.ts'
import { AVAILABLE, change, childrenOf, query, rawStory, relayNode } from '../src/raw-story.ts'

t.test('it keeps trap 10: every JSON request is answered, whatever it asks', async (t) => {
  const { paired, world } = await rawStory(t)
  const browser = await paired()
  browser.sayNode(AVAILABLE)
  // prettier-ignore
  const requests = [
    ['query', 'exist', '15550002222'], ['query', 'exist', '15559999999@c.us'], ['query', 'ProfilePicThumb', BOB_JID], ['query', 'Status', BOB_JID],
    ['query', 'GroupMetadata', '15550001111-1600000000@g.us'], ['query', 'mediaConn'], ['query', 'inviteCode', '1-2@g.us'], ['action', 'invite', 'AbCd'],
    ['action', 'inviteReset', '1-2@g.us'], ['query', 'contact', '1600000000@broadcast'], ['query', 'businessProfile', [{ wid: BOB_JID }], 84],
    ['query', 'bizCatalog', {}], ['query', 'order', {}], ['action', 'addProduct_reh', {}], ['action', 'editProduct_reh', {}], ['action', 'deleteProduct_reh', {}], ['action', 'editBusinessProfile', { v: 2 }],
    ['query', 'Presence', 'lastseen', BOB_JID], ['action', 'encr_upload', 'image', `${'A'.repeat(43)}=`], ['action', 'presence', 'subscribe', BOB_JID],
    ['admin', 'test'], ['query', 'nonsense'], ['action', 'nonsense'], ['nonsense'], [], {}, null, 7,
  ]
  const tags = requests.map((body) => browser.say(body))
  await world.pass(1_000)
  tags.forEach((tag, at) => t.equal(browser.answers(tag).length, 1, JSON.stringify(requests[at])))
})

t.test('it keeps trap 10: every node is answered, and JSON errors to nodes are under 33 bytes', async (t) => {
  const { paired, world } = await rawStory(t)
  const browser = await paired()
  // prettier-ignore
  const nodes = [
    ...['contacts', 'chat', 'status', 'quick_reply', 'label', 'emoji', 'preview', 'vcard', 'identity', 'vname', 'location', 'call', 'recent_stickers', 'nonsense', 'resume', 'receipt'].map((type) => query(type)),
    query('message', { jid: BOB_JID, kind: 'before', count: '3' }), query('message', { jid: BOB_JID, kind: 'before', count: '3', index: 'NONE', owner: 'true' }), query('message'),
    query('media', { jid: BOB_JID, index: 'NONE', owner: 'true' }), query('message_info', { jid: BOB_JID, index: 'NONE' }), query('search', { search: 'old', count: '2', page: '1' }),
    query('url', { url: 'http://127.0.0.1/' }), query('group', { jid: '1-2@g.us' }), query('star', { count: '5' }), query('media_message', { jid: BOB_JID, count: '5' }),
    { tag: 'query', attrs: {}, content: null }, { tag: 'nonsense', attrs: {}, content: null }, { tag: 'action', attrs: { type: 'set' }, content: null },
    { tag: 'action', attrs: { type: 'relay' }, content: [{ tag: 'message', attrs: {}, content: utf8('not protobuf') }] },
    AVAILABLE, change({ tag: 'read', attrs: { jid: BOB_JID, count: '1', index: 'NONE', owner: 'false' }, content: null }), change({ tag: 'nonsense', attrs: {}, content: null }),
    change({ tag: 'chat', attrs: { jid: BOB_JID, type: 'archive' }, content: null }), change({ tag: 'chat', attrs: { jid: BOB_JID, type: 'nonsense' }, content: null }),
    change({ tag: 'profile', attrs: { name: 'Alice' }, content: null }), change({ tag: 'status', attrs: {}, content: utf8('Here') }), change({ tag: 'block', attrs: { type: 'add' }, content: [] }),
    change({ tag: 'group', attrs: { type: 'create', subject: 'X' }, content: [] }), change({ tag: 'received', attrs: { type: 'played', index: 'NONE', from: BOB_JID }, content: null }),
  ] satisfies Node[]
  const tags: string[] = []
  for (const node of nodes) {
    tags.push(browser.sayNode(node))
    await world.pass(100)
  }
  await world.pass(2_000)
  tags.forEach((tag, at) => {
    const answers = browser.answers(tag)
    t.equal(answers.length, 1, JSON.stringify(nodes[at]))
    for (const { frame } of answers) {
      if (typeof frame === 'string' && !/"status":200/.test(frame))
        t.ok(frameBytes(frame) - tag.length - 1 < 33, frame)
    }
  })
})

t.test(
  'it keeps trap 10 and 16: a request that cannot be decoded is answered 400 under its tag',
  async (t) => {
    const { paired, world } = await rawStory(t)
    const browser = await paired()
    const { encKey, macKey } = browser.credentials!
    const broken = sealBytes(Uint8Array.of(0xf8, 0xff, 0x01, 0x02), { encKey, macKey }, new Uint8Array(16))
    browser.send(concat(utf8('7.--9,'), Uint8Array.of(10, 128), broken))
    t.match(await browser.json('7.--9'), { status: 400 })
    const odd = relayNode('3EB0AT', 'mail me @ home @ noon')
    const protobuf = childrenOf(odd)[0].content as Uint8Array
    t.ok(protobuf.includes(0x40))
    browser.send(
      concat(
        utf8('3EB0AT,'),
        Uint8Array.of(16, 128),
        sealBytes(asJidPair(protobuf), { encKey, macKey }, new Uint8Array(16)),
      ),
    )
    t.match(await browser.json('3EB0AT'), { status: 200 })
    await world.pass(1_000)
    t.equal(browser.closed, null)
  },
)

/** An `action` relay as one old client writes it: the protobuf as JID_PAIRs, split at every @ (spec 17.6). */
function asJidPair(protobuf: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = []
  for (let from = 0; ;) {
    const at = protobuf.indexOf(0x40, from)
    parts.push(protobuf.subarray(from, at < 0 ? undefined : at))
    if (at < 0) break
    from = at + 1
  }
  const binary = (bytes: Uint8Array) => concat(Uint8Array.of(252, bytes.length), bytes)
  const joined = parts.reduceRight<Uint8Array | null>(
    (rest, part) => (rest ? concat(Uint8Array.of(250), binary(part), rest) : binary(part)),
    null,
  )!
  const token = (text: string) => binary(utf8(text))
  return concat(
    Uint8Array.of(248, 4),
    token('action'),
    token('type'),
    token('relay'),
    Uint8Array.of(248, 1, 248, 2),
    token('message'),
    joined,
  )
}

t.test(
  'it keeps trap 13: a chat query is answered in full, however often and whatever was sent unasked',
  async (t) => {
    const { paired, world } = await rawStory(t)
    const browser = await paired()
    await world.pass(3_000)
    for (let round = 0; round < 3; round++) {
      const list = await browser.node(browser.sayNode(query('chat')))
      t.strictSame(list.attrs, { type: 'chat' })
      t.strictSame(
        childrenOf(list)
          .map(({ attrs }) => attrs.jid)
          .sort(),
        [BOB_JID, MUM_JID],
      )
    }
  },
)

t.test('it keeps trap 14: receipts are single acks with numbers, from me to the peer', async (t) => {
  const { paired, world, bob } = await rawStory(t)
  const browser = await paired()
  for (const id of ['3EB0A1', '3EB0A2']) browser.sayNode(relayNode(id, `text ${id}`), id, 16)
  await world.pass(3_000)
  await world.finish(bob.markRead(ALICE_JID))
  await world.pass(5_000)
  const acks = browser.pushes
    .filter(({ body }) => body[0] === 'Msg')
    .map(({ body }) => body[1] as Record<string, unknown>)
  for (const id of ['3EB0A1', '3EB0A2']) {
    const levels = acks.filter((ack) => ack.id === id)
    t.strictSame(
      levels.map(({ ack }) => ack),
      [2, 3],
    )
    for (const ack of levels) {
      t.match(ack, {
        cmd: 'ack',
        from: ALICE_JID.replace('s.whatsapp.net', 'c.us'),
        to: BOB_JID.replace('s.whatsapp.net', 'c.us'),
        t: Number,
      })
    }
  }
  t.equal(acks.length, 4)
})
