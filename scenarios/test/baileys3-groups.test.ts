import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { baileys3Story, connectAndSync } from '../src/baileys3-story.ts'
import { library, sendText } from '../src/baileys3.ts'

const { GroupSettingChange } = library
const CARLA = { number: '15550004444', name: 'Carla' }
const CARLA_JID = '15550004444@s.whatsapp.net'

t.test('what it does to a group reaches everybody in it', async (t) => {
  const { world, paired, client: makeClient, bob } = await baileys3Story(t)
  const carla = await world.addPhone(CARLA)
  const client = await paired()
  const ba = client.connection
  const bobs = (gid: string) => bob.groups.find(gid)
  const roleOf = (gid: string, number: string) =>
    bobs(gid)?.members.find((member) => member.number === number)?.role ?? null

  const { gid, participants } = (await ba.groupCreate('Choir', [BOB_JID])) as unknown as {
    gid: string
    participants: object[]
  }
  t.match(gid, /^15550001111-\d+@g\.us$/)
  t.strictSame(participants, [{ '15550002222@c.us': { code: '200' } }], 'a list after create')
  await world.until(() => bobs(gid)?.subject === 'Choir')

  await sendText(client, gid, 'welcome')
  await world.until(() => bob.messages(gid).some(({ text }) => text === 'welcome'))
  t.match(bob.messages(gid).at(-1), { author: ALICE_JID, fromMe: false })
  await bob.sendText(gid, 'thank you')
  await world.until(() => client.texts(gid).includes('thank you'))

  t.match(await ba.groupAdd(gid, [CARLA_JID, '19999999999@s.whatsapp.net']), {
    status: 200,
    participants: { '15550004444@c.us': { code: '200' }, '19999999999@c.us': { code: '404' } },
  })
  await world.until(() => roleOf(gid, CARLA.number) === 'member' && carla.groups.find(gid) !== null)
  await ba.groupMakeAdmin(gid, [CARLA_JID])
  await world.until(() => roleOf(gid, CARLA.number) === 'admin')
  await ba.groupDemoteAdmin(gid, [CARLA_JID])
  await world.until(() => roleOf(gid, CARLA.number) === 'member')
  await ba.groupUpdateSubject(gid, 'Great Choir')
  await ba.groupUpdateDescription(gid, 'Thursdays at seven')
  await ba.groupSettingChange(gid, GroupSettingChange.messageSend, true)
  await ba.groupSettingChange(gid, GroupSettingChange.settingsChange, true)
  await world.until(() => bobs(gid)?.restrict === true)
  t.match(bobs(gid), { subject: 'Great Choir', description: 'Thursdays at seven', announce: true })
  await t.rejects(bob.sendText(gid, 'may I?'), { code: 'TETHER_ERR_GROUP_RIGHT' })
  await ba.toggleDisappearingMessages(gid, 604_800)
  await world.until(() => bobs(gid)?.ephemeral === 604_800)

  t.match(await ba.fetchGroupMetadataFromWA(gid), {
    id: gid,
    owner: '15550001111@c.us',
    subject: 'Great Choir',
    desc: 'Thursdays at seven',
    restrict: true,
    announce: true,
    participants: [
      { id: '15550001111@c.us', isAdmin: true, isSuperAdmin: true },
      { id: '15550002222@c.us', isAdmin: false },
      { id: '15550004444@c.us', isAdmin: false },
    ],
  })
  t.equal((await ba.groupMetadata(gid)).id, gid)
  t.match(
    await ba.groupQuery('prop', gid, undefined, undefined, [['announcement', { value: 'false' }, null]]),
    {
      status: 200,
    },
  )
  await world.until(() => bobs(gid)?.announce === false)

  const code = await ba.groupInviteCode(gid)
  await ba.groupRemove(gid, [CARLA_JID])
  await world.until(() => carla.groups.find(gid)?.isMember === false)
  await ba.revokeInvite(gid)
  t.not(await ba.groupInviteCode(gid), code)

  const again = makeClient(client.credentials())
  client.stop()
  await connectAndSync(again)
  t.equal(again.connection.chats.get(gid).name, 'Great Choir')
  t.match(again.connection.chats.get(gid), { ephemeral: '604800' })

  await again.connection.groupLeave(gid)
  await world.until(() => roleOf(gid, '15550001111') === null)
  t.match(await again.connection.groupMetadataMinimal(gid), { id: gid, desc: 'Thursdays at seven' })
  await t.rejects(again.connection.fetchGroupMetadataFromWA(gid), { message: /401/ })
})

t.test('what others do to a group shows in it', async (t) => {
  const { world, paired, bob } = await baileys3Story(t)
  const carla = await world.addPhone(CARLA)
  const client = await paired()
  const ba = client.connection
  const changes: unknown[] = []
  ba.on('group-participants-update', ({ jid: _jid, ...change }) => changes.push(change))
  ba.on('group-update', ({ jid: _jid, ...change }) => changes.push(change))
  const heard = (change: object) =>
    world.until(() => changes.some((known) => isDeepStrictEqual(known, change)))

  const { group } = await bob.groups.create('Market', ['15550001111'])
  await world.until(() => ba.chats.get(group.jid)?.name === 'Market')
  await bob.groups.change(group.jid, { kind: 'add', members: [CARLA.number] })
  await heard({ participants: [CARLA_JID], action: 'add' })
  await bob.groups.change(group.jid, { kind: 'promote', members: [CARLA.number] })
  await heard({ participants: [CARLA_JID], action: 'promote' })
  await bob.groups.change(group.jid, { kind: 'demote', members: [CARLA.number] })
  await heard({ participants: [CARLA_JID], action: 'demote' })
  await bob.groups.change(group.jid, { kind: 'subject', subject: 'Saturday Market' })
  await world.until(() => ba.chats.get(group.jid).name === 'Saturday Market')
  await bob.groups.change(group.jid, { kind: 'announce', value: true })
  await heard({ announce: 'true' })
  await carla.groups.change(group.jid, { kind: 'leave' })
  await heard({ participants: [CARLA_JID], action: 'remove' })
  await bob.groups.change(group.jid, { kind: 'remove', members: ['15550001111'] })
  await world.until(() => ba.chats.get(group.jid).read_only === 'true')

  const second = await bob.groups.create('Bridge', [CARLA.number])
  const code = await bob.groups.inviteCode(second.group.jid)
  t.match(await ba.acceptInvite(code), { status: 200, gid: second.group.jid })
  await world.until(() => bob.groups.find(second.group.jid)?.members.length === 3)
  await t.rejects(ba.acceptInvite('nonsense'))
})
