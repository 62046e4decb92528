import t from 'tap'
import { ALICE_JID, BOB_JID, MUM_JID, oldText } from '../src/backstory.ts'
import { BOTH_TIMES, clientStory } from '../src/client-story.ts'

for (const clock of BOTH_TIMES) {
  t.test(
    `it pairs, learns who it is, and receives contacts, chats and messages (${clock} time)`,
    async (t) => {
      const { browsers, alice, world } = await clientStory(t, { clock })
      const client = await browsers.pair('alice', alice)
      await world.until(() => client.messages(BOB_JID).length === 5)

      t.strictSame(client.me, { jid: ALICE_JID, name: 'Alice' })
      t.equal(client.nameOf(MUM_JID), 'Mum')
      t.strictSame(
        client
          .chats()
          .map(({ jid }) => jid)
          .sort(),
        [BOB_JID, MUM_JID],
      )
      t.strictSame(
        client.messages(BOB_JID).map(({ text }) => text),
        [1, 2, 3, 4, 5].map(oldText),
      )
      t.equal(client.qr, null)
      t.match(alice.companions(), [{ name: /Tether/, state: 'online' }])
    },
  )

  t.test(
    `it carries texts both ways, through phones and browsers, with all ticks (${clock} time)`,
    async (t) => {
      const { browsers, alice, bob, world } = await clientStory(t, { clock })
      const atAlice = await browsers.pair('alice', alice)
      const atBob = await browsers.pair('bob', bob)
      const newest = (client: typeof atAlice, jid: string) => client.messages(jid).at(-1)
      await world.until(() => newest(atBob, ALICE_JID)?.text === oldText(5))

      const sent = atAlice.send(BOB_JID, 'Half past nine, by the bridge.')
      t.equal(sent.status, 'pending')
      await world.until(() => newest(atBob, ALICE_JID)?.text === 'Half past nine, by the bridge.')
      await world.until(() => newest(atAlice, BOB_JID)?.status === 'delivered')
      t.equal(newest(atBob, ALICE_JID)?.id, sent.id)
      t.equal(atBob.chat(ALICE_JID)?.unread, 1)

      atBob.markRead(ALICE_JID)
      await world.until(() => newest(atAlice, BOB_JID)?.status === 'read')
      t.equal(bob.chats()[0]?.unread, 0)

      atBob.send(ALICE_JID, 'I will even smile.')
      await world.until(() => newest(atAlice, BOB_JID)?.text === 'I will even smile.')
      await world.finish(bob.sendText(ALICE_JID, 'And bring coffee.'))
      await world.until(() => newest(atAlice, BOB_JID)?.text === 'And bring coffee.')
      await world.until(() => newest(atBob, ALICE_JID)?.text === 'And bring coffee.')
      t.equal(newest(atBob, ALICE_JID)?.fromMe, true, 'what the phone itself sends is shown as ours')

      const expected = ['Half past nine, by the bridge.', 'I will even smile.', 'And bring coffee.']
      for (const texts of [
        alice
          .messages(BOB_JID)
          .slice(-3)
          .map(({ text }) => text),
        bob
          .messages(ALICE_JID)
          .slice(-3)
          .map(({ text }) => text),
        atAlice
          .messages(BOB_JID)
          .slice(-3)
          .map(({ text }) => text),
        atBob
          .messages(ALICE_JID)
          .slice(-3)
          .map(({ text }) => text),
      ]) {
        t.strictSame(texts, expected)
      }
    },
  )
}
