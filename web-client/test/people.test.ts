import t from 'tap'
import { utf8 } from 'proto/bytes'
import type { Node } from 'proto/node'
import { People, type PeopleChange } from '../src/people.ts'
import type { Answer, NodeKind } from '../src/connection.ts'
import { ALICE, BOB } from './scripted-phone.ts'
import { newWorld } from './world.ts'

const GROUP = '15550001111-1600000000@g.us'

/** People of whom the far end says what `answers` says, one after the other. */
function scripted(...answers: Readonly<Record<string, unknown>>[]) {
  const asked: unknown[] = []
  const sent: { node: Node; kind: NodeKind; tag: string | undefined }[] = []
  const changes: PeopleChange[] = []
  const next = (): Answer => {
    const json = answers.shift() ?? { status: 200 }
    return { json, status: typeof json.status === 'number' ? json.status : null }
  }
  const people = new People({
    ask: async (json) => (asked.push(json), next()),
    query: async (node, kind, tag) => (sent.push({ node: node('7'), kind, tag }), next()),
    nextTag: () => '1.--9',
    me: () => ALICE,
    changed: (change) => void changes.push(change),
  })
  return { people, asked, sent, changes }
}

t.test('asks who has a number', async (t) => {
  const { people, asked } = scripted(
    { status: 200, jid: '15550002222@c.us' },
    { status: 200, jid: '15550002222@c.us', biz: true },
    { status: 404 },
    { status: 500 },
  )
  t.strictSame(await people.find('15550002222'), { jid: BOB, isBusiness: false })
  t.strictSame(await people.find(BOB), { jid: BOB, isBusiness: true })
  t.equal(await people.find('15550009999'), null)
  await t.rejects(people.find('15550009999'), { code: 'TETHER_ERR_BODY' })
  await t.rejects(people.find('nobody'), { code: 'TETHER_ERR_JID' })
  t.strictSame(asked[0], ['query', 'exist', '15550002222@c.us'])
})

t.test('tells what is there, what is not, and what is hidden from us', async (t) => {
  const { people, asked } = scripted(
    { eurl: 'http://here/pictures/x', tag: '4' },
    { status: '404' },
    { t: 1_600_000_000 },
    { status: 404 },
    { status: 401 },
    { status: 500 },
  )
  t.strictSame(await people.picture(GROUP), { url: 'http://here/pictures/x', tag: '4' })
  t.strictSame(await people.about(BOB), { text: '404' }, 'a text, whatever it says')
  t.strictSame(await people.lastSeen(BOB), { at: 1_600_000_000_000 })
  t.equal(await people.picture(BOB), 'none')
  t.equal(await people.about(BOB), 'hidden')
  await t.rejects(people.lastSeen(BOB), { code: 'TETHER_ERR_BODY' })
  t.strictSame(asked.slice(0, 3), [
    ['query', 'ProfilePicThumb', GROUP],
    ['query', 'Status', '15550002222@c.us'],
    ['query', 'Presence', 'lastseen', '15550002222@c.us'],
  ])
})

t.test('lists business profiles by JID, and replaces its own', async (t) => {
  const profile = { description: 'Bread' }
  const { people, asked } = scripted(
    { status: 200, profiles: [{ wid: '15550002222@c.us', profile }, { profile }, 7] },
    { status: 404 },
    { status: 200 },
    { status: 403 },
  )
  t.strictSame([...(await people.businessProfiles([BOB]))], [[BOB, profile]])
  t.equal((await people.businessProfiles([BOB])).size, 0)
  await people.setBusinessProfile(profile)
  t.strictSame(asked.at(-1), ['action', 'editBusinessProfile', { description: 'Bread', v: 2 }])
  await t.rejects(people.setBusinessProfile(profile), { code: 'TETHER_ERR_CONSENT_DENIED' })
})

t.test('changes what others see, in the words of the protocol', async (t) => {
  const { people, sent } = scripted(
    { status: 200 },
    { status: 200, pushname: 'Al' },
    { status: 200, eurl: 'http://here/pictures/x', tag: '5' },
    { status: 200 },
    { status: 200 },
    { status: 200 },
    { status: 413 },
  )
  await people.setAbout('❄')
  t.equal(await people.setName('Al'), 'Al')
  const image = Uint8Array.of(1)
  t.strictSame(await people.setPicture(image, image), { url: 'http://here/pictures/x', tag: '5' })
  await people.removePicture(GROUP)
  await people.block(BOB)
  await people.unblock('15550002222@c.us')
  await t.rejects(people.setPicture(image, image), { code: 'TETHER_ERR_TOO_LARGE' })
  const changesOf = sent.map(({ node }) => (node.content as Node[])[0])
  t.match(changesOf, [
    { tag: 'status', content: utf8('❄') },
    { tag: 'profile', attrs: { name: 'Al' } },
    {
      tag: 'picture',
      attrs: { jid: ALICE, id: '1.--9', type: 'set' },
      content: [{ tag: 'image' }, { tag: 'preview' }],
    },
    { tag: 'picture', attrs: { jid: GROUP, type: 'delete' }, content: [] },
    { tag: 'block', attrs: { type: 'add' }, content: [{ tag: 'user', attrs: { jid: BOB } }] },
    { tag: 'block', attrs: { type: 'remove' }, content: [{ tag: 'user', attrs: { jid: BOB } }] },
  ])
  t.strictSame(sent[2]?.tag, '1.--9', 'the tag of the request is the id of the picture')
  t.strictSame(sent[2]?.kind, { metric: 'PIC', flags: ['IGNORE', 'EXPIRES'] })
})

t.test('hears of about texts, pictures, presences and the block list', async (t) => {
  const { people, changes } = scripted()
  people.takePush('Status', ['Status', { id: '15550002222@c.us', status: 'Away' }])
  people.takePush('Cmd', ['Cmd', { type: 'picture', jid: '15550002222@c.us', tag: '3' }])
  people.takePush('Cmd', ['Cmd', { type: 'picture', jid: GROUP, tag: 'removed' }])
  people.takePush('Presence', [
    'Presence',
    { id: '15550002222@c.us', type: 'unavailable', t: 1_600_000_000, deny: false },
  ])
  people.takePush('Presence', ['Presence', { id: GROUP, participant: '15550002222@c.us', type: 'composing' }])
  people.takePush('Blocklist', ['Blocklist', { id: 1, blocklist: ['15550002222@c.us'] }])
  people.takePush('Blocklist', ['Blocklist', { id: 1, blocklist: ['15550002222@c.us'] }])
  const gone = { jid: BOB, chat: BOB, state: 'unavailable', lastSeen: 1_600_000_000_000, denied: false }
  const types = { jid: BOB, chat: GROUP, state: 'composing', lastSeen: null, denied: false }
  t.strictSame(changes, [
    { type: 'about', jid: BOB, text: 'Away' },
    { type: 'picture', jid: BOB, tag: '3' },
    { type: 'picture', jid: GROUP, tag: null },
    { type: 'presence', presence: gone },
    { type: 'presence', presence: types },
    { type: 'blocked', jids: [BOB] },
  ] as PeopleChange[])
  t.strictSame(people.presence('15550002222@c.us'), gone)
  t.strictSame(people.presence(BOB, GROUP), types)
  people.lost()
  t.equal(people.presence(BOB), null, 'nobody knows that any more')
  t.strictSame(people.blocked, [BOB])
  people.reset()
  t.strictSame(people.blocked, [])
})

t.test('takes no notice of pushes that are bent, or for others', async (t) => {
  const { people, changes } = scripted()
  const bodies = [
    null,
    7,
    {},
    { id: 7, status: 'x' },
    { type: 'picture', jid: 7, tag: '1' },
    { type: 'update' },
  ]
  for (const name of ['Status', 'Cmd', 'Presence', 'Blocklist', 'toString', 'Msg'])
    for (const body of bodies) people.takePush(name, [name, body])
  people.takePush('Presence', ['Presence', { id: BOB, type: 'toString' }])
  t.strictSame(changes, [])
})

t.test('is told by a client what the server pushes, sleep of the phone and an old version too', async (t) => {
  const world = newWorld()
  await world.pair()
  const { client, relay, events, clock } = world
  relay.end.push(['Cmd', { type: 'picture', jid: '15550002222@c.us', tag: '3' }])
  relay.end.push(['Stream', 'asleep'])
  relay.end.push(['Cmd', { type: 'update' }])
  await clock.run(10)
  t.equal(client.phone.asleep, true)
  t.match(events.slice(-3), [
    { type: 'picture', jid: BOB },
    { type: 'phone', phone: { asleep: true } },
    { type: 'outdated' },
  ])
  relay.end.push(['Pong', true])
  await clock.run(10)
  t.equal(client.phone.asleep, false, 'it has spoken')
  client.stop()
  await t.rejects(client.people.about(BOB), { code: 'TETHER_ERR_STATE' })
})
