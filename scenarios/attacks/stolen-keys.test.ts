/** W3: the keys of a pairing, taken today, open what was recorded yesterday. */
import t from 'tap'
import { openFrame, type SealKeys } from 'proto/seal'
import { browserPlace, browsersOf } from '../src/browser.ts'
import { corruptRelay, type Recorded } from '../src/attacks/corrupt-relay.ts'
import { query, rawStory, type RawStory } from '../src/raw-story.ts'
import { RawBrowser } from '../src/raw-browser.ts'

const FRAMES = 1_000
const sealed = (recorded: readonly Recorded[]) => recorded.filter(({ frame }) => typeof frame !== 'string')

/** How many of these frames a thief reads. */
function opened(recorded: readonly Recorded[], keys: SealKeys): number {
  return recorded.filter(({ way, frame }) => {
    try {
      return openFrame(frame as Uint8Array, keys, { from: way === 'up' ? 'client' : 'server' }).tag !== ''
    } catch {
      return false
    }
  }).length
}

async function recordedTraffic({ world, alice }: RawStory) {
  const relay = corruptRelay(world)
  const browser = await RawBrowser.connect(world, 'recorded', null, () => relay.dial())
  await browser.pair(alice)
  while (sealed(relay.recorded).length < FRAMES) await browser.node(browser.sayNode(query('contacts')))
  return { browser, frames: sealed(relay.recorded).slice(0, FRAMES) }
}

t.test('unhardened: one theft opens 1,000 of 1,000 frames that were recorded before it', async (t) => {
  const { browser, frames } = await recordedTraffic(await rawStory(t))
  t.equal(opened(frames, browser.credentials!), FRAMES)
})

t.test('ours: a new pairing has new keys, so a theft opens nothing of another one', async (t) => {
  const story = await rawStory(t)
  const { browser, frames } = await recordedTraffic(story)
  const { world, alice } = story
  await world.finish(alice.unpair(alice.companions()[0].id))
  const place = browserPlace('paired anew')
  await story.browsers.pair(place, alice)
  t.equal(opened(frames, (await place.keys.load())!), 0)
  t.equal(opened(frames, browser.credentials!), FRAMES)
})

t.test('extended profile only: the keys of our browser too open all that was recorded of it', async (t) => {
  const { world, alice } = await rawStory(t)
  const relay = corruptRelay(world)
  const browsers = browsersOf({ ...world, dial: () => relay.dial() })
  const place = browserPlace('alice')
  await browsers.pair(place, alice)
  await world.until(() => sealed(relay.recorded).length > 5)
  const frames = sealed(relay.recorded)
  t.equal(opened(frames, (await place.keys.load())!), frames.length)
  browsers.stop()
})
