/** Bad input at the door of browsers, in every state: a code, a counter, and the connection lives where it may. */
import t from 'tap'
import { concat, utf8 } from 'proto/bytes'
import { errors, type ErrorCode } from 'proto/errors'
import { sealBytes, sealFrame } from 'proto/seal'
import type { Server } from 'server'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import type { RawBrowser } from '../src/raw-browser.ts'
import { query, rawStory, type RawStory } from '../src/raw-story.ts'

const total = (server: Server) =>
  (Object.keys(errors) as ErrorCode[]).reduce((sum, code) => sum + server.counters.value('errors', code), 0)

/** Text frames and the counter that each moves; null where nothing is wrong enough to count. */
// prettier-ignore
const badTexts: readonly (readonly [string, ErrorCode | null])[] = [
  ['no comma at all', 'TETHER_ERR_FRAME_TAG'], [',["admin","test"]', 'TETHER_ERR_FRAME_TAG'], [`${'t'.repeat(200)},[]`, 'TETHER_ERR_FRAME_TAG'],
  ['["1600000000", ["admin","challenge","AAAA"]]', 'TETHER_ERR_FRAME_JSON'], ['tag,{"half":', 'TETHER_ERR_FRAME_JSON'], ['tag,undefined', 'TETHER_ERR_FRAME_JSON'],
  ['tag,\u0000', 'TETHER_ERR_FRAME_JSON'], ['tag,\ud800', 'TETHER_ERR_FRAME_JSON'],
  ['tag,{}', 'TETHER_ERR_BODY'], ['tag,7', 'TETHER_ERR_BODY'], ['tag,"text"', 'TETHER_ERR_BODY'], ['tag,null', 'TETHER_ERR_BODY'],
  ['tag,["admin","init"]', 'TETHER_ERR_BODY'], ['tag,["admin","init",1,2,3]', 'TETHER_ERR_BODY'], ['tag,["admin","init",[2],["x"],"a,b"]', 'TETHER_ERR_BODY'],
  [`tag,${'['.repeat(3_000)}${']'.repeat(3_000)}`, null], ['tag,[]', null], ['tag,["__proto__"]', null], ['tag,["query",{"toString":1}]', null], ['tag,', null], ['!123', null],
]

async function inState(story: RawStory, state: string): Promise<RawBrowser> {
  if (state === 'connected') return story.connect()
  if (state === 'relaying') return story.paired()
  const browser = await story.connect(state === 'challenged' ? (await story.paired()).credentials : null)
  await browser.json(browser.init())
  if (state === 'challenged') {
    browser.login()
    await browser.push('s1')
  }
  return browser
}

for (const state of ['connected', 'waitingForScan', 'challenged', 'relaying']) {
  t.test(`it survives bad text while ${state}: each is counted, and the connection goes on`, async (t) => {
    const story = await rawStory(t, { challenge: true })
    const browser = await inState(story, state)
    const { counters } = story.world.server
    for (const [text, code] of badTexts) {
      const before = code && counters.value('errors', code)
      browser.send(text)
      await story.world.pass(60)
      if (code) t.ok(counters.value('errors', code) > before!, `${code} for ${text.slice(0, 40)}`)
      t.equal(browser.closed, null, text.slice(0, 40))
    }
    t.equal(counters.value('errors', 'TETHER_ERR_INTERNAL'), 0)

    if (state === 'connected') await browser.pair(story.alice)
    // the ref has not run out: it stays
    if (state === 'waitingForScan')
      t.match(await browser.json(browser.say(['admin', 'Conn', 'reref'])), { status: 304 })
    if (state === 'challenged') t.match(await browser.json(browser.answerChallenge()), { status: 200 })
    if (state === 'relaying') t.equal((await browser.node(browser.sayNode(query('chat')))).attrs.type, 'chat')
  })
}

t.test('it answers a request that is not allowed in this state, and counts it', async (t) => {
  const { connect, world } = await rawStory(t)
  const browser = await connect()
  for (const body of [
    ['admin', 'login', 'a', 'b', 'c', 'takeover'],
    ['admin', 'test'],
    ['query', 'exist', BOB_JID],
    ['admin', 'Conn', 'reref'],
  ]) {
    t.match(await browser.json(browser.say(body)), { status: 400 }, JSON.stringify(body))
  }
  t.equal(world.server.counters.value('errors', 'TETHER_ERR_STATE'), 4)
  t.equal(browser.closed, null)
})

t.test('it closes with 1009 on a frame that is too large, before and after the login', async (t) => {
  const { connect, paired, world } = await rawStory(t)
  const early = await connect()
  early.send(`tag,"${'x'.repeat(8_192)}"`)
  const late = await paired()
  late.send(new Uint8Array(262_145))
  await world.pass(100)
  for (const browser of [early, late]) t.match(browser.closed, { code: 1009, reason: 'TETHER_ERR_TOO_LARGE' })
  t.equal(world.server.counters.value('limits', 'BROWSER_EARLY_BYTES'), 1)
  t.equal(world.server.counters.value('limits', 'BROWSER_FRAME_BYTES'), 1)
})

t.test('it closes on too many frames before the login, and on silence', async (t) => {
  const { connect, world } = await rawStory(t)
  const [noisy, silent] = [await connect(), await connect()]
  for (let n = 0; n < 65; n++) noisy.send('x,[]')
  await world.pass(31_000)
  t.match(noisy.closed, { code: 1008, reason: 'TETHER_ERR_LIMIT' })
  t.match(silent.closed, { code: 4408, reason: 'TETHER_ERR_IDLE' })
  t.equal(world.server.counters.value('limits', 'BROWSER_EARLY_FRAMES'), 1)
  t.equal(world.server.counters.value('limits', 'BROWSER_INIT_MS'), 1)
})

t.test('it drops sealed frames before the login, with a reason, and goes on', async (t) => {
  const { connect, world, alice } = await rawStory(t)
  const browser = await connect()
  for (const bytes of [Uint8Array.of(0), utf8('tag,'), new Uint8Array(500).fill(44)]) browser.send(bytes)
  await world.pass(100)
  t.equal(world.server.counters.value('drops', 'notLoggedIn'), 3)
  await browser.pair(alice)
})

t.test(
  'it survives sealed frames that are broken in any way; the phone notes them, the conversation goes on',
  async (t) => {
    const { paired, world, alice, bob } = await rawStory(t)
    const browser = await paired()
    const { encKey, macKey } = browser.credentials!
    const iv = new Uint8Array(16).fill(7)
    const good = sealFrame({ tag: '7.--1', node: query('chat'), encKey, macKey, iv, metric: 5, flags: 128 })
    const known = { messages: alice.messages(BOB_JID).length, companions: alice.companions().length }
    const frames = [
      ...[1, 5, 6, 8, 9, 40, 57, good.length - 16, good.length - 1].map((length) => good.subarray(0, length)),
      ...Array.from({ length: good.length - 8 }, (_, at) => flipped(good, at + 8)),
      new Uint8Array(300),
      Uint8Array.of(44, 44, 44),
      new Uint8Array(4_000).fill(255),
    ]
    for (const frame of frames) {
      browser.send(frame)
      await world.pass(50)
    }
    t.ok(world.server.counters.value('drops', 'malformed') >= 3)
    t.ok(world.trace.findAll({ party: `phone:${alice.number}`, kind: 'drop' }).length >= good.length - 8)

    const nodes = [
      Uint8Array.of(0),
      Uint8Array.of(0xf8, 0),
      Uint8Array.of(0xf8, 2, 200),
      utf8('text'),
      concat(Uint8Array.of(0xf9, 255, 255), new Uint8Array(64)),
    ]
    for (const [at, plain] of nodes.entries()) {
      browser.send(
        concat(utf8(`8.--${at},`), Uint8Array.of(10, 128), sealBytes(plain, { encKey, macKey }, iv)),
      )
      t.match(await browser.json(`8.--${at}`), { status: 400 })
    }

    t.equal(browser.closed, null)
    t.ok(world.phone(alice.number).status().state === 'online')
    t.equal((await browser.node(browser.sayNode(query('chat')))).attrs.type, 'chat')
    await world.finish(bob.sendText(ALICE_JID, 'still here?'))
    await world.until(() => alice.messages(BOB_JID).some(({ text }) => text === 'still here?'))
    t.equal(alice.messages(BOB_JID).length, known.messages + 1)
    t.equal(alice.companions().length, known.companions)
    t.equal(world.server.counters.value('errors', 'TETHER_ERR_INTERNAL'), 0)
    t.ok(total(world.server) > 0)
  },
)

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice()
  copy[at] ^= 1 << (at % 8)
  return copy
}
