import t from 'tap'
import { utf8 } from 'proto/bytes'
import type { Node } from 'proto/node'
import type { Answer, NodeKind } from '../src/connection.ts'
import { type GroupPush, Groups } from '../src/groups.ts'
import { ALICE, BOB, CARLA, node } from './scripted-phone.ts'
import { newWorld } from './world.ts'

const GROUP = '15550001111-1600000000@g.us'
const [bob, carla] = ['15550002222@c.us', '15550003333@c.us']

/** Groups of which the far end says what `answers` says, one after the other. */
function scripted(...answers: (Readonly<Record<string, unknown>> | { readonly node: Node })[]) {
  const asked: unknown[] = []
  const sent: { node: Node; kind: NodeKind; tag: string | undefined }[] = []
  const changes: GroupPush[] = []
  const next = (): Answer => {
    const answer = answers.shift() ?? { status: 200 }
    if ('node' in answer) return answer as { node: Node }
    return { json: answer, status: typeof answer['status'] === 'number' ? answer['status'] : null }
  }
  const groups = new Groups({
    ask: async (json) => (asked.push(json), next()),
    query: async (build, kind, tag) => (sent.push({ node: build('7'), kind, tag }), next()),
    nextTag: () => '1.--9',
    me: () => ALICE,
    changed: (change) => void changes.push(change),
  })
  const children = () => sent.map(({ node: { content } }) => (content as Node[])[0])
  return { groups, asked, sent, changes, children }
}

const metadata = {
  ...{ id: GROUP, owner: '15550001111@c.us', subject: 'Choir', creation: 1_600_000_000 },
  participants: [
    { id: '15550001111@c.us', isAdmin: true, isSuperAdmin: true },
    { id: bob, isAdmin: false, isSuperAdmin: false },
  ],
  ...{ desc: 'We sing', descId: 'D1', restrict: false, announce: true, ephemeralDuration: 60 },
}
const known = {
  ...{ jid: GROUP, owner: ALICE, createdAt: 1_600_000_000 },
  members: [
    { jid: ALICE, isAdmin: true },
    { jid: BOB, isAdmin: false },
  ],
  description: { text: 'We sing', id: 'D1' },
}

t.test('tells all about a group, and why it does not', async (t) => {
  const { desc: _, descId: __, ephemeralDuration: ___, ...bare } = metadata
  const { groups, asked } = scripted(metadata, bare, { status: 401 }, { status: 404 }, { status: 200 })
  const all = { ...known, subject: 'Choir', restrict: false, announce: true, ephemeral: 60 }
  t.strictSame(await groups.find(GROUP), all)
  t.strictSame(await groups.find(GROUP), { ...all, description: null, ephemeral: 0 })
  await t.rejects(groups.find(GROUP), { code: 'TETHER_ERR_GROUP_MEMBER' })
  await t.rejects(groups.find(GROUP), { code: 'TETHER_ERR_GROUP_UNKNOWN' })
  await t.rejects(groups.find(GROUP), { code: 'TETHER_ERR_BODY' })
  await t.rejects(groups.find('nothing'), { code: 'TETHER_ERR_JID' })
  t.strictSame(asked[0], ['query', 'GroupMetadata', GROUP])
})

t.test('recalls a group that was left', async (t) => {
  const group = node('group', {}, [
    node('participant', { jid: ALICE, type: 'admin' }),
    node('participant', { jid: bob }),
    node('description', { id: 'D1' }, utf8('We sing')),
  ])
  const response = node('response', { type: 'group', creator: ALICE, create: '1600000000' }, [group])
  const { groups, sent } = scripted({ node: response }, { node: node('response') }, { status: 404 })
  t.strictSame(await groups.recall(GROUP), known)
  t.match(sent[0].node, { tag: 'query', attrs: { type: 'group', jid: GROUP, epoch: '7' } })
  await t.rejects(groups.recall(GROUP), { code: 'TETHER_ERR_BODY' })
  await t.rejects(groups.recall(GROUP), { code: 'TETHER_ERR_GROUP_UNKNOWN' })
})

t.test('makes a group and changes its members, and tells what became of each', async (t) => {
  const results = { [bob]: { code: '200' }, [carla]: { code: '403' } }
  const changed = { status: 200, participants: results }
  const created = {
    status: 200,
    gid: GROUP,
    participants: Object.entries(results).map(([k, v]) => ({ [k]: v })),
  }
  const { groups, sent, children } = scripted(created, changed, changed, changed, changed, { status: 403 })
  const codes = new Map([[BOB, '200'], [CARLA, '403']]) // prettier-ignore
  t.strictSame(await groups.create('Choir', [BOB, carla]), { jid: GROUP, codes })
  t.match(sent[0], { kind: { metric: 'GROUP', flags: ['IGNORE', 'EXPIRES'] }, tag: '1.--9' })
  t.strictSame(children()[0], {
    tag: 'group',
    attrs: { author: ALICE, id: '1.--9', type: 'create', subject: 'Choir' },
    content: [node('participant', { jid: BOB }), node('participant', { jid: CARLA })],
  })
  for (const type of ['add', 'remove', 'promote', 'demote'] as const) {
    t.strictSame(await groups[type](GROUP, [BOB, CARLA]), codes)
    t.match(children().at(-1), { attrs: { type, jid: GROUP }, content: [{ attrs: { jid: BOB } }, {}] })
  }
  await t.rejects(groups.add(GROUP, [BOB]), { code: 'TETHER_ERR_GROUP_RIGHT' })
  await t.rejects(groups.add(GROUP, ['Bob']), { code: 'TETHER_ERR_JID' })
})

t.test('renames, describes, configures and leaves', async (t) => {
  const { groups, children } = scripted({ status: 200 }, metadata)
  await groups.rename(GROUP, 'Band')
  t.match(children().at(-1), { attrs: { type: 'subject', jid: GROUP, subject: 'Band' }, content: null })
  await groups.describe(GROUP, 'We play')
  t.match(children().at(-1), {
    attrs: { type: 'description' },
    content: [{ tag: 'description', attrs: { id: '1.--9', prev: 'D1' }, content: utf8('We play') }],
  })
  await groups.configure(GROUP, { announce: true, ephemeral: 60 })
  t.match(children().at(-1), { attrs: { type: 'prop' } })
  t.strictSame(children().at(-1)!.content, [
    node('announcement', { value: 'true' }),
    node('ephemeral', { value: '60' }),
  ])
  await groups.configure(GROUP, { restrict: false })
  t.strictSame(children().at(-1)!.content, [node('locked', { value: 'false' })])
  await groups.leave(GROUP)
  t.match(children().at(-1), { attrs: { type: 'leave', jid: GROUP } })
})

t.test('invites, and comes by an invitation', async (t) => {
  const { groups, asked } = scripted(
    { status: 200, code: 'abc' },
    { status: 200 },
    { status: 200, gid: GROUP },
    { status: 404 },
  )
  t.equal(await groups.inviteCode(GROUP), 'abc')
  await groups.resetInvite(GROUP)
  t.equal(await groups.join('abc'), GROUP)
  await t.rejects(groups.join('guess'), { code: 'TETHER_ERR_GROUP_UNKNOWN' })
  t.strictSame(asked, [
    ['query', 'inviteCode', GROUP],
    ['action', 'inviteReset', GROUP],
    ['action', 'invite', 'abc'],
    ['action', 'invite', 'guess'],
  ])
})

t.test('names the readers of a message, with their times', async (t) => {
  const user = (jid: string, t: string) => node('user', { jid, t })
  const response = node('response', { type: 'message_info' }, [
    node('read', {}, [user(bob, '5')]),
    node('delivery', {}, [user(bob, '3'), user(CARLA, '4')]),
  ])
  const { groups, sent } = scripted({ node: response }, { node: node('response') })
  t.strictSame(await groups.readers(GROUP, 'A'), {
    read: new Map([[BOB, 5]]),
    delivered: new Map([[BOB, 3], [CARLA, 4]]),
  }) // prettier-ignore
  t.match(sent[0], {
    node: { attrs: { type: 'message_info', jid: GROUP, index: 'A' } },
    kind: { metric: 'QUERY_MESSAGE_INFO' },
  })
  t.strictSame(await groups.readers(GROUP, 'A'), { read: new Map(), delivered: new Map() })
})

t.test('does nothing while nobody is logged in', async (t) => {
  const none = async (): Promise<Answer> => ({ json: {}, status: 200 })
  const groups = new Groups({ ask: none, query: none, nextTag: () => '', me: () => null, changed: () => {} })
  await t.rejects(groups.create('x', []), { code: 'TETHER_ERR_STATE' })
})

t.test('is told what others change, and takes no notice of what is bent', async (t) => {
  const { groups, changes } = scripted()
  const push = (data: unknown) => groups.takePush('Chat', ['Chat', { id: GROUP, cmd: 'action', data }])
  push(['promote', bob, { participants: [carla] }])
  push(['announce', null, true])
  for (const bent of [null, [], [7], 'x']) push(bent)
  groups.takePush('Chat', ['Chat', null])
  groups.takePush('Msg', ['Msg', { id: GROUP, data: ['add', bob, {}] }])
  t.strictSame(changes, [
    { type: 'group', jid: GROUP, kind: 'promote', by: BOB, details: { participants: [carla] } },
    { type: 'group', jid: GROUP, kind: 'announce', by: null, details: true },
  ])
})

t.test('is part of a client: pushes become events and marks on messages', async (t) => {
  const world = newWorld()
  await world.pair()
  const { client, relay, clock, events } = world
  relay.phone.write(GROUP, { id: 'A', fromMe: true })
  const own = client.send(GROUP, 'hi')
  await clock.run(1000)
  relay.end.push(['Chat', { id: GROUP, cmd: 'action', data: ['subject', bob, { subject: 'Band' }] }])
  const info = { cmd: 'ack', id: own.id, from: '15550001111@c.us', to: GROUP, participant: bob, t: 1 }
  for (const ack of [3, 2]) relay.end.push(['MsgInfo', { ...info, ack }])
  relay.end.push(['MsgInfo', { ...info, participant: carla, ack: 2 }])
  relay.end.push(['MsgInfo', { ...info, id: 'unknown', ack: 2 }])
  relay.end.push(['MsgInfo', { ...info, ack: 'x' }])
  await clock.run(1000)
  t.match(
    events.find(({ type }) => type === 'group'),
    { kind: 'subject', by: BOB },
  )
  const sent = client.messages(GROUP).find(({ id }) => id === own.id)!
  t.strictSame(sent.reached, new Map([[BOB, 'read'], [CARLA, 'delivered']])) // prettier-ignore
  t.equal(sent.status, 'server', 'the tick for all is the phone’s to say')
  client.stop()
})
