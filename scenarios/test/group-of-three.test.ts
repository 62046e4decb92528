/** Three people in a group, told in virtual time with phones and our own clients: what one does reaches the others. */
import t from 'tap'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BOB, createWorld } from 'harness'
import { codeOf } from 'proto/errors'
import type { ClientEvent } from 'web-client'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { browserPlace, browsersOf } from '../src/browser.ts'
import { CARLA, CARLA_JID, groupStory, linesOf } from '../src/group-story.ts'
import { takeOffline } from '../src/phone-absence.ts'

const DORA = { number: '15550005555', name: 'Dora' }

t.test('it carries what each member writes to all others, once, with its author', async (t) => {
  const { world, alice, bob, carla, browsers, group } = await groupStory(t)
  const atBob = await browsers.pair('bob', bob)
  const all = ['Alice: GROUP_CREATE Choir']
  for (const [phone, name] of [[alice, 'Alice'], [bob, 'Bob'], [carla, 'Carla']] as const) {
    await world.finish(phone.sendText(group, `by ${name}`))
    all.push(`${name}: by ${name}`)
    await world.until(() => world.phones.every((each) => linesOf(each, group).length === all.length))
  } // prettier-ignore
  await world.until(() => atBob.messages(group).length === all.length)
  const own = atBob.send(group, 'by the browser of Bob')
  all.push('Bob: by the browser of Bob')
  await world.until(() => world.phones.every((each) => linesOf(each, group).length === all.length))
  await world.pass(10_000)
  for (const phone of world.phones) t.strictSame(linesOf(phone, group), all)
  await world.until(() => alice.messages(group)[1].status === 'delivered')

  t.match(atBob.chat(group), { name: 'Choir', group: true, unread: 2, readOnly: false })
  t.strictSame(
    atBob.messages(group).map(({ author, fromMe, text }) => [fromMe ? 'me' : atBob.nameOf(author!), text]),
    [
      ['Alice', '+15550001111 created the group "Choir"'],
      ...[
        ['Alice', 'by Alice'],
        ['me', 'by Bob'],
        ['Carla', 'by Carla'],
        ['me', own.text],
      ],
    ],
  )
})

t.test(
  'it tells the others of every change, by notices on the phones and pushes in the browsers',
  async (t) => {
    const { world, alice, bob, carla, browsers, group } = await groupStory(t)
    const [atAlice, atBob] = [await browsers.pair('alice', alice), await browsers.pair('bob', bob)]
    const dora = await world.addPhone(DORA)
    const pushed: Record<string, string[]> = { alice: [], bob: [] }
    for (const [name, client] of [['alice', atAlice], ['bob', atBob]] as const) {
    client.subscribe((event: ClientEvent) => event.type === 'group' && pushed[name].push(event.kind))
  } // prettier-ignore
    const doing = <T>(work: Promise<T>): Promise<T> => world.finish(work)

    t.strictSame(await doing(atAlice.groups.add(group, [dora.jid, CARLA_JID])), new Map([[dora.jid, '200'], [CARLA_JID, '409']])) // prettier-ignore
    await doing(atAlice.groups.promote(group, [BOB_JID]))
    await doing(atBob.groups.rename(group, 'Quartet'))
    await doing(atBob.groups.describe(group, 'We are four'))
    await doing(atBob.groups.configure(group, { announce: true }))
    await doing(atBob.groups.configure(group, { announce: false, restrict: true, ephemeral: 604_800 }))
    await doing(atAlice.groups.demote(group, [BOB_JID]))
    await doing(atAlice.groups.remove(group, [dora.jid]))
    await doing(carla.groups.leave(group))
    const notices = [
      ...['Alice: GROUP_CREATE Choir', `Alice: GROUP_PARTICIPANT_ADD ${dora.jid}`],
      ...[`Alice: GROUP_PARTICIPANT_PROMOTE ${BOB_JID}`, 'Bob: GROUP_CHANGE_SUBJECT Quartet'],
      ...['Bob: GROUP_CHANGE_DESCRIPTION We are four', 'Bob: GROUP_CHANGE_ANNOUNCE on'],
      ...[
        'Bob: GROUP_CHANGE_ANNOUNCE off',
        'Bob: GROUP_CHANGE_RESTRICT on',
        'Bob: CHANGE_EPHEMERAL_SETTING 604800',
      ],
      ...[`Alice: GROUP_PARTICIPANT_DEMOTE ${BOB_JID}`, `Alice: GROUP_PARTICIPANT_REMOVE ${dora.jid}`],
      `Carla: GROUP_PARTICIPANT_LEAVE ${CARLA_JID}`,
    ]
    await world.until(() => [alice, bob].every((phone) => linesOf(phone, group).length === notices.length))
    for (const phone of [alice, bob, carla]) t.strictSame(linesOf(phone, group), notices)
    t.strictSame(linesOf(dora, group), notices.slice(0, -1), 'from its beginning to her removal')

    await world.until(() => pushed['bob'].length === 5 && pushed['alice'].length === 6)
    t.strictSame(pushed['bob'], ['add', 'promote', 'demote', 'remove', 'remove'], 'never of the own change')
    t.strictSame(pushed['alice'], ['subject', 'desc_add', 'announce', 'announce', 'restrict', 'remove'])
    await world.until(() => atBob.messages(group).length === notices.length)
    t.ok(
      atBob.messages(group).every(({ kind }) => kind === 'notice'),
      'and all of it stands in the chat',
    )
    t.match(atBob.chat(group), { name: 'Quartet' })
    t.match(await doing(atBob.groups.find(group)), {
    ...{ subject: 'Quartet', description: { text: 'We are four' }, restrict: true, announce: false, ephemeral: 604_800 },
    members: [{ jid: ALICE_JID, isAdmin: true }, { jid: BOB_JID, isAdmin: false }],
  }) // prettier-ignore
  },
)

t.test('it refuses who may not, and shuts out who is out', async (t) => {
  const { world, alice, bob, carla, browsers, group } = await groupStory(t)
  const [atBob, atCarla] = [await browsers.pair('bob', bob), await browsers.pair('carla', carla)]
  const dora = await world.addPhone(DORA)
  const atDora = await browsers.pair('dora', dora)
  const refused = async (work: Promise<unknown>, code: string) =>
    t.equal(await world.finish(work.then(() => 'done', codeOf)), code) // prettier-ignore
  await refused(atBob.groups.add(group, [dora.jid]), 'TETHER_ERR_GROUP_RIGHT')
  await refused(atBob.groups.inviteCode(group), 'TETHER_ERR_GROUP_RIGHT')
  await refused(atDora.groups.find(group), 'TETHER_ERR_GROUP_MEMBER')
  await refused(atDora.groups.rename(group, 'Mine'), 'TETHER_ERR_GROUP_MEMBER')
  await refused(atDora.groups.join('guess'), 'TETHER_ERR_GROUP_UNKNOWN')
  atDora.send(group, 'Let me in')
  await world.until(() => atDora.messages(group).at(-1)?.status === 'failed')

  await world.finish(alice.groups.change(group, { kind: 'remove', members: [CARLA.number] }))
  await world.until(() => atCarla.chat(group)?.readOnly === true)
  await world.finish(bob.sendText(group, 'Now that she is gone'))
  await world.until(() => linesOf(alice, group).includes('Bob: Now that she is gone'))
  await world.pass(10_000)
  t.strictSame(linesOf(carla, group), [
    'Alice: GROUP_CREATE Choir',
    `Alice: GROUP_PARTICIPANT_REMOVE ${CARLA_JID}`,
  ])
  await refused(atCarla.groups.find(group), 'TETHER_ERR_GROUP_MEMBER')
  t.match(await world.finish(atCarla.groups.recall(group)), { jid: group, owner: ALICE_JID })
  atCarla.send(group, 'Still here?')
  await world.until(() => atCarla.messages(group).at(-1)?.status === 'failed')

  const code = await world.finish(alice.groups.inviteCode(group))
  await refused(atCarla.groups.join(code), 'TETHER_ERR_GROUP_RIGHT')
  t.equal(await world.finish(atDora.groups.join(code)), group, 'a code lets in whom nobody has removed')
  await world.until(() => linesOf(bob, group).at(-1)?.includes('GROUP_PARTICIPANT_INVITE') === true)
})

t.test('it brings a member who was away everything, in order', async (t) => {
  const { world, alice, bob, carla, browsers, group } = await groupStory(t)
  const atCarla = await browsers.pair('carla', carla)
  await takeOffline(world, carla)
  await world.finish(alice.sendText(group, 'one'))
  await world.until(() => linesOf(bob, group).length === 2)
  await world.finish(bob.groups.change(group, { kind: 'subject', subject: 'Band' }))
  await world.until(() => linesOf(alice, group).length === 3)
  await world.finish(alice.sendText(group, 'two'))
  await world.finish(alice.groups.change(group, { kind: 'promote', members: [CARLA.number] }))
  await world.until(() => linesOf(bob, group).length === 5)
  carla.setDevice({ network: 'wifi' })
  await world.until(() => linesOf(carla, group).length === 5)
  for (const phone of [bob, carla]) t.strictSame(linesOf(phone, group), linesOf(alice, group))
  await world.until(() => atCarla.messages(group).length === 5)
  t.match(carla.groups.find(group), { subject: 'Band', members: [{}, {}, { role: 'admin' }] })
})

t.test('it takes receipts all the way: each reader, then the tick for all', async (t) => {
  const { world, alice, bob, carla, browsers, group } = await groupStory(t)
  const [atAlice, atBob, atCarla] = [
    await browsers.pair('alice', alice),
    await browsers.pair('bob', bob),
    await browsers.pair('carla', carla),
  ]
  await takeOffline(world, carla)
  const { id } = atAlice.send(group, 'Who is there?')
  const sent = () => atAlice.messages(group).find((message) => message.id === id)!
  await world.until(() => sent().reached?.get(BOB_JID) === 'delivered')
  atBob.markRead(group)
  await world.until(() => sent().reached?.get(BOB_JID) === 'read')
  t.equal(sent().status, 'server', 'one has not even received it')
  await world.pass(60_000)
  carla.setDevice({ network: 'cell' })
  await world.until(() => sent().status === 'delivered')
  await world.until(() => atCarla.messages(group).some((message) => message.id === id))
  atCarla.markRead(group)
  await world.until(() => sent().status === 'read')
  t.strictSame(sent().reached, new Map([[BOB_JID, 'read'], [CARLA_JID, 'read']])) // prettier-ignore
  const readers = await world.finish(atAlice.groups.readers(group, id))
  t.strictSame([...readers.read.keys()], [BOB_JID, CARLA_JID])
  t.ok(readers.delivered.get(CARLA_JID)! - readers.delivered.get(BOB_JID)! >= 60, 'with their own times')
})

t.test('it is all there again after a restart of server and phones', async (t) => {
  const storage = mkdtempSync(join(tmpdir(), 'group-'))
  t.teardown(() => rmSync(storage, { recursive: true }))
  const place = browserPlace('alice')
  const phones = [{ number: '15550001111', name: 'Alice' }, BOB, CARLA]
  const before = await createWorld({ storage, seed: 'first day', phones })
  const pages = browsersOf(before)
  const [alice, bob, carla] = before.phones
  const { group } = await before.finish(alice.groups.create('Choir', [BOB.number, CARLA.number]))
  const page = await pages.pair(place, alice)
  await before.until(() => before.phones.every((phone) => phone.groups.find(group.jid) !== null))
  await takeOffline(before, carla)
  const { id } = page.send(group.jid, 'Tomorrow at nine')
  await before.until(() => page.messages(group.jid).find((message) => message.id === id)?.status === 'server')
  await before.finish(bob.groups.change(group.jid, { kind: 'subject', subject: 'Band' }))
  const code = await before.finish(alice.groups.inviteCode(group.jid))
  pages.stop()
  await before.stop()

  const startMs = before.clock.now() + 3_600_000
  const after = await createWorld({ storage, seed: 'second day', startMs, phones: [...phones, DORA] })
  const later = browsersOf(after)
  t.teardown(() => after.stop())
  const [alice2, bob2, carla2, dora] = after.phones
  carla2.setDevice({ network: 'wifi' })
  const again = later.open(place)
  await after.finish(again.start())
  await after.until(
    () => again.messages(group.jid).find((message) => message.id === id)?.status === 'delivered',
  )
  await after.until(() => after.phones.slice(0, 3).every((phone) => linesOf(phone, group.jid).length === 3))
  for (const phone of [alice2, bob2, carla2])
    t.match(phone.groups.list(), [{ jid: group.jid, subject: 'Band', isMember: true }])
  t.match(again.chat(group.jid), { name: 'Band' })
  t.match(await after.finish(dora.groups.join(code)), { subject: 'Band' }, 'the directory kept it, codes too')
  await after.finish(dora.sendText(group.jid, 'I am new'))
  await after.until(() =>
    [alice2, bob2, carla2].every((phone) => linesOf(phone, group.jid).at(-1)?.endsWith('I am new')),
  )
  t.equal(linesOf(carla2, group.jid).filter((line) => line.endsWith('Tomorrow at nine')).length, 1)
  later.stop()
})
