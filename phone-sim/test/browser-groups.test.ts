import t, { type Test } from 'tap'
import { utf8, utf8Text } from 'proto/bytes'
import { answerCheckerOf } from 'proto/message-checkers'
import type { Node } from 'proto/node'
import type { BrowserDouble } from './browser-double.ts'
import { choir, lines } from './group-world.ts'
import { ALICE, BOB, CARLA, jid } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

const DORA = '15550005555'
const node = (tag: string, attrs: Record<string, string>, content: Node['content'] = null): Node => ({
  tag,
  attrs,
  content,
})
const people = (...numbers: string[]) =>
  numbers.map((number) => node('participant', { jid: `${number}@c.us` }))
const wid = (number: string) => `${number}@c.us`

async function linked(t: Test) {
  const made = await choir(t)
  const browser = await made.world.linked(made.alice)
  const set = async (type: string, attrs: Record<string, string> = {}, content: Node['content'] = null) =>
    (
      await browser.set(
        node('group', { type, author: jid(ALICE), id: '1', jid: made.group, ...attrs }, content),
      )
    ).json
  return { ...made, browser, set }
}

t.test('it answers a creation with a list, and the other changes of members with an object', async (t) => {
  const { world, browser, set, group } = await linked(t)
  await world.phone(DORA, 'Dora')
  const child = node(
    'group',
    { type: 'create', author: jid(ALICE), id: '1', subject: 'Band' },
    people(BOB, DORA),
  )
  const made = (await browser.set(child)).json as { gid: string }
  t.strictSame(made, {
    ...{ status: 200, gid: made.gid },
    participants: [{ [wid(BOB)]: { code: '200' } }, { [wid(DORA)]: { code: '200' } }],
  })
  t.match(made.gid, /^15550001111-[0-9]+@g\.us$/)
  t.ok(answerCheckerOf('groupCreate')(made))
  for (const type of ['add', 'promote', 'demote', 'remove']) {
    const answer = await set(type, {}, people(DORA))
    t.strictSame(answer, { status: 200, participants: { [wid(DORA)]: { code: '200' } } }, type)
    t.ok(answerCheckerOf('groupMembers')(answer))
  }
  t.match(world.relay.groups.facts(group), { version: 5 })
})

t.test('it changes subject, description and settings, and leaves', async (t) => {
  const { set, world, group } = await linked(t)
  const facts = () => world.relay.groups.facts(group)
  const ok = { status: 200 }
  t.strictSame(await set('subject', { subject: 'Band' }), ok)
  t.strictSame(await set('description', {}, [node('description', { id: 'D1' }, utf8('We play'))]), ok)
  t.match(facts(), { subject: 'Band', description: { text: 'We play', id: 'D1' } })
  t.strictSame(await set('description', {}, [node('description', { id: 'D2', prev: 'D1' })]), ok)
  t.equal(facts().description, null)
  t.strictSame(await set('prop', {}, [node('announcement', { value: 'true' })]), ok)
  t.strictSame(
    await set('prop', {}, [node('locked', { value: 'true' }), node('ephemeral', { value: '60' })]),
    ok,
  )
  t.match(facts(), { announce: true, restrict: true, ephemeral: 60 })
  t.strictSame(await set('leave', {}, []), ok)
  t.notOk(facts().members.some(({ number }) => number === ALICE))
})

t.test('it refuses what makes no sense, and says why the directory does not', async (t) => {
  const { set, browser, world, group } = await linked(t)
  const bad = { status: 400 }
  for (const [type, attrs, content] of [
    ['rename', {}, null],
    ['subject', { subject: '' }, null],
    ['add', {}, null],
    ['add', {}, [node('participant', { jid: group })]],
    ['description', {}, null],
    ['prop', {}, []],
    ['prop', {}, [node('announcement', { value: 'maybe' })]],
    ['prop', {}, [node('colour', { value: 'true' })]],
    ['create', { subject: 'x' }, [node('participant', { jid: 'nobody' })]],
    ['create', {}, people(BOB)],
  ] as const) {
    t.strictSame(await set(type, attrs, content as Node['content']), bad, `${type} ${JSON.stringify(attrs)}`)
  }
  t.strictSame(await set('leave', { jid: jid(BOB) }), { status: 404 })
  t.strictSame(await set('leave', { jid: `${ALICE}-1@g.us` }), { status: 404 })
  t.match(world.relay.groups.facts(group), { version: 1 })
  const reader = await world.linked(world.phones[0], { grant: true, scope: 'read' })
  t.match((await reader.set(node('group', { type: 'leave', jid: group }))).json, { status: 403 })
  reader.sendText('a,["action","invite","x"]')
  t.match((await reader.answer('a')).json, { status: 403 })
  t.ok(browser)
})

const ask = async (browser: BrowserDouble, tag: string, body: unknown) => {
  browser.sendText(`${tag},${JSON.stringify(body)}`)
  return (await browser.answer(tag)).json
}

t.test('it tells members all about a group, and others why not', async (t) => {
  const { browser, world, group, change, carla } = await linked(t)
  await change({ kind: 'promote', members: [BOB] })
  const metadata = () => ask(browser, 'm', ['query', 'GroupMetadata', group])
  const plain = {
    ...{ id: group, owner: wid(ALICE), subject: 'Choir', creation: 1_600_000_000 },
    participants: [
      { id: wid(ALICE), isAdmin: true, isSuperAdmin: true },
      { id: wid(BOB), isAdmin: true, isSuperAdmin: false },
      { id: wid(CARLA), isAdmin: false, isSuperAdmin: false },
    ],
    ...{ subjectTime: 1_600_000_000, subjectOwner: wid(ALICE), restrict: false, announce: false },
  }
  t.strictSame(await metadata(), plain)
  await change({ kind: 'description', text: 'We sing', id: 'D1' })
  await change({ kind: 'ephemeral', seconds: 60 })
  browser.arrived = []
  const full = await metadata()
  t.strictSame(full, {
    ...plain,
    ...{
      desc: 'We sing',
      descId: 'D1',
      descTime: 1_600_000_000,
      descOwner: wid(ALICE),
      ephemeralDuration: 60,
    },
  })
  t.ok(answerCheckerOf('groupMetadata')(full))
  t.strictSame(await ask(browser, 'u', ['query', 'GroupMetadata', `${ALICE}-1@g.us`]), { status: 404 })
  t.strictSame(await ask(browser, 'p', ['query', 'GroupMetadata', jid(BOB)]), { status: 404 })
  const atCarla = await world.linked(carla)
  await change({ kind: 'remove', members: [CARLA] })
  t.strictSame(await ask(atCarla, 'm', ['query', 'GroupMetadata', group]), { status: 401 })
  const old = (await atCarla.query('group', { jid: group })).node!
  t.match(old, {
    ...{ tag: 'response', attrs: { type: 'group', creator: jid(ALICE), create: '1600000000' } },
    content: [{ tag: 'group', attrs: { creator: jid(ALICE), create: '1600000000', subject: 'Choir' } }],
  })
  const children = (old.content as Node[])[0].content as Node[]
  t.strictSame(
    children.map(({ tag, attrs }) => [tag, attrs]),
    [
      ['participant', { jid: jid(ALICE), type: 'admin' }],
      ['participant', { jid: jid(BOB), type: 'admin' }],
      ['description', { id: 'D1' }],
    ],
  )
  t.equal(utf8Text(children[2].content as Uint8Array), 'We sing')
  t.match((await atCarla.query('group', { jid: `${ALICE}-1@g.us` })).json, { status: 404 })
  t.match((await atCarla.query('group', { jid: jid(BOB) })).json, { status: 404 })
})

t.test('it joins by an invitation, and makes the old one invalid', async (t) => {
  const { browser, world, group, alice } = await linked(t)
  const dora = await world.phone(DORA, 'Dora')
  const code = await alice.groups.inviteCode(group)
  const atDora = await world.linked(dora)
  t.strictSame(await ask(atDora, 'j', ['action', 'invite', code]), { status: 200, gid: group })
  t.match(dora.groups.find(group), { isMember: true, subject: 'Choir' }, 'known before the notice')
  await until(() => lines(dora, group).length === 2, 'the notices')
  t.strictSame(lines(dora, group), ['GROUP_CREATE', 'GROUP_PARTICIPANT_INVITE'])
  t.strictSame(await ask(atDora, 'x', ['action', 'invite', 'guess']), { status: 404 })
  t.strictSame(await ask(browser, 'r', ['action', 'inviteReset', group]), { status: 200 })
  t.strictSame(await ask(browser, 'n', ['action', 'inviteReset', jid(BOB)]), { status: 404 })
  await until(() => lines(alice, group).at(-1) === 'GROUP_CHANGE_INVITE_LINK', 'told')
})

t.test('the server hears which browser asked, and of none when the phone itself did', async (t) => {
  const { browser, world, alice, bob, group } = await linked(t)
  const asked = (type: string) =>
    world.relay.heard
      .filter((message) => message.type === type)
      .map((message) => ('by' in message ? message.by : null))
  const by = browser.connection
  const child = node('group', { type: 'create', author: jid(ALICE), id: '1', subject: 'Band' }, people(BOB))
  await browser.set(child)
  await alice.groups.create('Trio', [BOB])
  t.strictSame(asked('groupCreate'), [null, by, null])

  const code = await alice.groups.inviteCode(group)
  t.match(await ask(browser, 'j', ['action', 'invite', code]), { status: 200 })
  await bob.groups.join(code)
  t.strictSame(asked('groupJoin'), [by, null])
})

t.test('it names all readers and receivers of a message, with their times', async (t) => {
  const { browser, world, alice, bob, carla, group } = await linked(t)
  carla.setDevice({ network: 'none' })
  const { id } = await alice.sendText(group, 'one')
  const info = async () => {
    const { node: found } = await browser.query('message_info', { jid: group, index: id })
    t.ok(answerCheckerOf('queryReceipts')(found))
    return (found!.content as Node[] | null)?.map(({ tag, content }) => [
      tag,
      (content as Node[]).map(({ attrs }) => `${attrs['jid']} ${attrs['t']}`),
    ])
  }
  await until(() => bob.messages(group).length === 2, 'at Bob')
  await turns(20)
  await world.clock.advance(5_000)
  await bob.markRead(group)
  await turns(20)
  const bobs = (t: number) => `${jid(BOB)} ${t}`
  t.strictSame(await info(), [
    ['read', [bobs(1_600_000_005)]],
    ['delivery', [bobs(1_600_000_000)]],
  ])
  await world.clock.advance(5_000)
  carla.setDevice({ network: 'wifi' })
  await until(() => alice.messages(group).at(-1)?.status === 'delivered', 'at Carla')
  t.strictSame(await info(), [
    ['read', [bobs(1_600_000_005)]],
    ['delivery', [bobs(1_600_000_000), `${jid(CARLA)} 1600000010`]],
  ])
  t.match((await browser.query('message_info', { jid: group, index: 'nothing' })).json, { status: 404 })
})

t.test('it reads, plays, archives and searches in groups as in other chats', async (t) => {
  const { browser, world, alice, bob, carla, group } = await linked(t)
  const one = await bob.sendText(group, 'one fish')
  const two = await carla.sendText(group, 'two fish')
  await until(() => lines(alice, group).length === 3, 'arrival')
  t.equal(alice.chats()[0].unread, 2, 'notices do not count')
  const before = world.relay.heard.length
  t.match((await browser.set(node('read', { jid: group, count: '2', index: two.id, owner: 'false' }))).json, {
    status: 200,
  })
  await until(() => alice.chats()[0].unread === 0, 'read')
  const receipts = world.relay.heard
    .slice(before)
    .flatMap((m) =>
      m.type === 'mail' && m.kind === 'receipt'
        ? [[m.to, JSON.parse(Buffer.from(m.body, 'base64').toString()) as { ids: string[] }] as const]
        : [],
    )
  const read = receipts.filter(([, { ids }]) => ids.length === 1)
  t.match(
    new Map(read).get(BOB),
    { ids: [one.id], level: 'read', chat: group },
    'each author gets what it wrote',
  )
  t.match(new Map(read).get(CARLA), { ids: [two.id], level: 'read', chat: group })
  t.match(
    (
      await browser.set(
        node('received', {
          type: 'played',
          from: group,
          index: one.id,
          owner: 'false',
          participant: jid(BOB),
        }),
      )
    ).json,
    { status: 200 },
  )
  await until(() => bob.messages(group).find(({ id }) => id === one.id)?.status !== 'server', 'played')
  for (const [type, more] of [['archive', {}], ['unarchive', {}], ['pin', { pin: '1600000000' }], ['mute', { mute: '1700000000' }]] as const) {
    t.match((await browser.set(node('chat', { jid: group, type, ...more }))).json, { status: 200 }, type)
  } // prettier-ignore
  const item = node('item', { index: one.id, owner: 'false' })
  t.match((await browser.set(node('chat', { jid: group, type: 'star' }, [item]))).json, { status: 200 })
  const count = async (type: string, attrs: Record<string, string>) =>
    ((await browser.query(type, { count: '9', ...attrs })).node!.content as Node[]).length
  t.equal(await count('star', { chat: group }), 1)
  t.equal(await count('search', { search: 'FISH', page: '1', jid: group }), 2)
  t.equal(await count('message', { jid: group, kind: 'before' }), 3)
  t.match((await browser.set(node('chat', { jid: group, type: 'clear', star: 'true' }))).json, {
    status: 200,
  })
  t.equal(await count('message', { jid: group, kind: 'before' }), 1)
  t.match((await browser.set(node('chat', { jid: group, type: 'delete' }))).json, { status: 200 })
  t.strictSame(alice.chats(), [])
  await bob.sendText(group, 'anybody?')
  await until(() => alice.chats().length === 1, 'it is a group still')
  t.match(alice.chats(), [{ name: 'Choir', unread: 1 }])
})
