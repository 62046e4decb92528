import t from 'tap'
import type { Node } from 'proto/node'
import { limit } from 'proto/limits'
import type { Answer, NodeKind } from '../src/connection.ts'
import { Lookups } from '../src/lookups.ts'
import { BOB, CARLA, infoOf, messageNode, node } from './scripted-phone.ts'

/** Lookups of which the far end says what `answers` says, one after the other. */
function scripted(...answers: (Readonly<Record<string, unknown>> | { readonly node: Node })[]) {
  const asked: unknown[] = []
  const sent: { node: Node; kind: NodeKind }[] = []
  const next = (): Answer => {
    const answer = answers.shift() ?? { status: 200 }
    if ('node' in answer) return answer as { node: Node }
    return { json: answer, status: typeof answer['status'] === 'number' ? answer['status'] : null }
  }
  const lookups = new Lookups({
    ask: async (json) => (asked.push(json), next()),
    query: async (build, kind) => (sent.push({ node: build('7'), kind }), next()),
    dropped: () => {},
  })
  return { lookups, asked, sent }
}
const response = (attrs: Record<string, string>, ...ids: string[]) => ({
  node: node(
    'response',
    attrs,
    ids.map((id) => messageNode(infoOf(BOB, { id }))),
  ),
})
const idsOf = ({ messages }: { messages: readonly { id: string }[] }) => messages.map(({ id }) => id)

t.test(
  'starred messages come in the order of the phone, of all chats or one, behind a message',
  async (t) => {
    const { lookups, sent } = scripted(
      response({ type: 'star', last: 'false' }, 'C', 'B'),
      response({ type: 'star' }, 'A'),
      { status: 404 },
    )
    const first = await lookups.starred()
    t.same([idsOf(first), first.last], [['C', 'B'], false])
    t.match(sent[0].node, { tag: 'query', attrs: { type: 'star', epoch: '7', count: '50' } })
    t.notOk('chat' in sent[0].node.attrs)
    const rest = await lookups.starred('15550002222@c.us', { count: 2, before: first.messages[1] })
    t.same([idsOf(rest), rest.last], [['A'], true])
    t.match(sent[1].node.attrs, { chat: BOB, jid: BOB, index: 'B', owner: 'false', count: '2' })
    await t.rejects(lookups.starred(), { code: 'TETHER_ERR_NOT_FOUND' })
  },
)

t.test('files come newest first, though the phone says the oldest first', async (t) => {
  const { lookups, sent } = scripted(
    response({ type: 'media_message' }, 'A', 'B'),
    response({ type: 'media_message' }, 'A'),
  )
  const found = await lookups.gallery(BOB, { count: 2 })
  t.same([idsOf(found), found.last], [['B', 'A'], false])
  t.match(sent[0], {
    kind: { metric: 'QUERY_MEDIA' },
    node: { attrs: { type: 'media_message', jid: BOB, kind: 'before', count: '2' } },
  })
  t.equal((await lookups.gallery(BOB, { count: 2, before: found.messages[1] })).last, true)
  t.match(sent[1].node.attrs, { index: 'A', owner: 'false' })
})

t.test('a link has a preview, with a picture or without, or none', async (t) => {
  const words = {
    title: 'Plums',
    description: 'All',
    'canonical-url': 'http://p/',
    'matched-text': 'p.example',
  }
  const picture = new Uint8Array(limit('LINK_THUMBNAIL_BYTES'))
  const { lookups, sent } = scripted(
    { node: node('response', { type: 'url', ...words }, picture) },
    { node: node('response', { type: 'url' }, new Uint8Array(0)) },
    { status: 404 },
    { status: 403 },
    { node: node('response', { type: 'url', ...words }, new Uint8Array(picture.length + 1)) },
  )
  const preview = { title: 'Plums', description: 'All', canonicalUrl: 'http://p/', matchedText: 'p.example' }
  t.same(await lookups.preview('see p.example'), { ...preview, thumbnail: picture })
  t.match(sent[0], { kind: { metric: 'QUERY_URL' }, node: { attrs: { type: 'url', url: 'see p.example' } } })
  t.same(await lookups.preview('x'), {
    ...{ title: '', description: '', canonicalUrl: '', matchedText: '' },
    thumbnail: null,
  })
  t.equal(await lookups.preview('x'), null)
  await t.rejects(lookups.preview('x'), { code: 'TETHER_ERR_CONSENT_DENIED' })
  await t.rejects(lookups.preview('x'), { code: 'TETHER_ERR_TOO_LARGE' }, 'it would not fit into a message')
})

t.test('a broadcast list has a name and people', async (t) => {
  const recipients = [{ id: '15550002222@c.us' }, { id: CARLA }, {}, null]
  const { lookups, asked } = scripted(
    { status: 200, name: 'Choir', recipients },
    { status: 404 },
    { status: 200 },
  )
  const jid = '1600000000@broadcast'
  t.same(await lookups.broadcastList(jid), { jid, name: 'Choir', recipients: [BOB, CARLA] })
  t.same(asked, [['query', 'contact', jid]])
  await t.rejects(lookups.broadcastList(jid), { code: 'TETHER_ERR_NOT_FOUND' })
  await t.rejects(lookups.broadcastList(jid), { code: 'TETHER_ERR_BODY' })
  await t.rejects(lookups.broadcastList('nothing'), { code: 'TETHER_ERR_JID' })
})

t.test('stories come by person', async (t) => {
  const person = (jid: string, unread: string, ...ids: string[]) =>
    node(
      'status',
      { jid, count: '1', unread },
      ids.map((id) => messageNode(infoOf('status@broadcast', { id }))),
    )
  const { lookups, sent } = scripted(
    {
      node: node('response', { type: 'status' }, [
        person('15550002222@c.us', '1', 'A', 'B'),
        person(CARLA, 'x'),
      ]),
    },
    { node: node('response', { type: 'status' }) },
  )
  t.match(await lookups.stories(), [
    { jid: BOB, unread: 1, messages: [{ id: 'A' }, { id: 'B' }] },
    { jid: CARLA, unread: 0, messages: [] },
  ])
  t.match(sent[0], { kind: { metric: 'QUERY_STATUS' }, node: { attrs: { type: 'status' } } })
  t.same(await lookups.stories(), [])
})
