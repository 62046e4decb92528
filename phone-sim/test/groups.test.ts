import t from 'tap'
import { formatBase64 } from 'proto/base64'
import { utf8 } from 'proto/bytes'
import type { Node } from 'proto/node'
import { contentOf, textOf } from 'proto/web-message'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { choir, lines } from './group-world.ts'
import { messagesOf } from './browser-double.ts'
import { ALICE, BOB, CARLA, jid, PhoneWorld } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

const DORA = '15550005555'

t.test('it makes a group of every notice: facts, chat, and a message of the history', async (t) => {
  const { alice, bob, carla, group, change } = await choir(t)
  await change({ kind: 'subject', subject: 'Band' })
  await change({ kind: 'description', text: 'We play', id: 'D1' }, bob)
  await change({ kind: 'announce', value: true })
  await change({ kind: 'promote', members: [BOB] })
  for (const phone of [alice, bob, carla]) {
    t.strictSame(lines(phone, group), [
      ...['GROUP_CREATE', 'GROUP_CHANGE_SUBJECT', 'GROUP_CHANGE_DESCRIPTION', 'GROUP_CHANGE_ANNOUNCE'],
      'GROUP_PARTICIPANT_PROMOTE',
    ])
    t.match(phone.groups.find(group), {
      ...{ subject: 'Band', description: 'We play', announce: true, isMember: true },
      members: [
        { number: ALICE, role: 'owner' },
        { number: BOB, role: 'admin' },
        { number: CARLA, role: 'member' },
      ],
    })
    t.match(phone.chats()[0], { jid: group, name: 'Band', unread: 0 })
  }
  t.match(alice.messages(group)[2], { fromMe: false, author: jid(BOB), status: 'received' })
  t.match(bob.messages(group)[2], { fromMe: true, author: jid(BOB), status: 'server' })
  t.match(carla.messages(group)[0], {
    ...{ type: 'notice', text: '+15550001111 created the group "Choir"' },
    notice: { stub: 'GROUP_CREATE', parameters: ['Choir'] },
  })
})

t.test('it shows a group in the chat list as the directory has it', async (t) => {
  const { world, carla, group, change } = await choir(t)
  const browser = await world.linked(carla)
  const attrs = async () => {
    const { node } = await browser.query('chat')
    return (node!.content as Node[]).find((chat) => chat.attrs['jid'] === group)!.attrs
  }
  t.match(await attrs(), { name: 'Choir', count: '0', ephemeral: undefined, read_only: undefined })
  await change({ kind: 'ephemeral', seconds: 604_800 })
  t.match(await attrs(), { ephemeral: '604800', eph_setting_ts: '1600000000' })
  await change({ kind: 'ephemeral', seconds: 0 })
  t.notOk('ephemeral' in (await attrs()))
  await change({ kind: 'remove', members: [CARLA] })
  t.match(await attrs(), { read_only: 'true' })
  t.match(carla.groups.find(group), { isMember: false })
  await change({ kind: 'add', members: [CARLA] })
  t.notOk('read_only' in (await attrs()))
})

t.test('it knows since when the timer is set: whoever set it, and who comes later', async (t) => {
  const { world, alice, bob, group, change } = await choir(t)
  const dora = await world.phone(DORA, 'Dora')
  const [atAlice, atBob, atDora] = [
    await world.linked(alice),
    await world.linked(bob),
    await world.linked(dora),
  ]
  await change({ kind: 'ephemeral', seconds: 604_800 })
  const setAt = world.clock.now() / 1000
  await world.clock.advance(60_000)
  await change({ kind: 'add', members: [DORA] })
  await until(() => dora.groups.find(group) !== null, 'she is in')
  for (const browser of [atAlice, atBob, atDora]) {
    const { node } = await browser.query('chat')
    const { attrs } = (node!.content as Node[]).find((chat) => chat.attrs['jid'] === group)!
    t.equal(attrs['eph_setting_ts'], String(setAt))
  }
  for (const phone of [alice, dora]) {
    const text = `by ${phone.number}`
    await phone.sendText(group, text)
    await until(() => lines(bob, group).includes(text), 'at Bob')
    const infos = () =>
      atBob.arrived.flatMap(({ node }) => (node?.attrs['add'] === 'relay' ? messagesOf(node) : []))
    await until(() => infos().some((info) => textOf(info) === text), 'in his browser')
    const { extendedTextMessage } = contentOf(infos().find((info) => textOf(info) === text)!)!
    t.equal(Number(extendedTextMessage?.contextInfo?.ephemeralSettingTimestamp), setAt, text)
  }
})

t.test('it relays notices to browsers, and introduces the group to who is added', async (t) => {
  const { world, alice, group, change } = await choir(t)
  const dora = await world.phone(DORA, 'Dora')
  const browser = await world.linked(dora)
  browser.arrived = []
  await change({ kind: 'add', members: [DORA] })
  await until(() => lines(dora, group).length === 2, 'the notices')
  const relayed = browser.arrived.flatMap(({ node }) =>
    node?.attrs['add'] === 'relay' ? messagesOf(node) : [],
  )
  t.match(
    relayed.map(({ messageStubType, messageStubParameters }) => [
      messageStubType,
      [...messageStubParameters],
    ]),
    [
      [20, ['Choir']],
      [27, [jid(DORA)]],
    ],
    'how it began comes first, since clients learn the name from it',
  )
  await change({ kind: 'remove', members: [DORA] })
  await change({ kind: 'add', members: [DORA] })
  await until(() => lines(dora, group).length === 4, 'the second time')
  t.equal(lines(dora, group).filter((stub) => stub === 'GROUP_CREATE').length, 1, 'it is known already')
  t.equal(lines(alice, group).filter((stub) => stub === 'GROUP_CREATE').length, 1)
})

t.test('it takes a notice once, whatever comes again or comes late', async (t) => {
  const { world, bob, group, change } = await choir(t)
  await change({ kind: 'subject', subject: 'Band' })
  world.relay.post(BOB, late(world, group))
  await until(() => lines(bob, group).length === 3, 'the late one is history')
  t.match(bob.groups.find(group), { subject: 'Band' }, 'but no news')
  world.relay.post(BOB, { ...late(world, group), mail: 'AGAIN' })
  await turns(10)
  t.equal(lines(bob, group).length, 3)
})

/** A notice of the first version that comes after the second. */
function late(world: PhoneWorld, jid: string) {
  const facts = { ...world.relay.groups.facts(jid), version: 1, subject: 'Choir' }
  const notice = {
    id: 'LATE',
    by: ALICE,
    at: 1_600_000_000,
    event: { kind: 'announce', value: true },
    group: facts,
  }
  return {
    from: ALICE,
    mail: 'LATE',
    kind: 'notice' as const,
    body: formatBase64(utf8(JSON.stringify(notice))),
  }
}

t.test('it records a notice that makes no sense, and goes on', async (t) => {
  const { world, bob, group, change } = await choir(t)
  for (const text of ['', '{}', '{"id":"x"}']) {
    world.relay.post(BOB, { from: ALICE, mail: `BAD${text}`, kind: 'notice', body: formatBase64(utf8(text)) })
  }
  await change({ kind: 'subject', subject: 'Band' })
  t.equal(bob.auditRecords(99).filter(({ kind }) => kind === 'notice.malformed').length, 3)
  t.match(bob.groups.find(group), { subject: 'Band' })
})

t.test('it fetches what it does not know when it attaches', async (t) => {
  const { world, alice, bob, carla, group } = await choir(t)
  await alice.sendText(group, 'one')
  await until(() => bob.messages(group).length === 2 && carla.messages(group).length === 2, 'arrival')
  await bob.stop()
  const again = await world.phone(BOB, 'Bob', {
    store: openPhoneStore(':memory:', { clock: world.clock }),
    entropy: world.entropy.fork('a new device'),
  })
  await until(() => again.groups.find(group) !== null, 'the group')
  t.match(again.groups.find(group), { subject: 'Choir', isMember: true })
  t.match(again.chats(), [{ jid: group, name: 'Choir', lastMessage: null }])
  t.ok(again.auditRecords(9).some(({ kind }) => kind === 'group.fetched'))
})

t.test('it learns after the waiting mail what no notice told, and that it is out', async (t) => {
  const { world, bob, carla, group } = await choir(t)
  const browser = await world.linked(bob)
  for (const phone of [bob, carla]) phone.setDevice({ network: 'none' })
  await until(() => [BOB, CARLA].every((number) => !world.relay.account(number).attached), 'away')
  world.relay.groups.silent = true // as if their notices had expired
  const { members } = world.relay.groups.facts(group)
  world.relay.groups.happens(
    group,
    ALICE,
    { kind: 'subject', subject: 'Band' },
    {
      subject: 'Band',
      members: members.filter(({ number }) => number !== CARLA),
    },
  )
  world.relay.groups.silent = false
  for (const phone of [bob, carla]) phone.setDevice({ network: 'wifi' })
  await until(() => bob.groups.find(group)?.subject === 'Band', 'the new name')
  await until(() => carla.groups.find(group)?.isMember === false, 'out')
  await until(() => told(browser, 'user').length > 0, 'the browser')
  t.match(told(browser, 'user')[0].attrs, { jid: group, name: 'Band' })
  t.ok(carla.auditRecords(9).some(({ kind }) => kind === 'group.lost'))
  await t.rejects(carla.sendText(group, 'x'), { code: 'TETHER_ERR_GROUP_MEMBER' })
})

function told(browser: { arrived: { node: Node | null }[] }, tag: string): Node[] {
  return browser.arrived.flatMap(({ node }) =>
    node?.tag === 'action' && Array.isArray(node.content) && node.content[0]?.tag === tag ? node.content : [],
  )
}

t.test(
  'it takes what a member wrote before leaving, though the directory lists the member no more',
  async (t) => {
    const { world, alice, bob, carla, group } = await choir(t)
    bob.setDevice({ network: 'none' })
    await until(() => !world.relay.account(BOB).attached, 'away')
    await carla.sendText(group, 'farewell')
    await until(() => lines(alice, group).includes('farewell'), 'sent')
    await carla.groups.leave(group)
    await alice.groups.change(group, { kind: 'subject', subject: 'Band' })
    await turns(10)
    bob.setDevice({ network: 'wifi' })
    await until(() => lines(bob, group).length === 4, 'everything in order')
    t.strictSame(lines(bob, group).slice(1), ['farewell', 'GROUP_PARTICIPANT_LEAVE', 'GROUP_CHANGE_SUBJECT'])
  },
)

t.test('it asks the server nothing that the server could not read', async (t) => {
  const { world, alice, group } = await choir(t)
  const asked = () => world.relay.heard.filter(({ type }) => type.startsWith('group')).length
  const before = asked()
  for (const subject of ['', 'x'.repeat(101)]) {
    await t.rejects(alice.groups.create(subject, []), { code: 'TETHER_ERR_BODY' })
    await t.rejects(alice.groups.change(group, { kind: 'subject', subject }), { code: 'TETHER_ERR_BODY' })
  }
  await t.rejects(alice.groups.change(group, { kind: 'add', members: [] }), { code: 'TETHER_ERR_BODY' })
  t.equal(asked(), before)
  alice.setDevice({ network: 'none' })
  await t.rejects(alice.groups.create('x', []), { code: 'TETHER_ERR_PHONE_AWAY' })
})

t.test('it keeps groups over a restart', async (t) => {
  const file = `${t.testdir()}/bob.db`
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const open = () => openPhoneStore(file, { clock: world.clock })
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob', { store: open() })
  const { group } = await alice.groups.create('Choir', [BOB])
  await until(() => bob.groups.find(group.jid) !== null, 'the group')
  await bob.stop()
  const again = await world.phone(BOB, 'Bob', { store: open() })
  t.strictSame(again.groups.list(), [{ ...group }])
  await again.sendText(group.jid, 'still here')
  await until(() => lines(alice, group.jid).includes('still here'), 'arrival')
})

t.test('it records who is in a group without a word', async (t) => {
  const { world, alice, group, change } = await choir(t)
  const unannounced = () => alice.auditRecords(99).filter(({ kind }) => kind === 'group.unannounced')
  await change({ kind: 'add', members: [DORA] })
  await change({ kind: 'subject', subject: 'Band' })
  t.strictSame(unannounced(), [])
  const { members } = world.relay.groups.facts(group)
  const silent = [...members, { number: '15550009999', role: 'member' as const }]
  world.relay.groups.happens(group, ALICE, { kind: 'announce', value: true }, { members: silent })
  await until(() => alice.groups.find(group)?.members.length === silent.length, 'the notice')
  t.match(unannounced(), [{ fields: { group, number: '15550009999' } }])
})
