/** W1, S1: a server has frames signed by calling them challenges: it alters one, and reads one, without a key. */
import t from 'tap'
import { challengeMac, fitsChallenge } from 'proto/challenge'
import { concat } from 'proto/bytes'
import { parseBinaryFrame, formatTextFrame } from 'proto/frame'
import { limit } from 'proto/limits'
import type { Frame } from 'proto/link'
import type { Node } from 'proto/node'
import { decodeNode } from 'proto/node-decoder'
import { encodeNode } from 'proto/node-encoder'
import { metrics } from 'proto/metrics'
import { openBytes } from 'proto/seal'
import { tagOf } from 'harness'
import { deletionOf } from '../src/attacks/altered-archive.ts'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { baileys3Story, connectAndSync } from '../src/baileys3-story.ts'
import { baileys3, library } from '../src/baileys3.ts'
import { browserPlace, browsersOf } from '../src/browser.ts'
import { clientStory } from '../src/client-story.ts'
import { challengeOf, challengeOracle, frameOf, signatureIn } from '../src/attacks/challenge-oracle.ts'
import { corruptRelay, type Meddler, type Meddling } from '../src/attacks/corrupt-relay.ts'
import { corruptSocketRelay } from '../src/attacks/corrupt-socket-relay.ts'
import { legacyBrowser } from '../src/attacks/legacy-browser.ts'
import { openByPadding } from '../src/attacks/padding-oracle.ts'
import { RawBrowser } from '../src/raw-browser.ts'
import { change, rawStory, textsIn } from '../src/raw-story.ts'

const MAC_BYTES = 32
const isConn = (frame: Frame): boolean => typeof frame === 'string' && /^s\d+,\["Conn",\{"/.test(frame)

/** In the place of the phone's word that opens a login, asks for the signature of `body`; nobody else sees the answer. */
function signing(relay: Meddling, body: () => Uint8Array, signed: (mac: Uint8Array) => void): Meddler {
  return (way, frame) => {
    if (typeof frame !== 'string') return [frame]
    if (way === 'down') return isConn(frame) ? [formatTextFrame('s1', challengeOf(body()))] : [frame]
    const mac = signatureIn(frame)
    if (mac === null) return [frame]
    relay.say('down', formatTextFrame(tagOf(frame), { status: 200 }))
    signed(mac)
    return []
  }
}

/** The same so that a legacy client sees a login with a challenge: pushes wait for its answer, and count on behind. */
function signingUnseen(relay: Meddling, body: Uint8Array, signed: (mac: Uint8Array) => void): Meddler {
  const waiting: string[] = []
  let pushes = 1
  const goesOn = (push: string): void =>
    relay.say(
      'down',
      push.replace(/^s\d+/, () => `s${++pushes}`),
    )
  let isSigned = false
  return (way, frame) => {
    if (typeof frame !== 'string') return [frame]
    if (way === 'down') {
      if (isConn(frame)) relay.say('down', formatTextFrame('s1', challengeOf(body)))
      if (isSigned || !/^s\d+,/.test(frame)) return [frame]
      waiting.push(frame)
      return []
    }
    const mac = signatureIn(frame)
    if (mac === null) return [frame]
    relay.say('down', formatTextFrame(tagOf(frame), { status: 200 }))
    signed(mac)
    setTimeout(
      () => {
        isSigned = true
        for (const push of waiting) goesOn(push)
      },
      2 * limit('PAUSE_AFTER_ANSWER_MS'),
    ) // it listens for the next push only then
    return []
  }
}

/** IV and ciphertext of the newest sealed frame that passed. */
function recordedBody(relay: Meddling, way: 'up' | 'down'): Uint8Array {
  const { sealed } = parseBinaryFrame(recordedFrame(relay, way), way === 'up' ? 'client' : 'server')
  return sealed.slice(MAC_BYTES)
}

function recordedFrame(relay: Meddling, way: 'up' | 'down'): Uint8Array {
  const seen = relay.recorded.findLast((each) => each.way === way && typeof each.frame !== 'string')!
  return seen.frame as Uint8Array
}

const chatChange = (type: string): Node =>
  change({ tag: 'chat', attrs: { type, jid: BOB_JID }, content: null })

t.test('unhardened: a recorded "archive" is made a "delete", and the phone does it', async (t) => {
  const { world, alice } = await rawStory(t)
  const relay = corruptRelay(world)
  const browser = await RawBrowser.connect(world, 'victim', null, () => relay.dial())
  const conn = await browser.pair(alice)
  browser.sayNode(chatChange('archive'))
  const bob = () => alice.chats().find(({ jid }) => jid === BOB_JID)
  await world.until(() => bob()?.archived === true)

  // Both nodes are as long as each other and differ in the first block, where the IV is all there is to change.
  const [written, wanted] = ['archive', 'delete'].map((type) => encodeNode(chatChange(type)))
  const differs = [...written.keys()].filter((at) => written[at] !== wanted[at])
  t.ok(written.length === wanted.length && differs.every((at) => at < 16), `bytes ${differs.join()}`)
  const altered = recordedBody(relay, 'up')
  for (const at of differs) altered[at] ^= written[at] ^ wanted[at]

  browser.close()
  let mac: Uint8Array | null = null
  relay.meddle(
    signing(
      relay,
      () => altered,
      (signature) => {
        mac = signature
      },
    ),
  )
  const legacy = legacyBrowser(await relay.dial(), browser.credentials!)
  await world.until(() => mac !== null)
  relay.say('down', formatTextFrame('s2', ['Conn', { wid: conn.wid }]))
  await world.until(() => legacy.isOpen)
  relay.say('up', frameOf('1.--1', mac!, altered, [metrics.CHAT, 128]))
  await world.until(() => bob() === undefined)
  t.ok(alice.chats().length > 0, 'that chat alone is gone')
})

t.test('unhardened: Baileys 3.5.3 signs the altered frame at its next login, over sockets', async (t) => {
  const { world, alice } = await baileys3Story(t)
  const relay = await corruptSocketRelay(world.serverUrl!)
  const client = baileys3(relay.url)
  t.teardown(async () => {
    client.stop()
    await relay.stop()
  })
  const synced = client.event('initial-data-received')
  await client.connect((qr) => void alice.scan(qr, { grant: true }))
  await synced
  await client.connection.modifyChat(BOB_JID, library.ChatModification.archive)
  const bob = () => alice.chats().find(({ jid }) => jid === BOB_JID)
  await world.until(() => bob()?.archived === true)

  const count = Number(/--(\d+)$/.exec(tagOf(recordedFrame(relay, 'up')))![1])
  const altered = deletionOf(recordedBody(relay, 'up'), count, BOB_JID)
  const closed = client.event('close')
  relay.hangUp()
  await closed
  let mac: Uint8Array | null = null
  relay.meddle(signingUnseen(relay, altered, (signature) => (mac = signature)))
  await connectAndSync(client)
  t.equal(client.connection.state, 'open', 'the client has noticed nothing')
  relay.say('up', frameOf('1.--1', mac!, altered, [metrics.CHAT, 128]))
  await world.until(() => bob() === undefined)
  t.ok(alice.chats().length > 0, 'that chat alone is gone')
})

t.test('unhardened: a recorded message is read to the last byte, with no key', async (t) => {
  const { world, alice, bob } = await rawStory(t)
  const relay = corruptRelay(world)
  const browser = await RawBrowser.connect(world, 'victim', null, () => relay.dial())
  await browser.pair(alice)
  await world.pass(1_000)
  await world.finish(bob.sendText(ALICE_JID, 'under the old bridge at nine'))
  await world.until(() => browser.nodes.some(({ node }) => node.attrs['add'] === 'relay'))
  const body = recordedBody(relay, 'down')

  const oracle = challengeOracle((link) => void legacyBrowser(link, browser.credentials!))
  const rootSize = 4 // a tag, one attribute, a content: so begins every message that a phone passes on
  const opened = openByPadding(body, rootSize, oracle)

  const plain = openBytes(concat(challengeMac(browser.credentials!.macKey, body), body), browser.credentials!)
  t.strictSame(opened.subarray(0, plain.length), plain, 'what the keys open')
  t.strictSame(textsIn(decodeNode(opened)), ['under the old bridge at nine'])
  const { queries } = oracle
  t.comment(`${opened.length} bytes in ${queries} queries, ${Math.round(queries / opened.length)} a byte`)
})

t.test('ours: nothing that could be a frame is signed, at the first question already', async (t) => {
  const { world, alice } = await rawStory(t)
  const relay = corruptRelay(world)
  const browsers = browsersOf({ ...world, dial: () => relay.dial() })
  const place = browserPlace('hardened')
  const first = await browsers.pair(place, alice)
  await world.finish(first.changes.archive(BOB_JID))
  const frame = recordedBody(relay, 'up')
  first.stop()
  const keys = (await place.keys.load())!

  const answers: Uint8Array[] = []
  let asked = frame
  relay.meddle(
    signing(
      relay,
      () => asked,
      (mac) => answers.push(mac),
    ),
  )
  const askedFor = async (challenge: Uint8Array) => {
    asked = challenge
    answers.length = 0
    const client = browsers.open(place)
    await world.finish(client.start())
    await world.until(() => client.state === 'refused' || answers.length > 0)
    const isSigned = answers.length > 0
    if (isSigned) {
      relay.say('down', formatTextFrame('s2', challengeOf(challenge))) // no second one in a login
      await world.until(() => client.state === 'refused')
    }
    t.match(client.why, { code: 'TETHER_ERR_CHALLENGE_SHAPE' })
    client.stop()
    t.ok(answers.length <= 1)
    return isSigned
  }

  t.equal(await askedFor(frame), false, 'the frame that was recorded')
  await world.pass(10)
  const heard = relay.recorded.length
  await world.pass(60_000)
  t.equal(relay.recorded.length, heard, 'there is no second question: it does not come back by itself')
  const signed: number[] = []
  for (let length = 0; length <= 256; length++) {
    const challenge = world.entropy.bytes(length)
    if (!(await askedFor(challenge))) continue
    signed.push(length)
    const mac = answers[0]
    t.throws(() => openBytes(concat(mac, challenge), keys), {
      code: 'TETHER_ERR_FRAME_LENGTH',
    })
  }
  const allowed = Array.from({ length: 257 }, (_, length) => length).filter(
    (length) => length >= 20 && length <= 64 && ![32, 48, 64].includes(length),
  )
  t.strictSame(signed, allowed, 'of all lengths from 0 to 256')
  t.ok(signed.every((length) => length % 16 !== 0 && fitsChallenge(new Uint8Array(length))))
  browsers.stop()
})

t.test(
  'ours: over sockets too, the frame that Baileys 3.5.3 signs is refused at the first question',
  async (t) => {
    const { world, alice } = await clientStory(t, { clock: 'real' })
    const relay = await corruptSocketRelay(world.serverUrl!)
    const browsers = browsersOf({ ...world, serverUrl: relay.url })
    t.teardown(async () => {
      browsers.stop()
      await relay.stop()
    })
    const place = browserPlace('hardened')
    const first = await browsers.pair(place, alice)
    await first.changes.archive(BOB_JID)
    const frame = recordedBody(relay, 'up')
    first.stop()
    let asked = 0
    const answers: Uint8Array[] = []
    const meddler = signing(
      relay,
      () => frame,
      (mac) => answers.push(mac),
    )
    relay.meddle((way, each) => {
      if (way === 'down' && isConn(each)) asked++
      return meddler(way, each)
    })
    const client = browsers.open(place)
    await client.start()
    await world.until(() => client.state === 'refused')
    t.match(client.why, { code: 'TETHER_ERR_CHALLENGE_SHAPE' })
    t.equal(asked, 1)
    t.strictSame(answers, [])
    t.equal(alice.chats().find(({ jid }) => jid === BOB_JID)?.archived, true)
  },
)
