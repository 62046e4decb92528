/** What is done with messages that were sent: answered, passed on, taken back, left to disappear; on the other side too. */
import t from 'tap'
import type { ChatMessage, Client } from 'web-client'
import { seededEntropy } from 'proto/entropy'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { browserPlace } from '../src/browser.ts'
import { clientStory } from '../src/client-story.ts'
import { contents } from '../src/contents.ts'
import { CARLA_JID, groupStory } from '../src/group-story.ts'
import { bringBack, takeOffline } from '../src/phone-absence.ts'

const find = (page: Client, jid: string, id: string) =>
  page.messages(jid).find((message) => message.id === id)

t.test('a message is answered with what it answers, and mentions whom it names', async (t) => {
  const { world, bob, carla, browsers, group } = await groupStory(t)
  const [atBob, atCarla] = [await browsers.pair('bob', bob), await browsers.pair('carla', carla)]
  const asked = atBob.send(group, 'shall we?')
  await world.until(() => find(atCarla, group, asked.id) !== undefined)
  const { id } = atCarla.send(group, 'yes, with @15550001111', {
    ...{ quote: find(atCarla, group, asked.id)!, mentions: [ALICE_JID] },
  })
  await world.until(() => find(atBob, group, id) !== undefined)
  t.match(find(atBob, group, id), {
    ...{ kind: 'text', text: 'yes, with @15550001111', author: CARLA_JID, mentions: [ALICE_JID] },
    quote: { id: asked.id, author: BOB_JID, content: 'conversation', text: 'shall we?' },
  })
})

t.test(
  'a message is taken back for everybody, once, over a reload and while the phone is away',
  async (t) => {
    const { world, browsers, alice, bob } = await clientStory(t, {})
    const place = browserPlace('alice')
    const [page, atBob] = [await browsers.pair(place, alice), await browsers.pair('bob', bob)]
    const { id } = page.send(BOB_JID, 'not meant for you')
    await world.until(() => find(atBob, ALICE_JID, id) !== undefined)
    await world.until(() => find(page, BOB_JID, id)?.status === 'delivered')
    await takeOffline(world, alice)
    page.revoke(find(page, BOB_JID, id)!)
    await world.pass(2_000)
    t.match(find(page, BOB_JID, id), { text: 'not meant for you', takingBack: true }, 'it is not gone yet')
    page.stop()

    const again = browsers.open(place)
    await world.finish(again.start())
    t.match(find(again, BOB_JID, id), { text: 'not meant for you', takingBack: true })
    await bringBack(world, alice)
    await world.until(() => find(again, BOB_JID, id)?.kind === 'revoked', { withinMs: 60_000 })
    await world.until(() => find(atBob, ALICE_JID, id)?.kind === 'revoked')
    t.match(bob.messages(ALICE_JID).at(-1), { id, type: 'revoked' })
    t.match(alice.messages(BOB_JID).at(-1), { id, type: 'revoked' })
    t.equal(again.messages(BOB_JID).length, 6)
  },
)

t.test(
  'a text, a place, a contact and a file are passed on, marked, the file without another upload',
  async (t) => {
    const { world, browsers, alice, bob } = await clientStory(t, {})
    const [page, atBob] = [await browsers.pair('alice', alice), await browsers.pair('bob', bob)]
    const data = seededEntropy('a picture').bytes(2_000)
    await world.finish(
      bob.sendMedia(ALICE_JID, { type: 'image', data, mimetype: 'image/png', caption: 'look' }),
    )
    for (const name of ['a location', 'a contact'] as const)
      await world.finish(bob.send(ALICE_JID, contents[name]))
    await world.until(() => page.messages(BOB_JID).at(-1)?.kind === 'contact')
    const originals = page.messages(BOB_JID).slice(-4)
    const sent: ChatMessage[] = []
    for (const original of originals) sent.push(await world.finish(page.forward(original, BOB_JID)))
    await world.until(() => find(atBob, ALICE_JID, sent[3].id) !== undefined)
    const got = sent.map(({ id }) => find(atBob, ALICE_JID, id)!)
    t.match(got, [
      { kind: 'text', text: originals[0].text, forwarded: true },
      { kind: 'image', text: 'look', forwarded: true },
      { kind: 'location', place: { name: 'Bridge' }, forwarded: true },
      { kind: 'contact', contacts: [{ name: 'Nora' }], forwarded: true },
    ])
    t.same(await world.finish(atBob.media.download(got[1])), data)
  },
)

t.test('what is written here disappears on both sides when the chat says so', async (t) => {
  const { world, browsers, alice, bob } = await clientStory(t, {})
  const [page, atBob] = [await browsers.pair('alice', alice), await browsers.pair('bob', bob)]
  await world.finish(page.setTimer(BOB_JID, 3_600))
  await world.until(() => atBob.chat(ALICE_JID)?.timer?.seconds === 3_600)
  t.match(atBob.messages(ALICE_JID).at(-1), { kind: 'notice', text: 'Messages disappear here from now on' })
  const { id } = atBob.send(ALICE_JID, 'burn after reading')
  await world.until(() => find(page, BOB_JID, id) !== undefined)
  t.equal(find(page, BOB_JID, id)?.text, 'burn after reading')
  await world.pass(3_700_000)
  for (const [client, jid] of [[page, BOB_JID], [atBob, ALICE_JID]] as const)
    t.equal(find(client, jid, id), undefined) // prettier-ignore
  for (const [phone, jid] of [[alice, BOB_JID], [bob, ALICE_JID]] as const)
    t.notOk(phone.messages(jid).some((message) => message.id === id)) // prettier-ignore
})

t.test('what was refused is sent again when told to, also after a reload, and arrives once', async (t) => {
  const { world, browsers, alice } = await clientStory(t, {})
  const place = browserPlace('alice')
  const page = await browsers.pair(place, alice)
  const dora = { number: '15550005555', name: 'Dora' }
  const jid = `${dora.number}@s.whatsapp.net`
  const { id } = page.send(jid, 'are you new here?')
  await world.until(() => find(page, jid, id)?.status === 'failed')
  t.equal(find(page, jid, id)?.failure, 'TETHER_ERR_NOT_FOUND')
  page.stop()
  const phone = await world.addPhone(dora)

  const again = browsers.open(place)
  await world.finish(again.start())
  await world.until(() => again.state === 'open' && again.messages(jid).length === 1)
  await world.pass(3_000)
  t.match(again.messages(jid), [{ text: 'are you new here?', status: 'failed' }])
  again.resend(jid, id)
  await world.until(() => again.messages(jid).some(({ status }) => status === 'delivered'))
  await world.pass(3_000)
  t.match(again.messages(jid), [{ text: 'are you new here?', status: 'delivered' }])
  t.equal(again.messages(jid).length, 1)
  t.equal(phone.messages(ALICE_JID).length, 1)
  t.equal(alice.messages(jid).length, 1, 'nothing of the refused one is left on the phone')
})
