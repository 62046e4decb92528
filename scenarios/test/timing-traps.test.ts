/** The traps of order and time (spec 20, numbers 1 to 9), each at the wire where virtual time makes pauses exact. */
import t from 'tap'
import { limit } from 'proto/limits'
import { textMessage, encodeWebMessage } from 'proto/web-message'
import { openFrame } from 'proto/seal'
import { BOB_JID, ALICE_JID } from '../src/backstory.ts'
import { jsonOf, type RawBrowser } from '../src/raw-browser.ts'
import { AVAILABLE, query, rawStory } from '../src/raw-story.ts'

const PAUSE_MS = 50
const HOLD_MS = 500

const indexOf = (browser: RawBrowser, start: string) =>
  browser.texts.findIndex(({ text }) => text.startsWith(start))
const timeOf = (browser: RawBrowser, start: string) => browser.texts[indexOf(browser, start)].at

t.test('it keeps trap 1: Conn is s1 and the very first push, pushes count on from there', async (t) => {
  const { paired, world, bob } = await rawStory(t)
  const browser = await paired()
  browser.sayNode(AVAILABLE)
  await world.finish(bob.sendText(ALICE_JID, 'hello'))
  await world.pass(5_000)
  t.equal(browser.pushes[0].body[0], 'Conn')
  t.strictSame(
    browser.pushes.map(({ tag }) => tag),
    browser.pushes.map((_push, index) => `s${index + 1}`),
  )
})

t.test('it keeps trap 1: Conn is s1 at a resume, and s2 after a challenge', async (t) => {
  for (const challenge of [false, true]) {
    const { paired, connect, world } = await rawStory(t, { challenge })
    const browser = await connect((await paired()).credentials)
    browser.init()
    browser.login()
    await browser.push('s1')
    if (challenge) {
      t.match(browser.pushes[0].body, ['Cmd', { type: 'challenge' }])
      browser.answerChallenge()
    }
    await world.pass(5_000)
    const kinds = browser.pushes.map(({ tag, body }) => `${tag} ${String(body[0])}`)
    t.strictSame(kinds.slice(0, 2), challenge ? ['s1 Cmd', 's2 Conn'] : ['s1 Conn', 's2 Blocklist'])
    t.equal(kinds.filter((kind) => kind.endsWith('Conn')).length, 1)
  }
})

t.test('it keeps trap 2: 50 ms between the answer to init and s1, or the refusal of a login', async (t) => {
  const { paired, connect, world } = await rawStory(t)
  const first = await paired()
  t.ok(timeOf(first, 's1,') - first.texts[0].at >= PAUSE_MS, 'at pairing, however fast the scan')

  const resumed = await connect(first.credentials)
  const init = resumed.init()
  resumed.login()
  await resumed.push('s1')
  t.equal(timeOf(resumed, 's1,') - timeOf(resumed, `${init},`), PAUSE_MS)

  const refused = await connect({ ...first.credentials!, serverToken: 'not this one' })
  const tags = [refused.init(), refused.login()]
  t.match(await refused.json(tags[1]), { status: 401 })
  t.equal(timeOf(refused, `${tags[1]},`) - timeOf(refused, `${tags[0]},`), PAUSE_MS)
  await world.pass(1_000)
  t.strictSame(refused.pushes, [])
})

t.test('it keeps trap 2: 50 ms between the answer to a challenge and s2', async (t) => {
  const { paired, connect } = await rawStory(t, { challenge: true })
  const browser = await connect((await paired()).credentials)
  const init = browser.init()
  browser.login()
  await browser.push('s1')
  t.ok(timeOf(browser, 's1,') - timeOf(browser, `${init},`) >= PAUSE_MS)
  const tag = browser.answerChallenge()
  await browser.push('s2')
  t.equal(timeOf(browser, 's2,') - timeOf(browser, `${tag},`), PAUSE_MS)
})

t.test('it keeps trap 3: Conn comes before the answer to login, and the answer comes', async (t) => {
  for (const challenge of [false, true]) {
    const { paired, connect } = await rawStory(t, { challenge })
    const browser = await connect((await paired()).credentials)
    browser.init()
    const login = browser.login()
    await browser.push('s1')
    if (challenge) browser.answerChallenge()
    t.match(await browser.json(login), { status: 200 })
    const conn = indexOf(browser, challenge ? 's2,["Conn"' : 's1,["Conn"')
    t.equal(indexOf(browser, `${login},`), conn + 1)
    t.equal(browser.answers(login).length, 1)
  }
})

t.test('it keeps trap 4: no sealed frame for 500 ms after Conn', async (t) => {
  const { paired, world } = await rawStory(t)
  const browser = await paired()
  const conn = timeOf(browser, 's1,')
  await world.pass(5_000)
  t.ok(browser.binaries.length >= 4, 'the sync came')
  t.ok(browser.binaries[0].at - conn >= HOLD_MS, `${browser.binaries[0].at - conn} ms`)
  t.equal(browser.pushes[1].at, conn, 'JSON may follow at once')
})

t.test('it keeps trap 4: the first sealed frame of the client ends the wait', async (t) => {
  const { paired, world } = await rawStory(t)
  const browser = await paired()
  const conn = timeOf(browser, 's1,')
  await world.pass(20)
  t.equal(browser.binaries.length, 0)
  browser.sayNode(AVAILABLE)
  await world.pass(20)
  t.ok(browser.binaries.length >= 4)
  t.ok(browser.binaries[0].at - conn < HOLD_MS)
})

// prettier-ignore
const CONN = {
  ref: String, wid: /^\d+@c\.us$/, connected: Boolean, isResponse: String, serverToken: String, browserToken: String, clientToken: String,
  lc: String, lg: String, locales: String, is24h: Boolean, protoVersion: [Number, Number], binVersion: Number, battery: Number,
  plugged: Boolean, platform: String, features: Object, pushname: 'Alice', tos: Number,
  phone: { wa_version: String, mcc: String, mnc: String, os_version: String, device_manufacturer: String, device_model: String, os_build_number: String },
}

t.test('it keeps trap 5: every full Conn has every member; the secret comes at pairing only', async (t) => {
  const { connect, alice } = await rawStory(t)
  const first = await connect()
  const paired = await first.pair(alice)
  t.match(paired, CONN)
  t.equal(Buffer.from(String(paired.secret), 'base64').length, 144)

  const resumed = await (await connect(first.credentials)).resume()
  t.match(resumed, CONN)
  t.notOk('secret' in resumed)
})

t.test('it keeps trap 6: tokens stay valid, and a login may come again under its tag', async (t) => {
  const { paired, connect, world } = await rawStory(t)
  const { credentials } = await paired()
  for (const round of [1, 2, 3]) {
    const browser = await connect(credentials)
    browser.init()
    const login = browser.login()
    t.match(await browser.json(login), { status: 200 }, `resume ${round} with the tokens of the pairing`)
    browser.login('takeover', login)
    await world.pass(1_000)
    t.equal(browser.answers(login).length, 2)
    t.strictSame(
      browser.pushes.filter(({ body }) => body[0] === 'Conn').map(({ tag }) => tag),
      ['s1', 's1'],
    )
    t.equal(browser.closed, null)
  }
})

t.test('it keeps trap 6: one tag may stand for two requests, as init and login of one second', async (t) => {
  const { paired, connect, world } = await rawStory(t)
  const browser = await connect((await paired()).credentials)
  const tag = browser.say(
    ['admin', 'init', [2, 2142, 12], ['Old', 'Old'], browser.clientId, true],
    '1559390400',
  )
  browser.login('takeover', tag)
  await world.pass(1_000)
  t.strictSame(
    browser.answers(tag).map(({ frame }) => (jsonOf(String(frame)) as { status: number }).status),
    [200, 200],
  )
  t.match(
    browser.answers(tag).map(({ frame }) => frame),
    [/"ref"/, String],
  )
  t.equal(browser.pushes[0].body[0], 'Conn')
})

t.test(
  'it keeps trap 7: keep-alive is answered with ! and milliseconds, as text, in any state',
  async (t) => {
    const { connect, world, alice } = await rawStory(t)
    const browser = await connect()
    for (const state of ['before init', 'paired']) {
      const from = browser.received.length
      const sentAt = world.clock.now()
      browser.send('?,,')
      await world.pass(10)
      const answer = browser.received.slice(from).find(({ frame }) => String(frame).startsWith('!'))
      t.equal(answer?.frame, `!${sentAt + 1}`, state)
      if (state === 'before init') await browser.pair(alice)
    }
  },
)

t.test(
  'it keeps trap 8: no empty frame, one comma, whole JSON, sealed frames without metric and flags',
  async (t) => {
    const { paired, world, alice, bob } = await rawStory(t, { messages: 40 })
    const browser = await paired()
    browser.sayNode(AVAILABLE)
    for (const type of ['contacts', 'chat', 'status', 'quick_reply', 'label', 'emoji'])
      browser.sayNode(query(type))
    for (const body of [
      ['query', 'exist', BOB_JID],
      ['admin', 'test'],
      ['query', 'nothing'],
      ['action', 'nothing'],
    ]) {
      browser.say(body)
    }
    browser.send('?,,')
    await world.finish(bob.sendText(ALICE_JID, 'hello'))
    const info = textMessage({
      remoteJid: BOB_JID,
      fromMe: true,
      id: '3EB0AA',
      timestampS: 1_559_390_400,
      text: 'back',
    })
    const content = [{ tag: 'message', attrs: {}, content: encodeWebMessage(info) }]
    browser.sayNode({ tag: 'action', attrs: { type: 'relay', epoch: '2' }, content }, '3EB0AA', 16)
    await world.pass(2_000)
    alice.setDevice({ batteryPercent: 14 })
    alice.setDevice({ network: 'none' })
    await world.pass(2_000)
    alice.setDevice({ network: 'wifi' })
    await world.pass(5_000)

    for (const { text } of browser.texts) {
      if (text.startsWith('!')) continue
      t.match(text, /^[^,]+,([[{].*)?$/s)
      if (!text.endsWith(',')) t.doesNotThrow(() => jsonOf(text))
    }
    for (const { bytes } of browser.binaries) {
      t.ok(bytes.length > 0)
      t.doesNotThrow(
        () => openFrame(bytes, browser.credentials!, { from: 'server' }),
        'opens right behind the comma',
      )
    }
    t.ok(browser.texts.length > 12 && browser.binaries.length > 8)
  },
)

t.test(
  'it keeps trap 9: silence while the phone is away; then Pong true, part of Conn, and the answers',
  async (t) => {
    const { paired, world, alice } = await rawStory(t)
    const browser = await paired()
    browser.sayNode(AVAILABLE)
    await world.pass(2_000)
    alice.setDevice({ network: 'none' })
    await world.pass(1_000)

    const from = browser.received.length
    const asked = browser.sayNode(query('chat'))
    const tests = [browser.say(['admin', 'test'])]
    await world.pass(15_000)
    tests.push(browser.say(['admin', 'test']))
    await world.pass(15_000)
    t.strictSame(
      browser.received.slice(from).filter(({ frame }) => frame !== `${asked},`),
      [],
    )

    alice.setDevice({ network: 'wifi' })
    const node = await browser.node(asked)
    t.equal(node.attrs.type, 'chat')
    const order = browser.received.slice(from).map(({ frame }) => frame)
    const place = (start: string) =>
      order.findIndex((frame) => typeof frame === 'string' && frame.startsWith(start))
    for (const tag of tests) t.strictSame(jsonOf(String((await browser.answer(tag)).frame)), ['Pong', true])
    const partial = browser.pushes.find(({ at, body }) => body[0] === 'Conn' && at > browser.pushes[0].at)!
    t.notOk('wid' in (partial.body[1] as object))
    t.ok(place(`${tests[0]},`) < place(`${partial.tag},`), 'Pong before the partial Conn')
    t.ok(
      place(`${partial.tag},`) < order.indexOf(browser.answers(asked)[0].frame),
      'which is before the answers',
    )
    t.notOk(browser.texts.some(({ text }) => text.includes('["Pong",false]')))
  },
)

t.test('it keeps the limits that these tests name', async (t) => {
  t.equal(limit('PAUSE_AFTER_ANSWER_MS'), PAUSE_MS)
  t.equal(limit('HOLD_AFTER_CONN_MS'), HOLD_MS)
})
