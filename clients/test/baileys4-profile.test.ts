import t from 'tap'
import { ALICE_JID, BOB_JID } from 'scenarios/backstory'
import { baileys4Story } from '../src/baileys4-story.ts'
import { picture, sizeOf } from '../src/pictures.ts'

t.test('its about text is what the other reads', async (t) => {
  const { paired, bob, world } = await baileys4Story(t)
  const alices = await paired()
  const bobs = await paired({ phone: bob })

  t.match(await alices.socket.setStatus('In the garden'), { status: 200 })
  t.strictSame(await bobs.socket.getStatus(ALICE_JID), { status: 'In the garden' })
  await world.until(() => bobs.all('contacts.update').length > 0)
  t.match(bobs.all('contacts.update'), [[{ id: ALICE_JID, status: 'In the garden' }]])
  t.match(alices.all('contacts.update'), [[{ id: ALICE_JID, status: 'In the garden' }]])
})

t.test('its name is what its phone has, and what the other sees with the next message', async (t) => {
  const { paired, alice, bob, world } = await baileys4Story(t)
  const alices = await paired()
  const bobs = await paired({ phone: bob })

  t.match(await alices.socket.updateProfileName('Alice of the beans'), {
    status: 200,
    pushname: 'Alice of the beans',
  })
  t.equal(alice.status().name, 'Alice of the beans')
  await alices.socket.sendMessage(BOB_JID, { text: 'New name' })
  await world.until(() => bobs.announced(ALICE_JID).length > 0)

  t.equal(bobs.announced(ALICE_JID)[0].pushName, 'Alice of the beans')
})

t.test('its picture is what the other sees', async (t) => {
  const { paired, bob, world } = await baileys4Story(t)
  const alices = await paired()
  const bobs = await paired({ phone: bob })
  t.equal(await bobs.socket.profilePictureUrl(ALICE_JID), undefined, 'none before')

  await alices.socket.updateProfilePicture(ALICE_JID, await picture(800, 700, 'png'))
  await world.until(() => bobs.all('contacts.update').length > 0)

  const url = await bobs.socket.profilePictureUrl(ALICE_JID)
  t.match(bobs.all('contacts.update'), [[{ id: ALICE_JID, imgUrl: url }]], 'and it is told')
  const shown = await fetch(url!)
  t.equal(shown.headers.get('content-type'), 'image/jpeg')
  t.strictSame(await sizeOf(Buffer.from(await shown.arrayBuffer())), [640, 640])
})

t.test('what it says of its business is what the other reads', async (t) => {
  const { paired, bob } = await baileys4Story(t)
  const alices = await paired()
  const bobs = await paired({ phone: bob })
  t.match(await bobs.socket.onWhatsApp(ALICE_JID), { exists: true, isBusiness: undefined })
  await t.rejects(bobs.socket.getBusinessProfile(ALICE_JID), 'a person has none')

  await alices.socket.updateBusinessProfile({
    description: 'Beans and more',
    email: 'alice@garden.test',
    website: ['https://garden.test'],
    business_hours: { timezone: 'Europe/Berlin', config: [{ day_of_week: 'mon', mode: 'open_24h' }] },
  })

  t.match(await bobs.socket.getBusinessProfile(ALICE_JID), {
    wid: ALICE_JID,
    description: 'Beans and more',
    email: 'alice@garden.test',
    business_hours: { business_config: [{ day_of_week: 'mon', mode: 'open_24h' }] },
  })
  t.match(await bobs.socket.onWhatsApp(ALICE_JID), { isBusiness: true })
})
