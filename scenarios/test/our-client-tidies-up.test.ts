/**
 * What a person does to chats and messages in the browser: the phone does it too, keeps it, and tells the next browser;
 * and what is done on the phone is seen in the browser.
 */
import t from 'tap'
import { codeOf } from 'proto/errors'
import { ALICE_JID, BOB_JID, MUM_JID } from '../src/backstory.ts'
import { clientStory } from '../src/client-story.ts'
import { bringBack, takeOffline } from '../src/phone-absence.ts'
import { contents } from '../src/contents.ts'

t.test('chats are pinned, muted, archived and marked unread, here and in the next browser', async (t) => {
  const { world, browsers, alice } = await clientStory(t, {})
  const page = await browsers.pair('alice', alice)
  await world.until(() => page.chats().length === 2)
  const { changes } = page
  const doing = (work: Promise<void>): Promise<void> => world.finish(work)

  await doing(changes.pin(MUM_JID))
  t.strictSame(
    page.chats().map(({ jid }) => jid),
    [MUM_JID, BOB_JID],
    'she is on top now',
  )
  const tonight = Math.floor(world.clock.now() / 1000) + 28_800
  await doing(changes.mute(BOB_JID, tonight))
  await doing(changes.archive(BOB_JID))
  await doing(changes.markUnread(BOB_JID))
  const all = [
    { jid: MUM_JID, pinned: true, mutedUntil: null, archived: false, unread: 0 },
    { jid: BOB_JID, pinned: false, mutedUntil: tonight, archived: true, unread: -1 },
  ]
  t.match(page.chats(), all)

  const next = await browsers.pair('alice elsewhere', alice)
  await world.until(() => next.chats().length === 2)
  t.match(next.chats(), all, 'the phone has kept it')
  await doing(next.changes.unpin(MUM_JID))
  await doing(next.changes.unmute(BOB_JID))
  await doing(next.changes.unarchive(BOB_JID))
  next.markRead(BOB_JID)
  const last = await browsers.pair('alice in a third place', alice)
  await world.until(() => last.chats().length === 2)
  t.match(last.chats(), [
    { jid: BOB_JID, pinned: false, mutedUntil: null, archived: false, unread: 0 },
    { jid: MUM_JID, pinned: false },
  ])
})

t.test('messages are starred and deleted for oneself, chats cleared and deleted', async (t) => {
  const { world, browsers, alice, bob } = await clientStory(t, {})
  const page = await browsers.pair('alice', alice)
  await world.until(() => page.messages(BOB_JID).length === 5)
  const [first, second, third] = page.messages(BOB_JID)
  await world.finish(page.changes.star(BOB_JID, [first, second]))
  await world.finish(page.changes.unstar(BOB_JID, [second]))
  await world.finish(page.changes.removeMessages(BOB_JID, [third]))
  const shown = () => page.messages(BOB_JID).map(({ id, starred }) => [id, starred ?? false])
  t.strictSame(shown().slice(0, 3).map(([, starred]) => starred), [true, false, false]) // prettier-ignore
  t.notOk(shown().some(([id]) => id === third.id))
  t.equal(bob.messages(ALICE_JID).length, 5, 'not for others')

  const next = await browsers.pair('alice elsewhere', alice)
  await world.until(() => next.messages(BOB_JID).length === 4)
  t.strictSame(
    next.messages(BOB_JID).map(({ id, starred }) => [id, starred ?? false]),
    shown(),
    'the phone has kept it',
  )
  await world.finish(next.changes.clear(BOB_JID, true))
  t.match(next.messages(BOB_JID), [{ id: first.id }], 'what is starred stays')
  t.match(alice.messages(BOB_JID), [{ id: first.id }])
  await world.finish(next.changes.clear(BOB_JID))
  t.strictSame(next.messages(BOB_JID), [])
  t.strictSame(alice.messages(BOB_JID), [])
  await world.finish(next.changes.remove(MUM_JID))
  t.strictSame(next.chats().map(({ jid }) => jid), [BOB_JID]) // prettier-ignore
  t.strictSame(alice.chats().map(({ jid }) => jid), [BOB_JID]) // prettier-ignore
  t.equal(
    await world.finish(next.changes.pin(MUM_JID).then(() => 'done', codeOf)),
    'TETHER_ERR_NOT_FOUND',
    'it is gone',
  )
})

t.test('a change waits while the phone is away, and is shown when it is done', async (t) => {
  const { world, browsers, alice } = await clientStory(t, {})
  const page = await browsers.pair('alice', alice)
  await world.until(() => page.chats().length === 2)
  await takeOffline(world, alice)
  const pinning = page.changes.pin(MUM_JID)
  await world.pass(5_000)
  t.equal(page.chat(MUM_JID)?.pinned, false, 'nothing is shown that is not so')
  await bringBack(world, alice)
  await world.finish(pinning)
  t.equal(page.chat(MUM_JID)?.pinned, true)
})

t.test('what is done on the phone is seen in the browser: read, and disappeared', async (t) => {
  const { world, browsers, alice, bob } = await clientStory(t, {})
  const page = await browsers.pair('alice', alice)
  await world.finish(alice.setTimer(BOB_JID, 3_600))
  await world.pass(1_000)
  const { id } = await world.finish(bob.sendText(ALICE_JID, 'burn after reading'))
  const isThere = () => page.messages(BOB_JID).some((message) => message.id === id)
  await world.until(isThere)
  t.equal(page.chat(BOB_JID)?.unread, 1)
  await world.finish(alice.markRead(BOB_JID))
  await world.until(() => page.chat(BOB_JID)?.unread === 0)
  await world.until(() => !isThere(), { withinMs: 7_200_000 })
  t.pass('gone with the timer')
})

t.test('whatever the person changes on the phone is so in the browser', async (t) => {
  const { world, browsers, alice } = await clientStory(t, {})
  const page = await browsers.pair('alice', alice)
  const { tidying } = alice
  const [first, second] = alice.messages(BOB_JID)
  const shows = async (work: Promise<unknown>, isSo: () => boolean) => {
    await world.finish(work)
    await world.until(isSo)
  }
  await world.until(() => page.messages(BOB_JID).length === 5)
  await shows(tidying.change(MUM_JID, { pinned: true }), () => page.chats()[0].jid === MUM_JID)
  await shows(tidying.change(MUM_JID, { pinned: false }), () => page.chats()[0].jid === BOB_JID)
  for (const archived of [true, false])
    await shows(tidying.change(BOB_JID, { archived }), () => page.chat(BOB_JID)?.archived === archived)
  for (const mutedUntilMs of [-1, null])
    await shows(
      tidying.change(BOB_JID, { mutedUntilMs }),
      () => page.chat(BOB_JID)?.mutedUntil === mutedUntilMs,
    )
  await shows(tidying.change(BOB_JID, { unread: true }), () => page.chat(BOB_JID)?.unread === -1)
  for (const starred of [true, false])
    await shows(
      tidying.star(BOB_JID, first, starred),
      () => (page.messages(BOB_JID)[0].starred ?? false) === starred,
    )
  await shows(tidying.deleteMessage(BOB_JID, second), () => page.messages(BOB_JID).length === 4)
  await shows(tidying.clear(BOB_JID), () => page.messages(BOB_JID).length === 0)
  await shows(tidying.delete(BOB_JID), () => page.chats().length === 1)
  t.pass('and gone in the end')
})

t.test('a voice note that is played here is shown as played to the one who spoke it', async (t) => {
  const { world, browsers, alice, bob } = await clientStory(t, {})
  const [page, atBob] = [await browsers.pair('alice', alice), await browsers.pair('bob', bob)]
  const { id } = await world.finish(bob.send(ALICE_JID, contents['a voice note']))
  const note = () => page.messages(BOB_JID).find((message) => message.id === id)
  await world.until(() => note() !== undefined)
  await world.finish(page.changes.played(note()!))
  t.equal(note()?.played, true)
  const spoken = () => atBob.messages(ALICE_JID).find((message) => message.id === id)
  await world.until(() => spoken()?.status === 'played')
})
