/** Pages that the phone has to cut, because the texts are too long for one frame, end nothing. */
import t from 'tap'
import { ALICE } from 'harness'
import { BOB_JID } from '../src/backstory.ts'
import { clientStory } from '../src/client-story.ts'

const COUNT = 60
const LONG = 'x'.repeat(60_000)

t.test('it reaches the first message of a chat of long texts, and finds all of them', async (t) => {
  const { alice, bob, browsers, world } = await clientStory(t, { clock: 'virtual', messages: 0 })
  for (let at = 0; at < COUNT; at++) await world.finish(bob.sendText(ALICE.number, `quince ${at} ${LONG}`))
  await world.until(() => alice.messages(BOB_JID).length === COUNT)
  const client = await browsers.pair('alice', alice)
  await world.until(() => client.chat(BOB_JID)?.newest?.text.startsWith(`quince ${COUNT - 1} `) === true)
  while (client.chat(BOB_JID)?.hasOlder) await world.finish(client.loadOlder(BOB_JID))
  const numbers = (texts: readonly { text: string }[]) => texts.map(({ text }) => Number(text.split(' ')[1]))
  t.strictSame(numbers(client.messages(BOB_JID)), [...Array(COUNT).keys()])

  const found: number[] = []
  for (let page = 1, isLast = false; !isLast; page++) {
    const { messages, last } = await world.finish(client.search('quince', { page }))
    found.push(...numbers(messages))
    isLast = last
  }
  t.strictSame(found, [...Array(COUNT).keys()].reverse())
})
