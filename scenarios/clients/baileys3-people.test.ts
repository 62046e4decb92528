/** What Baileys 3.5.3 asks and changes about people, with the effect at another of its kind on the other side. */
import t from 'tap'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { baileys3Story, type Baileys3Story } from '../src/baileys3-story.ts'
import { type Baileys3, library, sendText } from '../src/baileys3.ts'
import { picture, sizeOf } from '../src/pictures.ts'

const { Presence } = library
const STRANGER = '15550009999@s.whatsapp.net'
const BOB_JSON = '15550002222@c.us'

/** Alice and Bob, each with a client that has seen its sync. */
async function two(story: Baileys3Story): Promise<{ alice: Baileys3; bob: Baileys3 }> {
  const bob = story.client()
  const synced = bob.event('initial-data-received')
  const [alice] = await Promise.all([
    story.paired(),
    bob.connect((qr) => void story.bob.scan(qr, { grant: true })),
  ])
  await synced
  return { alice, bob }
}

type Update = Readonly<Record<string, unknown>>
const updatesOf = (client: Baileys3, name: string, jid: string) =>
  client.events.flatMap(({ name: each, value }) =>
    each === name && (value as Update).jid === jid ? [value as Update] : [],
  )

// one world for all: pairing and syncing two clients takes longer than everything else
const story = await baileys3Story(t)
const { alice, bob } = await two(story)
const { world } = story

await t.test('it changes name, about text and picture, and the other side sees it', async (t) => {
  const [a, b] = [alice.connection, bob.connection]

  t.match(await b.isOnWhatsApp(ALICE_JID), { exists: true, jid: ALICE_JID })
  t.equal(await b.isOnWhatsApp(STRANGER), undefined)
  t.match(await b.getStatus(ALICE_JID), { status: 404 }, 'there is none yet')

  await a.setStatus('At the mill ❄')
  await world.until(() =>
    updatesOf(bob, 'contact-update', ALICE_JID).some(({ status }) => status === 'At the mill ❄'),
  )
  t.strictSame(await b.getStatus(ALICE_JID), { status: 'At the mill ❄' })
  t.equal(updatesOf(alice, 'contact-update', ALICE_JID).length, 1, 'who changed it is not told again')

  t.match(await a.updateProfileName('Alice Miller'), { status: 200, pushname: 'Alice Miller' })
  t.equal(story.alice.status().name, 'Alice Miller')
  await sendText(alice, BOB_JID, 'my new name')
  await world.until(() => b.contacts[ALICE_JID]?.notify === 'Alice Miller')
  await story.alice.profile.setName('Al')
  await world.until(() => a.user.name === 'Al')
  t.equal(
    updatesOf(alice, 'contact-update', ALICE_JID).at(-1)?.['name'],
    'Al',
    'the phone has told its client',
  )

  await t.rejects(b.getProfilePicture(ALICE_JID), { message: /404/ })
  const { eurl, tag } = (await a.updateProfilePicture(
    ALICE_JID,
    await picture(800, 700, 'png'),
  )) as unknown as Record<string, string>
  t.equal(tag, '1')
  t.equal(a.user.imgUrl, eurl)
  await world.until(() => updatesOf(bob, 'contact-update', ALICE_JID).some(({ imgUrl }) => imgUrl === eurl))
  t.equal(await b.getProfilePicture(ALICE_JID), eurl)
  const shown = await fetch(eurl)
  t.equal(shown.headers.get('content-type'), 'image/jpeg')
  t.strictSame(await sizeOf(new Uint8Array(await shown.arrayBuffer())), [640, 640])
  const preview = await fetch(`${eurl}?size=preview`)
  t.strictSame(await sizeOf(new Uint8Array(await preview.arrayBuffer())), [96, 96])
  await story.alice.profile.removePicture()
  await world.until(() => updatesOf(bob, 'contact-update', ALICE_JID).at(-1)?.['imgUrl'] === '')
  t.equal((await fetch(eurl)).status, 404)

  await t.rejects(b.getBusinessProfile(ALICE_JID), { message: /404/ })
  const profile = {
    description: 'Flour',
    website: [],
    email: '',
    business_hours: { config: [] },
    address: 'The mill',
  }
  t.strictSame(await a.updateBusinessProfile(profile as never), { status: 200 })
  t.match(await b.getBusinessProfile(ALICE_JID), {
    wid: ALICE_JID,
    description: 'Flour',
    address: 'The mill',
  })
  t.match(await b.isOnWhatsApp(ALICE_JID), { isBusiness: true })
})

await t.test('it shows who is there and types; a blocked person sees and hears nothing', async (t) => {
  const [a, b] = [alice.connection, bob.connection]
  const seen = () => b.chats.get(ALICE_JID).presences?.[ALICE_JID]
  const until = (state: string) => world.until(() => seen()?.lastKnownPresence === state)

  t.match(await b.requestPresenceUpdate(ALICE_JID), { status: 200 })
  await until('available')
  await a.updatePresence(BOB_JID, Presence.composing)
  await until('composing')
  await a.updatePresence(BOB_JID, Presence.recording)
  await until('recording')
  await a.updatePresence(BOB_JID, Presence.paused)
  await until('paused')
  await a.updatePresence(BOB_JID, Presence.unavailable)
  await until('unavailable')
  t.ok(Math.abs(seen()!.lastSeen! - world.clock.now() / 1000) < 10, 'seen just now')
  await a.updatePresence(BOB_JID, Presence.available)
  await until('available')

  await a.setStatus('for friends')
  const updates = () => alice.events.filter(({ name }) => name === 'blocklist-update').length
  const before = updates()
  await a.blockUser(BOB_JID)
  await world.until(() => updates() >= before + 2)
  t.strictSame(a.blocklist, [BOB_JSON], 'the whole list of the server, once')
  await until('unavailable')
  t.match(await b.getStatus(ALICE_JID), { status: 401 })
  await t.rejects(b.getProfilePicture(ALICE_JID), { message: /401/ })
  await sendText(bob, ALICE_JID, 'Why so silent?')
  t.notOk(alice.texts(BOB_JID).includes('Why so silent?'))

  const again = story.client(alice.credentials())
  alice.stop()
  const synced = again.event('initial-data-received')
  await again.connect()
  await synced
  t.strictSame(again.connection.blocklist, [BOB_JSON], 'a client that comes back is told')
  await again.connection.blockUser(BOB_JSON, 'remove')
  await until('available')
  t.strictSame(await b.getStatus(ALICE_JID), { status: 'for friends' })
  t.strictSame(story.alice.profile.blocked(), [])
})
