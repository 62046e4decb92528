/** F6: what a reader shows of why a frame does not open, and whether that tells bad padding from good. */
import t from 'tap'
import { concat, utf8 } from 'proto/bytes'
import { hmacSha256 } from 'proto/crypto-node'
import { fraction, seededEntropy } from 'proto/entropy'
import { codeOf } from 'proto/errors'
import type { LinkHandlers } from 'proto/link'
import { metrics } from 'proto/metrics'
import { openBytes, sealBytes, type SealKeys } from 'proto/seal'
import { encodeNode } from 'proto/node-encoder'
import { tagOf } from 'harness'
import { browserPlace, browsersOf } from '../src/browser.ts'
import { corruptRelay } from '../src/attacks/corrupt-relay.ts'
import { legacyBrowser } from '../src/attacks/legacy-browser.ts'
import { AVAILABLE, query, rawStory } from '../src/raw-story.ts'

const FRAMES = 10_000
const TAG = '9.--'
const PER_MS = 25 // the server reads 50 a second of one browser
const MAC_BYTES = 32
const HEAD_BYTES = MAC_BYTES + 16

const entropy = seededEntropy('malformed frames')
const freshKeys = (): SealKeys => ({ encKey: entropy.bytes(32), macKey: entropy.bytes(32) })
const seal = (keys: SealKeys): Uint8Array => sealBytes(encodeNode(AVAILABLE), keys, entropy.bytes(16))

const below = (n: number): number => Math.floor(fraction(entropy) * n)

/** A bit changed somewhere in a part of a frame. */
function flip(sealed: Uint8Array, from: number, to: number): Uint8Array {
  const changed = sealed.slice()
  changed[from + below(to - from)] ^= 1 << below(8)
  return changed
}

/** Blocks under their right MAC, as W1 would get it, that end in no padding. */
function badPadding(keys: SealKeys): Uint8Array {
  for (;;) {
    const body = entropy.bytes(64)
    const sealed = concat(hmacSha256(keys.macKey, body), body)
    try {
      openBytes(sealed, keys)
    } catch (error) {
      if (codeOf(error) === 'TETHER_ERR_FRAME_MAC') return sealed
      throw error
    }
  }
}

type Malformed = (keys: SealKeys) => Uint8Array
const kinds: readonly Malformed[] = [
  (keys) => concat(entropy.bytes(MAC_BYTES), seal(keys).subarray(MAC_BYTES)),
  (keys) => flip(seal(keys), 0, MAC_BYTES),
  (keys) => flip(seal(keys), MAC_BYTES, HEAD_BYTES),
  (keys) => flip(seal(keys), HEAD_BYTES, HEAD_BYTES + 16),
  (keys) => concat(seal(keys), entropy.bytes(16)),
  (keys) => seal({ ...keys, macKey: entropy.bytes(32) }),
  () => entropy.bytes(HEAD_BYTES + 16 * (1 + below(4))),
  badPadding,
]
const malformed = (at: number, keys: SealKeys): Uint8Array => kinds[at % kinds.length](keys)

t.test('unhardened: a legacy reader closes at bad padding and stays at good, 200 of 200', async (t) => {
  const keys = freshKeys()
  const kept = { ...keys, clientId: 'x', clientToken: 'a', serverToken: 'b' }
  const staysAt = (sealed: Uint8Array): boolean => {
    let [reader, isOpen]: [LinkHandlers | null, boolean] = [null, true]
    legacyBrowser(
      {
        queuedBytes: 0,
        open: (handlers) => (reader = handlers),
        send() {},
        close: () => (isOpen = false),
        pause() {},
        resume() {},
      },
      kept,
    )
    reader!.frame(concat(utf8('1,'), sealed))
    return isOpen
  }
  for (let round = 0; round < 100; round++) {
    t.equal(staysAt(seal(keys)), true)
    t.equal(staysAt(badPadding(keys)), false)
  }
})

t.test(`ours: the phone says nothing of ${FRAMES} frames, with one code in its record`, async (t) => {
  const { world, alice, paired } = await rawStory(t, { record: false })
  const browser = await paired()
  await world.pass(2_000)
  for (let at = 0; at < FRAMES; at++) {
    browser.send(
      concat(utf8(`${TAG}${at},`), Uint8Array.of(metrics.PRESENCE, 128), malformed(at, browser.credentials!)),
    )
    await world.pass(PER_MS)
  }
  const words = browser.received.filter(({ frame }) => tagOf(frame).startsWith(TAG))
  t.strictSame(words, [], 'not one word: what else it pushed is about its battery')
  t.equal(browser.closed, null)
  const refused = alice.auditRecords(2 * FRAMES).filter(({ kind }) => kind === 'frame.refused')
  t.equal(refused.length, FRAMES)
  t.strictSame([...new Set(refused.map(({ fields }) => fields['code']))], ['TETHER_ERR_FRAME_MAC'])
  t.equal(
    (await browser.node(browser.sayNode(query('chat')))).tag,
    'response',
    'what opens is answered as ever',
  )
})

t.test(`ours: the browser says nothing of ${FRAMES} frames and stays open`, async (t) => {
  const { world, alice } = await rawStory(t)
  const relay = corruptRelay(world)
  const browsers = browsersOf({ ...world, dial: () => relay.dial() })
  t.teardown(() => browsers.stop())
  const place = browserPlace('reader')
  const client = await browsers.pair(place, alice)
  await world.pass(5_000)
  const keys = (await place.keys.load())!
  relay.meddle(() => []) // only its own words are of interest now
  const said = relay.recorded.length
  for (let at = 0; at < FRAMES; at++) {
    relay.say('down', concat(utf8(`9-${at},`), malformed(at, keys)))
    if (at % 100 === 99) await world.pass(1)
  }
  t.equal(relay.recorded.length, said, 'not one word')
  t.equal(client.state, 'open')
  const drops = world.trace.findAll({ party: 'browser:reader', kind: 'drop' })
  t.equal(drops.length, FRAMES)
  t.strictSame([...new Set(drops.map(({ fields }) => fields['reason']))], ['TETHER_ERR_FRAME_MAC'])
  relay.meddle(null)
})
