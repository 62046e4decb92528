import t from 'tap'
import { ALICE, BOB } from 'harness'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { baileys3Story } from '../src/baileys3-story.ts'
import { library, sendText, type Baileys3 } from '../src/baileys3.ts'
import { CARLA, CARLA_JID, linesOf } from '../src/group-story.ts'

const { GroupSettingChange, WA_MESSAGE_STATUS_TYPE } = library
const phones = [ALICE, BOB, CARLA]

t.jobs = 2 // the client waits more than it works

/** Values of one event, oldest first. */
const heard = (client: Baileys3, name: string): Record<string, unknown>[] =>
  client.events.filter((event) => event.name === name).map(({ value }) => value as Record<string, unknown>)

/** The status with which a request is refused; 200 when it is not. */
const statusOf = (request: Promise<unknown>): Promise<number> =>
  request.then(
    () => 200,
    (error: unknown) => (error as { status: number }).status,
  )

t.test('what it does in a group is true on the phones of the others', async (t) => {
  const { world, alice, bob, paired } = await baileys3Story(t, { phones })
  const carla = world.phone(CARLA.number)
  const client = await paired()
  const ba = client.connection

  const made = await ba.groupCreate('Choir', [BOB_JID])
  const gid = made.gid!
  t.strictSame(made.participants, [{ [`${BOB.number}@c.us`]: { code: '200' } }])
  await world.until(() => bob.groups.find(gid) !== null)
  t.equal(ba.chats.get(gid).name, 'Choir')
  t.match(await ba.groupMetadata(gid), {
    ...{ id: gid, subject: 'Choir', owner: `${ALICE.number}@c.us` },
    participants: [
      { jid: ALICE_JID, isAdmin: true, isSuperAdmin: true },
      { jid: BOB_JID, isAdmin: false },
    ],
  })

  const results = async (answer: Promise<unknown>) =>
    (await answer) as { status: number; participants?: object }
  t.match(await results(ba.groupAdd(gid, [CARLA_JID])), {
    participants: { [`${CARLA.number}@c.us`]: { code: '200' } },
  })
  await world.until(() => carla.groups.find(gid) !== null)
  t.match(await results(ba.groupAdd(gid, [CARLA_JID])), {
    participants: { [`${CARLA.number}@c.us`]: { code: '409' } },
  })
  t.match(await results(ba.groupMakeAdmin(gid, [BOB_JID])), { status: 200 })
  await ba.groupUpdateSubject(gid, 'Band')
  await ba.groupUpdateDescription(gid, 'We play')
  await ba.groupUpdateDescription(gid, 'We play at night')
  await ba.groupSettingChange(gid, GroupSettingChange.messageSend, true)
  await ba.groupSettingChange(gid, GroupSettingChange.settingsChange, true)
  await ba.toggleDisappearingMessages(gid, 604_800)
  await world.until(() => carla.groups.find(gid)?.ephemeral === 604_800)
  t.match(carla.groups.find(gid), {
    ...{ subject: 'Band', description: 'We play at night', announce: true, restrict: true },
    members: [
      { role: 'owner' },
      { number: BOB.number, role: 'admin' },
      { number: CARLA.number, role: 'member' },
    ],
  })
  await t.rejects(carla.sendText(gid, 'May I?'), { code: 'TETHER_ERR_GROUP_RIGHT' })
  await ba.toggleDisappearingMessages(gid, 0)
  await ba.groupQuery('prop', gid, undefined, undefined, [['announcement', { value: 'false' }, null]])
  t.match(await ba.fetchGroupMetadataFromWA(gid), {
    subject: 'Band',
    desc: 'We play at night',
    announce: false,
  })

  const sent = await sendText(client, gid, 'One, two, three')
  await world.until(() =>
    [bob, carla].every((phone) => linesOf(phone, gid).at(-1) === 'Alice: One, two, three'),
  )
  const status = () => client.message(gid, sent.key.id!)?.status
  await world.until(() => status() === WA_MESSAGE_STATUS_TYPE.DELIVERY_ACK)
  await bob.markRead(gid)
  await carla.markRead(gid)
  await world.until(() => status() === WA_MESSAGE_STATUS_TYPE.READ)
  const { reads, deliveries } = await ba.messageInfo(gid, sent.key.id!)
  t.strictSame([reads, deliveries].map((list) => list.map(({ jid }) => jid).sort()), [[BOB_JID, CARLA_JID], [BOB_JID, CARLA_JID]]) // prettier-ignore
  await ba.deleteMessage(gid, sent.key)
  await world.until(() => carla.messages(gid).find(({ id }) => id === sent.key.id)?.type === 'revoked')

  await ba.groupDemoteAdmin(gid, [BOB_JID])
  await ba.groupRemove(gid, [CARLA_JID])
  await world.until(() => carla.groups.find(gid)?.isMember === false)
  t.equal(bob.groups.find(gid)?.members.length, 2)
  const code = await ba.groupInviteCode(gid)
  t.match(await results(ba.revokeInvite(gid)), { status: 200 })
  t.not(await ba.groupInviteCode(gid), code)
  await ba.groupLeave(gid)
  await world.until(() => bob.groups.find(gid)?.members.length === 1)
  t.match(bob.groups.find(gid), { members: [{ number: BOB.number, role: 'admin' }] }, 'somebody inherits it')
  t.match(await ba.groupMetadataMinimal(gid), {
    owner: ALICE_JID,
    creation: Number,
    desc: 'We play at night',
  })
  t.equal(await statusOf(ba.fetchGroupMetadataFromWA(gid)), 401)
  t.strictSame(linesOf(alice, gid).slice(0, 4), [
    ...['Alice: GROUP_CREATE Choir', `Alice: GROUP_PARTICIPANT_ADD ${CARLA_JID}`],
    ...[`Alice: GROUP_PARTICIPANT_PROMOTE ${BOB_JID}`, 'Alice: GROUP_CHANGE_SUBJECT Band'],
  ])
})

t.test('what the others do in a group shows in it, as messages and as events', async (t) => {
  const { world, bob, paired } = await baileys3Story(t, { phones })
  const carla = world.phone(CARLA.number)
  const client = await paired()
  const ba = client.connection

  const { group } = await bob.groups.create('Walks', [ALICE.number])
  const gid = group.jid
  await world.until(() => ba.chats.get(gid)?.name === 'Walks')
  t.match(heard(client, 'chat-new').map(({ jid }) => jid), [gid]) // prettier-ignore
  t.equal((await ba.groupMetadata(gid)).participants.length, 2)

  const update = (name: string, ...wanted: object[]) =>
    world.until(() => wanted.every((each) => heard(client, name).some((value) => JSON.stringify(value) === JSON.stringify(each)))) // prettier-ignore
  const members = [CARLA_JID]
  await bob.groups.change(gid, { kind: 'add', members: [CARLA.number] })
  await bob.groups.change(gid, { kind: 'promote', members: [CARLA.number] })
  await update('group-participants-update', { jid: gid, participants: members, action: 'add' }, { jid: gid, participants: members, action: 'promote' }) // prettier-ignore
  await carla.groups.change(gid, { kind: 'description', text: 'Up the hill', id: 'D1' })
  await world.until(() => heard(client, 'group-update').some(({ desc }) => desc === 'Up the hill'))
  await carla.groups.change(gid, { kind: 'subject', subject: 'Hill walks' })
  await world.until(() => ba.chats.get(gid).name === 'Hill walks')
  await carla.groups.change(gid, { kind: 'announce', value: true })
  await carla.groups.change(gid, { kind: 'restrict', value: true })
  await update('group-update', { jid: gid, announce: 'true' }, { jid: gid, restrict: 'true' })
  t.equal(await statusOf(sendText(client, gid, 'May I?')), 403)
  t.equal(await statusOf(ba.groupUpdateSubject(gid, 'Mine')), 403)
  t.equal(await statusOf(ba.groupInviteCode(gid)), 403)
  await carla.groups.change(gid, { kind: 'announce', value: false })
  await carla.groups.change(gid, { kind: 'ephemeral', seconds: 60 })
  await world.until(() => ba.chats.get(gid).ephemeral === '60')
  await carla.groups.change(gid, { kind: 'ephemeral', seconds: 0 })

  const { id } = await carla.sendText(gid, 'Bring water')
  await world.until(() => client.message(gid, id) !== null)
  t.match(client.message(gid, id), { participant: CARLA_JID, key: { participant: CARLA_JID, fromMe: false } })
  t.equal(ba.chats.get(gid).count, 1, 'notices do not count')
  await ba.chatRead(gid)
  await world.until(() => carla.messages(gid).at(-1)?.status === 'delivered')

  const other = await carla.groups.create('Picnics', [])
  const code = await carla.groups.inviteCode(other.group.jid)
  t.match(await ba.acceptInvite(code), { status: 200, gid: other.group.jid })
  await world.until(() => ba.chats.get(other.group.jid)?.name === 'Picnics')
  t.equal(await statusOf(ba.acceptInvite('guess')), 404)

  await bob.groups.change(gid, { kind: 'demote', members: [CARLA.number] })
  await bob.groups.change(gid, { kind: 'remove', members: [CARLA.number] })
  await update('group-participants-update', { jid: gid, participants: members, action: 'demote' }, { jid: gid, participants: members, action: 'remove' }) // prettier-ignore
  await bob.groups.change(gid, { kind: 'remove', members: [ALICE.number] })
  await world.until(() => (ba.chats.get(gid).read_only as unknown) === 'true')
})

t.test('what the person does with groups on the own phone shows in it at once', async (t) => {
  const { world, alice, paired } = await baileys3Story(t, { phones })
  const carla = world.phone(CARLA.number)
  const client = await paired()
  const ba = client.connection
  const renamings = (gid: string) =>
    heard(client, 'chat-update').flatMap(({ jid, name }) => (jid === gid && name !== undefined ? [name] : []))

  const { group } = await alice.groups.create('Walks', [BOB.number])
  const gid = group.jid
  await world.until(() => ba.chats.get(gid)?.name === 'Walks')
  t.equal((await ba.groupMetadata(gid)).subject, 'Walks')
  await alice.groups.change(gid, { kind: 'subject', subject: 'Hill walks' })
  await world.until(() => renamings(gid).includes('Hill walks'))
  t.strictSame(renamings(gid), ['Walks', 'Hill walks'], 'each name once')
  t.equal(ba.chats.get(gid).name, 'Hill walks')
  t.equal((await ba.groupMetadata(gid)).subject, 'Hill walks')

  const other = await carla.groups.create('Picnics', [])
  const joined = other.group.jid
  await alice.groups.join(await carla.groups.inviteCode(joined))
  await world.until(() => ba.chats.get(joined)?.name === 'Picnics')
  t.strictSame(
    heard(client, 'chat-new').map(({ jid }) => jid),
    [gid, joined],
  )
  const { participants } = await ba.groupMetadata(joined)
  t.strictSame(participants.map(({ jid }) => jid).sort(), [ALICE_JID, CARLA_JID])
  const { id } = await carla.sendText(joined, 'Welcome')
  await world.until(() => client.message(joined, id) !== null)
  await sendText(client, joined, 'Thank you')
  await world.until(() => linesOf(carla, joined).at(-1) === 'Alice: Thank you')
  t.equal(ba.state, 'open')
})
