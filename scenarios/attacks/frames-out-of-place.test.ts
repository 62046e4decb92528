/** W2, F1 to F4: frames have no number, no direction, and their tag is outside the MAC: they can be put out of place. */
import t from 'tap'
import { parseBinaryFrame } from 'proto/frame'
import type { Frame } from 'proto/link'
import { metrics } from 'proto/metrics'
import type { Client } from 'web-client'
import { tagOf, type World } from 'harness'
import { ALICE_JID, BOB_JID, MUM, MUM_JID } from '../src/backstory.ts'
import { browsersOf } from '../src/browser.ts'
import { corruptRelay, type CorruptRelay, type Meddler, type Way } from '../src/attacks/corrupt-relay.ts'
import { frameOf } from '../src/attacks/challenge-oracle.ts'
import { legacyBrowser } from '../src/attacks/legacy-browser.ts'
import { RawBrowser } from '../src/raw-browser.ts'
import { query, rawStory } from '../src/raw-story.ts'

const MAC_BYTES = 32
const TIMES = 100

/** The same sealed bytes under another tag, and for the other way where that is asked for. */
function moved(frame: Frame, from: Way, to: Way, tag = tagOf(frame)): Uint8Array {
  const { sealed } = parseBinaryFrame(frame as Uint8Array, from === 'up' ? 'client' : 'server')
  const ways = to === 'up' ? [metrics.MESSAGE, 128] : []
  return frameOf(tag, sealed.subarray(0, MAC_BYTES), sealed.subarray(MAC_BYTES), ways)
}

const sealedOf = (relay: CorruptRelay, way: Way): Frame[] =>
  relay.recorded.flatMap((each) => (each.way === way && typeof each.frame !== 'string' ? [each.frame] : []))

/** Keeps the sealed frames of one way back, oldest first in the list. */
function keeping(way: Way): { readonly kept: Frame[]; readonly meddler: Meddler } {
  const kept: Frame[] = []
  const meddler: Meddler = (going, frame) => {
    if (going !== way || typeof frame === 'string') return [frame]
    kept.push(frame)
    return []
  }
  return { kept, meddler }
}

/**
 * Our client behind the corrupt relay, and what it told its page. `messages` with Bob, `withMum` in that chat; a sync
 * does not bring more than 50 of each.
 */
async function hardened(t: Parameters<typeof rawStory>[0], { messages = 5, withMum = 0 } = {}) {
  const story = await rawStory(t, { messages })
  const timestampMs = (n: number) => story.world.clock.now() - (withMum - n + 100) * 60_000
  await story.world.finish(
    story.alice.importHistory(
      Array.from({ length: withMum }, (_, n) => ({
        ...{ with: MUM, fromMe: false, text: `plum ${n}`, timestampMs: timestampMs(n), seen: true },
      })),
    ),
  )
  const relay = corruptRelay(story.world)
  const browsers = browsersOf({ ...story.world, dial: () => relay.dial() })
  t.teardown(() => Promise.resolve(browsers.stop()))
  const client = await browsers.pair('hardened', story.alice)
  await story.world.until(() => client.chat(BOB_JID) !== null)
  await story.world.pass(2_000)
  return { ...story, relay, client, texts: () => textsOf(client) }
}

const textsOf = (client: Client): string[] => client.messages(BOB_JID).map(({ text }) => text)

t.test(
  'unhardened: it believes a frame again, out of order, sent back to it, and as the answer to another',
  async (t) => {
    const { world, alice, bob } = await rawStory(t)
    const relay = corruptRelay(world)
    const victim = await RawBrowser.connect(world, 'victim', null, () => relay.dial())
    const { wid } = await victim.pair(alice)
    const asked = victim.sayNode(query('contacts'))
    await victim.node(asked)
    for (const text of ['first', 'second', 'third']) {
      const before = sealedOf(relay, 'down').length
      await world.finish(bob.sendText(ALICE_JID, text))
      await world.until(() => sealedOf(relay, 'down').length > before)
    }
    const relayed = sealedOf(relay, 'down').slice(-3)
    const contacts = sealedOf(relay, 'down').find((frame) => tagOf(frame) === asked)!
    const [own] = sealedOf(relay, 'up')
    victim.close()

    relay.meddle((_way, frame) => (typeof frame === 'string' ? [frame] : [])) // the phone is not heard any more
    const legacy = legacyBrowser(await relay.dial(), victim.credentials!)
    await world.until(() => legacy.isOpen)
    t.ok(wid)
    const believes = async (frames: readonly Frame[]) => {
      const from = legacy.believed.length
      for (const frame of frames) relay.say('down', frame)
      await world.pass(10)
      t.ok(legacy.isOpen)
      return legacy.believed.slice(from)
    }
    const again = await believes(Array.from({ length: TIMES }, () => relayed[0]))
    t.equal(again.length, TIMES, 'F1: the same frame, each time')
    const [back] = await believes([moved(own, 'up', 'down')])
    t.equal(back.node[0], 'query', 'F2: its own words, as if its phone had said them')
    const disorder = await believes([relayed[2], relayed[0]])
    t.equal(disorder.length, 2, 'F3: the last before the first, and nothing of the second')
    const [swapped] = await believes([moved(contacts, 'down', 'down', 'another question')])
    t.match(swapped, { tag: 'another question', node: ['response', { type: 'contacts' }] }, 'F4')
  },
)

t.test(
  'ours: F1, a message that comes again is there once, in the browser and at its receiver',
  async (t) => {
    const { world, relay, client, alice, bob, texts } = await hardened(t)
    let told = 0
    client.subscribe((event) => {
      if (event.type === 'message') told++
    })
    await world.finish(bob.sendText(ALICE_JID, 'once'))
    await world.until(() => texts().includes('once'))
    const down = sealedOf(relay, 'down').at(-1)!
    const sent = client.send(BOB_JID, 'sent once')
    await world.until(() =>
      client.messages(BOB_JID).some(({ id, status }) => id === sent.id && status === 'delivered'),
    )
    const up = sealedOf(relay, 'up').find((frame) => tagOf(frame) === sent.id)!
    for (let time = 0; time < TIMES; time++) {
      relay.say('down', down)
      relay.say('up', up)
    }
    await world.pass(5_000)
    const count = (text: string, all: readonly { readonly text: string | null }[]) =>
      all.filter((each) => each.text === text).length
    t.equal(count('once', client.messages(BOB_JID)), 1)
    t.equal(client.chat(BOB_JID)?.unread, 1)
    t.equal(told, 1, 'nobody is told of it twice')
    t.equal(count('sent once', alice.messages(BOB_JID)), 1)
    t.equal(count('sent once', bob.messages(ALICE_JID)), 1)
  },
)

t.test('ours: F2, what comes back to its sender does nothing, on either side', async (t) => {
  const { world, relay, client, alice, bob } = await hardened(t)
  await world.finish(client.changes.archive(BOB_JID))
  const archive = sealedOf(relay, 'up').at(-1)!
  await world.finish(client.changes.unarchive(BOB_JID))
  relay.say('down', moved(archive, 'up', 'down'))
  await world.pass(1_000)
  t.equal(client.chat(BOB_JID)?.archived, false)

  const { kept, meddler } = keeping('up')
  relay.meddle(meddler)
  let isDone = false
  const pinning = client.changes.pin(BOB_JID).then(() => {
    isDone = true
  })
  await world.until(() => kept.length > 0)
  relay.say('down', moved(kept[0], 'up', 'down'))
  await world.pass(1_000)
  t.equal(isDone, false, 'a question is not its own answer')
  relay.meddle(null)
  relay.say('up', kept[0])
  await world.finish(pinning)

  await world.finish(bob.sendText(ALICE_JID, 'to the browser'))
  await world.until(() => textsOf(client).includes('to the browser'))
  const before = alice.messages(BOB_JID).length
  for (const frame of sealedOf(relay, 'down')) relay.say('up', moved(frame, 'down', 'up'))
  await world.pass(5_000)
  t.equal(alice.messages(BOB_JID).length, before)
  t.equal(bob.messages(ALICE_JID).length, before)
  t.equal(client.state, 'open')
  // what the browser itself has sealed does something when it comes this way
  kept.splice(0)
  relay.meddle(meddler)
  client.send(BOB_JID, 'its own words')
  await world.until(() => kept.length > 0)
  relay.meddle(null)
  relay.say('up', moved(kept[0], 'up', 'up'))
  await world.until(() => bob.messages(ALICE_JID).at(-1)?.text === 'its own words')
})

t.test(
  'ours: F3, messages stand in the order of their time, and a gap is closed at the next login',
  async (t) => {
    const { world, relay, bob, texts } = await hardened(t)
    const { kept, meddler } = keeping('down')
    relay.meddle(meddler)
    const told: Frame[][] = []
    for (const text of ['first', 'second', 'third']) {
      await world.finish(bob.sendText(ALICE_JID, text))
      await world.pass(2_000)
      told.push(kept.splice(0)) // the message, and what else the phone says of it
    }
    relay.meddle(null)
    for (const frame of [...told[2], ...told[0]]) relay.say('down', frame)
    await world.until(() => texts().includes('first'))
    t.strictSame(texts().slice(-2), ['first', 'third'])
    world.sever()
    await world.until(() => texts().includes('second'))
    t.strictSame(texts().slice(-3), ['first', 'second', 'third'])
  },
)

t.test('ours: F4, history of one chat is not taken for that of another', async (t) => {
  const { world, relay, client } = await hardened(t, { messages: 60, withMum: 60 }) // more than a sync brings
  const known = () => [BOB_JID, MUM_JID].map((jid) => client.messages(jid).map(({ text }) => text))
  const before = known()
  const loads = await exchanged(world, relay, () =>
    [BOB_JID, MUM_JID].map((jid) => client.loadOlder(jid).catch(() => 'refused')),
  )
  t.strictSame(loads, ['refused', 'refused'])
  t.strictSame(known(), before)
  const own = await world.finish(Promise.all([client.loadOlder(BOB_JID), client.loadOlder(MUM_JID)]))
  t.ok(
    own.every((count) => count > 0),
    `the same questions with their own answers: ${own.join(' ')}`,
  )
})

t.test('extended profile only: F1, an old change that comes again undoes a newer one', async (t) => {
  const { world, relay, client, alice } = await hardened(t)
  await world.finish(client.changes.archive(BOB_JID))
  const archive = sealedOf(relay, 'up').at(-1)!
  await world.finish(client.changes.unarchive(BOB_JID))
  const isArchived = () => alice.chats().find(({ jid }) => jid === BOB_JID)?.archived
  t.equal(isArchived(), false)
  relay.say('up', archive)
  await world.until(() => isArchived() === true)
})

t.test('extended profile only: F3, what is kept back is not missed while the connection lasts', async (t) => {
  const { world, relay, client, bob, texts } = await hardened(t)
  const { kept, meddler } = keeping('down')
  relay.meddle(meddler)
  await world.finish(bob.sendText(ALICE_JID, 'kept back'))
  await world.pass(2_000)
  t.ok(kept.length > 0)
  relay.meddle(null)
  await world.finish(bob.sendText(ALICE_JID, 'passed on'))
  await world.until(() => texts().includes('passed on'))
  await world.pass(120_000)
  t.notOk(texts().includes('kept back'))
  t.equal(client.state, 'open')
})

t.test('extended profile only: F4, the answer to one search is shown for another', async (t) => {
  const { world, relay, client } = await hardened(t)
  const [plums, third] = await exchanged(world, relay, () => [
    client.search('plums'),
    client.search('message 3'),
  ])
  t.strictSame(
    plums.messages.map(({ text }) => text),
    ['old message 3'],
  )
  t.strictSame(
    third.messages.map(({ text }) => text),
    ['The last of the plums'],
  )
})

t.test('extended profile only: F4, an empty answer to another ends the history of a chat', async (t) => {
  const { world, relay, client } = await hardened(t, { messages: 60 })
  t.equal(client.chat(BOB_JID)?.hasOlder, true)
  await exchanged(world, relay, () => [client.loadOlder(BOB_JID), client.loadOlder(MUM_JID).catch(() => 0)])
  t.equal(client.chat(BOB_JID)?.hasOlder, false)
})

/** Two questions that are asked at once get each other's answers. */
async function exchanged<R>(
  world: World,
  relay: CorruptRelay,
  ask: () => readonly Promise<R>[],
): Promise<R[]> {
  const { kept, meddler } = keeping('down')
  relay.meddle(meddler)
  const asked = ask()
  await world.until(() => kept.length >= 2)
  relay.meddle(null)
  const [one, other] = kept
  relay.say('down', moved(one, 'down', 'down', tagOf(other)))
  relay.say('down', moved(other, 'down', 'down', tagOf(one)))
  return world.finish(Promise.all(asked))
}
