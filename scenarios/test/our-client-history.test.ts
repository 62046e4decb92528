import t from 'tap'
import { BOB_JID, oldText } from '../src/backstory.ts'
import { BOTH_TIMES, clientStory } from '../src/client-story.ts'

const MESSAGES = 110

for (const clock of BOTH_TIMES) {
  t.test(`it loads older history page by page to the first message (${clock} time)`, async (t) => {
    const { browsers, alice, world } = await clientStory(t, { clock, messages: MESSAGES })
    const client = await browsers.pair('alice', alice)
    await world.until(() => client.messages(BOB_JID).length >= 2)
    await world.pass(100)

    const pages: number[] = []
    while (client.chat(BOB_JID)!.hasOlder) pages.push(await world.finish(client.loadOlder(BOB_JID)))

    t.strictSame(
      client.messages(BOB_JID).map(({ text }) => text),
      Array.from({ length: MESSAGES }, (_, index) => oldText(index + 1)),
    )
    t.ok(pages.length > 3, `in pages of ${pages.join(', ')}`)
  })
}
