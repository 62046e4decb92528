/** What a page asks the phone for and does not keep: starred messages, files, links, texts, the people of a list. */
import t from 'tap'
import { codeOf } from 'proto/errors'
import { BOB } from 'harness'
import { ALICE_JID, BOB_JID, MUM_JID } from '../src/backstory.ts'
import { clientStory } from '../src/client-story.ts'
import { contents } from '../src/contents.ts'
import { bringBack, takeOffline } from '../src/phone-absence.ts'

const idsOf = (found: { readonly messages: readonly { readonly id: string }[] }): string[] =>
  found.messages.map(({ id }) => id)

t.test('starred messages come newest first, page by page, of one chat or of all', async (t) => {
  const { world, browsers, alice } = await clientStory(t, { messages: 60 })
  const page = await browsers.pair('alice', alice)
  await world.until(() => page.messages(BOB_JID).length === 20 && page.messages(MUM_JID).length === 1)
  const kept = page.messages(BOB_JID).slice(0, 3)
  await world.finish(page.changes.star(BOB_JID, kept))
  await world.finish(page.changes.star(MUM_JID, page.messages(MUM_JID)))
  const all = await world.finish(page.lookups.starred())
  t.equal(all.messages.length, 4)
  t.ok(all.last)
  t.ok(all.messages.every(({ starred }) => starred))
  const first = await world.finish(page.lookups.starred(BOB_JID, { count: 2 }))
  t.strictSame([idsOf(first), first.last], [[kept[2].id, kept[1].id], false])
  const rest = await world.finish(page.lookups.starred(BOB_JID, { count: 2, before: first.messages[1] }))
  t.strictSame([idsOf(rest), rest.last], [[kept[0].id], true])
  t.equal(page.messages(BOB_JID).length, 20, 'what is looked up is no part of the chat')
})

t.test('the files of a chat come newest first, page by page, and nothing else of it', async (t) => {
  const { world, browsers, alice, bob } = await clientStory(t, {})
  const sent: string[] = []
  for (const name of ['an image', 'a text', 'a video', 'a document', 'a location'] as const)
    sent.push((await world.finish(bob.send(ALICE_JID, contents[name]))).id)
  const [image, , video, document] = sent
  await world.until(() => alice.messages(BOB_JID).at(-1)?.id === sent.at(-1))
  const page = await browsers.pair('alice', alice)
  const files = await world.finish(page.lookups.gallery(BOB_JID, { count: 2 }))
  t.strictSame([idsOf(files), files.last], [[document, video], false])
  t.match(files.messages, [{ kind: 'document' }, { media: { mimetype: 'video/mp4' } }])
  const older = await world.finish(page.lookups.gallery(BOB_JID, { count: 2, before: files.messages[1] }))
  t.strictSame([idsOf(older), older.last], [[image], true])
  t.strictSame(idsOf(await world.finish(page.lookups.gallery(MUM_JID))), [])
})

t.test('the phone says what is behind a link, and goes with the text to the other side', async (t) => {
  const thumbnail = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9)
  const plums = {
    title: 'Plums',
    description: 'All of them',
    canonicalUrl: 'http://plums.example/',
    thumbnail,
  }
  const previews = async (url: string) => (url.includes('plums') ? plums : null)
  const { world, browsers, alice, bob } = await clientStory(t, { previews })
  const [page, atBob] = [await browsers.pair('alice', alice), await browsers.pair('bob', bob)]
  const text = 'look at http://plums.example/now please'
  const preview = await world.finish(page.lookups.preview(text))
  t.strictSame(preview, { ...plums, matchedText: 'http://plums.example/now' })
  t.equal(await world.finish(page.lookups.preview('http://nothing.example')), null)
  t.equal(await world.finish(page.lookups.preview('no link at all')), null)
  const { id } = page.send(BOB_JID, text, { preview: preview! })
  await world.until(() => atBob.messages(ALICE_JID).some((message) => message.id === id))
  t.match(atBob.messages(ALICE_JID).at(-1), {
    id,
    kind: 'text',
    text,
    link: { ...plums, matchedText: preview!.matchedText },
  })
})

t.test('a text is found in the whole history of the phone', async (t) => {
  const { world, browsers, alice } = await clientStory(t, { messages: 60 })
  const page = await browsers.pair('alice', alice)
  const found = await world.finish(page.search('MESSAGE 1', { count: 5 }))
  t.strictSame([found.messages.map(({ text }) => text), found.last], [
    ['old message 19', 'old message 18', 'old message 17', 'old message 16', 'old message 15'],
    false,
  ]) // prettier-ignore
})

t.test('a broadcast list is shown with its people, and written to as to anybody', async (t) => {
  const { world, browsers, alice, bob } = await clientStory(t, {})
  const list = await world.finish(alice.createBroadcastList('Choir', [BOB.number, MUM_JID]))
  const alone = await world.finish(alice.createBroadcastList('Bob alone', [BOB.number]))
  const page = await browsers.pair('alice', alice)
  t.strictSame(await world.finish(page.lookups.broadcastList(list.jid)), {
    ...{ jid: list.jid, name: 'Choir' },
    recipients: [BOB_JID, MUM_JID],
  })
  t.equal(
    await world.finish(page.lookups.broadcastList('1@broadcast').then(() => 'found', codeOf)),
    'TETHER_ERR_NOT_FOUND',
  )
  const { id } = page.send(alone.jid, 'seven, not eight')
  await world.until(() => bob.messages(ALICE_JID).at(-1)?.text === 'seven, not eight')
  await world.until(() => page.messages(alone.jid).find((each) => each.id === id)?.status === 'delivered')
  t.equal(page.chat(alone.jid)?.name, 'Bob alone')
})

t.test('nothing is looked up while the phone is away, and the answer comes when it is back', async (t) => {
  const { world, browsers, alice } = await clientStory(t, {})
  const page = await browsers.pair('alice', alice)
  await takeOffline(world, alice)
  let found = false
  const looking = page.lookups.starred().then(() => (found = true))
  await world.pass(5_000)
  t.notOk(found)
  await bringBack(world, alice)
  await world.finish(looking)
})

t.test('a story is seen by who asks for stories, and makes no chat', async (t) => {
  const { world, browsers, alice, bob } = await clientStory(t, {})
  const page = await browsers.pair('alice', alice)
  await world.pass(3_000)
  await world.finish(bob.sendStory({ conversation: 'market day' }))
  await world.until(() => alice.messages('status@broadcast').length === 1)
  page.send('status@broadcast', 'at home')
  await world.pass(3_000)
  const stories = await world.finish(page.lookups.stories())
  t.match(
    stories.map(({ jid, messages }) => [jid, messages.map(({ text }) => text)]),
    [
      [BOB_JID, ['market day']],
      [ALICE_JID, ['at home']],
    ],
  )
  t.notOk(page.chats().some(({ jid }) => jid === 'status@broadcast'))
})
