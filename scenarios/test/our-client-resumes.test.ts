import t from 'tap'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { browserPlace } from '../src/browser.ts'
import { BOTH_TIMES, clientStory } from '../src/client-story.ts'

for (const clock of BOTH_TIMES) {
  for (const challenge of [false, true]) {
    const how = `${challenge ? 'with a challenge' : 'without a challenge'} (${clock} time)`

    t.test(
      `it loses its socket, comes back by itself ${how}, and shows what it missed exactly once`,
      async (t) => {
        const { browsers, alice, bob, world } = await clientStory(t, { clock, challenge })
        const client = await browsers.pair('alice', alice)
        const told: string[] = []
        client.subscribe((event) => {
          if (event.type === 'message') told.push(event.message.text)
        })
        browsers.loseSockets()
        await world.until(() => client.state === 'offline')
        await world.finish(bob.sendText(ALICE_JID, 'missed one'))
        await world.finish(bob.sendText(ALICE_JID, 'missed two'))
        const unsent = client.send(BOB_JID, 'written while away')

        await world.until(() => client.state === 'open')
        await world.until(
          () => client.messages(BOB_JID).find(({ id }) => id === unsent.id)?.status === 'delivered',
        )
        await world.until(() => client.messages(BOB_JID).some(({ text }) => text === 'missed two'))

        const texts = client.messages(BOB_JID).map(({ text }) => text)
        t.strictSame(
          texts.filter((text) => text.startsWith('missed')),
          ['missed one', 'missed two'],
        )
        t.equal(bob.messages(ALICE_JID).filter(({ text }) => text === 'written while away').length, 1)
        t.ok(told.filter((text) => text === 'missed one').length <= 1)
        t.equal(
          world.trace.findAll({ party: 'server', kind: 'state', fields: { input: 'challenge' } }).length > 0,
          challenge,
        )
      },
    )

    t.test(`it resumes in a page that is opened again ${how}`, async (t) => {
      const { browsers, alice, bob, world } = await clientStory(t, { clock, challenge })
      const place = browserPlace('alice')
      const first = await browsers.pair(place, alice)
      first.stop()
      await world.finish(bob.sendText(ALICE_JID, 'while you slept'))
      await world.until(() =>
        alice.chats().some(({ lastMessage }) => lastMessage?.text === 'while you slept'),
      )

      const second = browsers.open(place)
      await world.finish(second.start())
      await world.until(() => second.messages(BOB_JID).some(({ text }) => text === 'while you slept'))

      t.equal(second.state, 'open')
      t.equal(second.me?.name, 'Alice')
      t.equal(second.chat(BOB_JID)?.unread, 1)
      t.equal(second.messages(BOB_JID).filter(({ text }) => text === 'while you slept').length, 1)
    })
  }
}
