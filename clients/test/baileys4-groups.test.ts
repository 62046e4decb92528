import t from 'tap'
import { ALICE, BOB } from 'harness'
import { ALICE_JID, BOB_JID } from 'scenarios/backstory'
import { baileys4Story } from '../src/baileys4-story.ts'
import { library, refusalOf, textOf, type Baileys4 } from '../src/baileys4.ts'
import { picture, sizeOf } from '../src/pictures.ts'

const CAROL = { number: '15550004444', name: 'Carol' }
const CAROL_JID = `${CAROL.number}@s.whatsapp.net`
const NOBODY_JID = '15550009999@s.whatsapp.net'

const { GROUP_CREATE, GROUP_CHANGE_ICON } = library.WAMessageStubType

/** Alice's client and Bob's, and the group that Alice has made with Bob; Carol has a phone. */
async function gardenGroup(t: Parameters<typeof baileys4Story>[0]) {
  const story = await baileys4Story(t, { phones: [ALICE, BOB, CAROL] })
  const { paired, bob, world } = story
  const alices = await paired()
  const bobs = await paired({ phone: bob })
  const group = await alices.socket.groupCreate('Garden', [BOB_JID])
  await world.until(() => bobs.announced(group.id).length > 0)
  return { ...story, carol: world.phone(CAROL.number), alices, bobs, group, gid: group.id }
}

t.test('it makes a group, and everybody in it knows', async (t) => {
  const { alices, bobs, bob, group, gid } = await gardenGroup(t)

  t.match(gid, /^15550001111-[0-9]+@g\.us$/)
  t.match(group, { subject: 'Garden', owner: ALICE_JID, creation: Number })
  t.strictSame(group.participants.map(({ id, admin }) => [id, admin]).sort(), [
    [ALICE_JID, 'super-admin'],
    [BOB_JID, undefined],
  ])
  t.match(alices.all('chats.upsert'), [[{ id: gid, name: 'Garden' }]])
  t.match(bobs.announced(gid)[0], {
    key: { remoteJid: gid, fromMe: false },
    messageStubType: GROUP_CREATE,
    messageStubParameters: ['Garden'],
  })
  t.ok(
    bobs
      .all('chats.update')
      .flat()
      .some(({ id, name }) => id === gid && name === 'Garden'),
  )
  t.equal(bob.chats().find(({ jid }) => jid === gid)?.name, 'Garden')
  t.strictSame(await bobs.socket.groupMetadata(gid, false), group, 'the other member is told the same')
})

t.test('what one writes in a group all others read, and the writer is told by each', async (t) => {
  const { alices, bobs, carol, gid, paired, world } = await gardenGroup(t)
  await alices.socket.groupParticipantsUpdate(gid, [CAROL_JID], 'add')
  const carols = await paired({ phone: carol })

  const sent = await alices.socket.sendMessage(gid, { text: 'Who waters the beans?' })
  const arrived = (client: Baileys4) => client.announced(gid).find(({ key }) => key.id === sent!.key.id)
  await world.until(() => [bobs, carols].every((client) => arrived(client) !== undefined))

  for (const client of [bobs, carols]) {
    t.equal(textOf(arrived(client)!), 'Who waters the beans?')
    t.match(arrived(client), { key: { fromMe: false, participant: ALICE_JID }, participant: ALICE_JID })
  }
  const toldBy = () =>
    alices
      .all('message-receipt.update')
      .flat()
      .filter(({ key }) => key.id === sent!.key.id)
      .map(({ receipt }) => receipt.userJid)
  await world.until(() => new Set(toldBy()).size === 2)
  t.strictSame(new Set(toldBy()), new Set([BOB_JID, CAROL_JID]))
  await bobs.socket.chatRead(arrived(bobs)!.key, 1)
  await world.until(() =>
    alices
      .all('message-receipt.update')
      .flat()
      .some(({ receipt }) => receipt.readTimestamp),
  )
  const info = await alices.socket.messageInfo(gid, sent!.key.id!)
  t.ok(info.find(({ userJid }) => userJid === BOB_JID)?.readTimestamp)
})

t.test('it adds, promotes, demotes and removes members, and the others are told', async (t) => {
  const { alices, bobs, carol, gid, world } = await gardenGroup(t)
  const adminOf = async (jid: string) =>
    (await bobs.socket.groupMetadata(gid, false)).participants.find(({ id }) => id === jid)?.admin ?? null

  t.strictSame(await alices.socket.groupParticipantsUpdate(gid, [CAROL_JID], 'add'), [
    { jid: '15550004444@c.us', status: { code: '200' } },
  ])
  await world.until(() => bobs.all('group-participants.update').length === 1)
  t.match(bobs.all('group-participants.update'), [{ id: gid, participants: [CAROL_JID], action: 'add' }])
  await world.until(() => carol.chats().some(({ jid }) => jid === gid))

  await alices.socket.groupParticipantsUpdate(gid, [BOB_JID], 'promote')
  t.equal(await adminOf(BOB_JID), 'admin')
  await alices.socket.groupParticipantsUpdate(gid, [BOB_JID], 'demote')
  t.equal(await adminOf(BOB_JID), null)

  await alices.socket.groupParticipantsUpdate(gid, [CAROL_JID], 'remove')
  await world.until(() => bobs.all('group-participants.update').length === 2)
  t.match(bobs.all('group-participants.update').at(-1), { participants: [CAROL_JID], action: 'remove' })
  t.equal((await bobs.socket.groupMetadata(gid, false)).participants.length, 2)
})

t.test('what cannot be done to a member has a code of its own', async (t) => {
  const { alices, bobs, gid } = await gardenGroup(t)

  const results = await alices.socket.groupParticipantsUpdate(gid, [NOBODY_JID, BOB_JID, CAROL_JID], 'add')

  t.strictSame(
    results.map(({ jid, status }) => [jid, (status as { code: string }).code]),
    [
      ['15550009999@c.us', '404'],
      ['15550002222@c.us', '409'],
      ['15550004444@c.us', '200'],
    ],
  )
  t.equal(
    await refusalOf(bobs.socket.groupParticipantsUpdate(gid, [CAROL_JID], 'remove')),
    403,
    'Bob is no admin',
  )
})

t.test('it changes subject and description, and the others are told', async (t) => {
  const { alices, bobs, gid, world } = await gardenGroup(t)

  await alices.socket.groupUpdateSubject(gid, 'Orchard')
  await world.until(() =>
    bobs
      .all('groups.update')
      .flat()
      .some(({ subject }) => subject === 'Orchard'),
  )
  await alices.socket.groupUpdateDescription(gid, 'Apples and pears')

  const seen = await bobs.socket.groupMetadata(gid, false)
  t.match(seen, { subject: 'Orchard', desc: 'Apples and pears' })
  t.match(alices.all('groups.update').at(-1), [{ id: gid, desc: 'Apples and pears' }])
  const minimal = await bobs.socket.groupMetadata(gid, true)
  t.match(minimal, { owner: ALICE_JID, desc: 'Apples and pears', creation: seen.creation })
  t.strictSame(minimal.participants.map(({ id }) => id).sort(), [ALICE_JID, BOB_JID])
})

t.test('it sets who may write and who may change the group', async (t) => {
  const { alices, bobs, gid, world } = await gardenGroup(t)
  const setting = (tag: string, value: boolean) =>
    alices.socket.setQuery([
      {
        tag: 'group',
        attrs: { id: alices.socket.generateMessageTag(true), jid: gid, type: 'prop', author: ALICE_JID },
        content: [{ tag, attrs: { value: String(value) } }],
      },
    ])
  const told = () => bobs.all('groups.update').flat()

  await setting('announcement', true)
  await world.until(() => told().some(({ announce }) => announce === true))
  t.equal(await refusalOf(bobs.socket.sendMessage(gid, { text: 'May I?' })), 403)
  await setting('announcement', false)
  await world.until(() => told().some(({ announce }) => announce === false))
  t.equal(await refusalOf(bobs.socket.sendMessage(gid, { text: 'May I?' })), null)

  await setting('locked', true)
  await world.until(() => told().some(({ restrict }) => restrict === true))
  t.equal(await refusalOf(bobs.socket.groupUpdateSubject(gid, 'Mine')), 403)
})

t.test('it sets the disappearing timer of a group', async (t) => {
  const { alices, bobs, gid, world } = await gardenGroup(t)

  await alices.socket.sendMessage(gid, { disappearingMessagesInChat: 86_400 })
  await world.until(() =>
    bobs
      .all('groups.update')
      .flat()
      .some(({ ephemeralDuration }) => ephemeralDuration === 86_400),
  )

  t.equal((await bobs.socket.groupMetadata(gid, false)).ephemeralDuration, 86_400)
})

t.test('its invitation lets somebody in', async (t) => {
  const { alices, bobs, carol, gid, paired, world } = await gardenGroup(t)
  const code = await alices.socket.groupInviteCode(gid)
  const carols = await paired({ phone: carol })

  const joined = (await carols.socket.query({ json: ['action', 'invite', code], expect200: true })) as {
    gid: string
  }
  t.equal(joined.gid, gid)
  await world.until(() => bobs.all('group-participants.update').length > 0)

  t.match(bobs.all('group-participants.update'), [{ id: gid, participants: [CAROL_JID], action: 'add' }])
  t.equal((await carols.socket.groupMetadata(gid, false)).participants.length, 3)
})

t.test('it leaves a group: the others are told, and it is shut out', async (t) => {
  const { alices, bobs, gid, world } = await gardenGroup(t)

  await bobs.socket.groupLeave(gid)
  await world.until(() => alices.all('group-participants.update').length > 0)

  t.match(alices.all('group-participants.update'), [{ id: gid, participants: [BOB_JID], action: 'remove' }])
  t.strictSame(bobs.all('chats.update').at(-1), [{ id: gid, readOnly: true }])
  t.equal(await refusalOf(bobs.socket.groupMetadata(gid, false)), 401)
  t.match(
    await bobs.socket.groupMetadata(gid, true),
    { owner: ALICE_JID },
    'the phone still knows what it was',
  )
  await t.rejects(bobs.socket.sendMessage(gid, { text: 'Hello?' }))
})

t.test('it gives a group a picture, which the others see', async (t) => {
  const { alices, bobs, gid, world } = await gardenGroup(t)

  await alices.socket.updateProfilePicture(gid, await picture(700, 700))
  await world.until(() => bobs.announced(gid).some((one) => one.messageStubType === GROUP_CHANGE_ICON))

  const shown = await fetch((await bobs.socket.profilePictureUrl(gid))!)
  t.strictSame(await sizeOf(Buffer.from(await shown.arrayBuffer())), [640, 640])
})
