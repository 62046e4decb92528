import t from 'tap'
import { formatBase64 } from 'proto/base64'
import {
  CLIENT_ID,
  createPair,
  createWorld,
  FACTS,
  INIT,
  refOf,
  type ScriptedLink,
  type World,
} from './world.ts'

function loginText(conn: Record<string, string>, mode = 'takeover', clientId = CLIENT_ID): string {
  return `1.--1,${JSON.stringify(['admin', 'login', conn['clientToken'], conn['serverToken'], clientId, mode])}`
}

async function resume(world: World, conn: Record<string, string>, mode?: string): Promise<ScriptedLink> {
  const browser = world.browser()
  await browser.say(INIT)
  await browser.say(loginText(conn, mode))
  browser.take()
  await world.clock.pass(50)
  return browser
}

const names = (texts: string[]): string[] =>
  texts.map((text) => text.replace(/^([^,]*),\["(\w+)".*$/s, '$1 $2'))

t.test('pairs: Conn is s1 and the first push, with every member and the secret; then s2 to s4', async (t) => {
  const world = await createWorld()
  const { browser, conn, phone, login, connection, epoch, ref, secret } = await createPair(world)
  t.match(conn, {
    ref, secret, wid: '15550001111@c.us', connected: true, isResponse: 'false', battery: 77, plugged: false,
    platform: 'android', pushname: 'Alice', lc: 'US', lg: 'en', locales: 'en-US', is24h: true, tos: 0,
    protoVersion: [0, 17], binVersion: 10, serverToken: String, clientToken: String, browserToken: String,
    phone: { wa_version: String, mcc: String, mnc: String, os_version: String, device_manufacturer: String, device_model: String, os_build_number: String },
  }) // prettier-ignore
  t.same(names(browser.take()), [])
  t.same(phone.heard('browser'), [{ type: 'browser', connection, epoch, login, resumed: false }])
  const said = phone.link.texts()
  t.ok(
    said.findIndex((each) => each.includes('"type":"reply"')) <
      said.findIndex((each) => each.includes('"browser"')),
    'the phone has its answer before it hears of the open browser',
  )
  await world.server.close()
})

t.test(
  'leaves 50 ms between the answer to init and Conn, and sends the pushes after it in order',
  async (t) => {
    const world = await createWorld()
    const phone = await (await world.phone('15550001111')).attach()
    await phone.tell({ type: 'device', facts: FACTS })
    const browser = world.browser()
    await browser.say(INIT)
    const ref = refOf(browser)
    await phone.ask({ type: 'claimRef', ref, clientId: CLIENT_ID, secret: formatBase64(new Uint8Array(144)) })
    await world.clock.pass(49)
    t.same(browser.frames, [])
    await world.clock.pass(1)
    t.same(names(browser.take()), ['s1 Conn', 's2 Blocklist', 's3 Stream', 's4 Props'])
    await world.server.close()
  },
)

t.test(
  'resumes: after 50 ms Conn as s1 without secret, then the answer to login, then the rest',
  async (t) => {
    const world = await createWorld()
    const { conn, browser: first } = await createPair(world)
    await first.hangUp()
    const browser = world.browser()
    await browser.say(INIT)
    await browser.say(loginText(conn))
    t.equal(browser.take().length, 1, 'only init is answered at once')
    await world.clock.pass(49)
    t.same(browser.frames, [])
    await world.clock.pass(1)
    const sent = browser.take()
    t.same(names(sent), ['s1 Conn', '1.--1,{"status":200}', 's2 Blocklist', 's3 Stream', 's4 Props'])
    const again = (JSON.parse(sent[0].slice(3)) as [string, Record<string, string>])[1]
    t.notOk('secret' in again)
    t.same([again['clientToken'], again['serverToken'], again['browserToken']], [
    conn['clientToken'], conn['serverToken'], conn['browserToken'],
  ]) // prettier-ignore
    await world.server.close()
  },
)

t.test('answers the same login on the same connection again, with Conn as s1 again', async (t) => {
  const world = await createWorld()
  const { conn } = await createPair(world)
  const browser = await resume(world, conn)
  browser.take()
  await browser.say(loginText(conn))
  await world.clock.pass(50)
  t.same(names(browser.take()).slice(0, 3), ['s1 Conn', '1.--1,{"status":200}', 's2 Blocklist'])
  t.equal(world.server.counters.value('logins', 'repeated'), 1)
  await world.server.close()
})

t.test('refuses with 401 what it does not know, obeying the pause', async (t) => {
  const world = await createWorld()
  const { conn } = await createPair(world)
  const cases: [string, Record<string, string>, string][] = [
    ['another server token', { ...conn, serverToken: '1@other' }, CLIENT_ID],
    ['another client token', { ...conn, clientToken: 'other' }, CLIENT_ID],
    ['another client id', conn, 'AAAAAAAAAAAAAAAAAAAAAA=='],
  ]
  for (const [name, tokens, clientId] of cases) {
    const browser = world.browser()
    await browser.say(INIT)
    await browser.say(loginText(tokens, 'takeover', clientId))
    browser.take()
    await world.clock.pass(49)
    t.same(browser.frames, [], name)
    await world.clock.pass(1)
    t.same(browser.take(), ['1.--1,{"status":401}'], name)
  }
  await world.server.close()
})

t.test('limits guesses at one client id with 500, and lets the right one in later', async (t) => {
  const world = await createWorld()
  const { conn } = await createPair(world)
  for (let guess = 0; guess < 10; guess++) await resume(world, { ...conn, serverToken: `1@guess${guess}` })
  t.match((await resume(world, { ...conn, serverToken: '1@more' })).take(), ['1.--1,{"status":500}'])
  t.equal(world.server.counters.value('limits', 'LOGIN_FAILURES'), 1)
  await world.clock.pass(60_000)
  t.match(names((await resume(world, conn)).take())[0], 's1 Conn')
  await world.server.close()
})

t.test('takes over: the loser is told "replaced" and closed before the new one opens', async (t) => {
  const world = await createWorld()
  const { conn, browser: old, phone, connection } = await createPair(world)
  old.take()
  const browser = await resume(world, conn)
  t.match(old.take(), [/^s\d+,\["Cmd",\{"type":"disconnect","kind":"replaced"\}\]$/])
  t.same(old.closed, { code: 1000, reason: 'replaced' })
  t.match(phone.heard('browserGone'), [{ connection, reason: 'replaced' }])
  t.match(names(browser.take())[0], 's1 Conn')
  const epochs = phone.heard('browser').map((each) => each['epoch'])
  t.ok(Number(epochs[1]) > Number(epochs[0]), 'the epoch moves on')
  await world.server.close()
})

t.test('refuses "reconnect" with 409 while another browser has the place, "takeover" not', async (t) => {
  const world = await createWorld()
  const { conn, browser: old } = await createPair(world)
  t.same((await resume(world, conn, 'reconnect')).take(), ['1.--1,{"status":409}'])
  t.equal(old.closed, null)
  t.match(names((await resume(world, conn, 'force_reconnect')).take())[0], 's1 Conn')
  await world.server.close()
})

t.test('logs out: nothing is sent, the socket closes, the phone is told, later logins get 401', async (t) => {
  const world = await createWorld()
  const { conn, browser, phone, login } = await createPair(world)
  browser.take()
  await browser.say('goodbye,,["admin","Conn","disconnect"]')
  t.same(browser.frames, [])
  t.same(browser.closed, { code: 1000, reason: 'loggedOut' })
  t.match(phone.heard('loggedOut'), [{ login }])
  t.same((await resume(world, conn)).take(), ['1.--1,{"status":401}'])
  await world.server.close()
})

t.test(
  'unpairs from the phone: Cmd disconnect without kind, close, 401 later; twice is no error',
  async (t) => {
    const world = await createWorld()
    const { conn, browser, phone, login } = await createPair(world)
    browser.take()
    t.match(await phone.ask({ type: 'unpair', login }), { ok: {} })
    t.match(browser.take(), [/^s\d+,\["Cmd",\{"type":"disconnect"\}\]$/])
    t.ok(browser.closed)
    t.match(await phone.ask({ type: 'unpair', login }), { ok: {} })
    t.same((await resume(world, conn)).take(), ['1.--1,{"status":401}'])
    await world.server.close()
  },
)

t.test('challenges when told to: s1 challenge of 20 bytes, the phone judges, Conn is s2', async (t) => {
  const world = await createWorld({ TETHER_CHALLENGE: 'always' })
  const { conn, phone, login } = await createPair(world)
  const browser = await resume(world, conn)
  const [challenge] = browser.take()
  t.match(challenge, /^s1,\["Cmd",\{"type":"challenge","challenge":"[^"]{28}"\}\]$/)
  await browser.say(`1.--2,["admin","challenge","YW5zd2Vy","${conn['serverToken']}","${CLIENT_ID}"]`)
  const [judge] = phone.heard('judge')
  t.match(judge, { login, answer: 'YW5zd2Vy' })
  t.same(browser.frames, [], 'nothing before the phone has judged')
  await phone.tell({ type: 'reply', id: Number(judge['id']), ok: { fits: true } })
  t.same(browser.take(), ['1.--2,{"status":200}'])
  await world.clock.pass(49)
  t.same(browser.frames, [])
  await world.clock.pass(1)
  t.same(names(browser.take()), ['s2 Conn', '1.--1,{"status":200}', 's3 Blocklist', 's4 Stream', 's5 Props'])
  await world.server.close()
})

t.test('refuses a wrong answer with 401, takes each challenge once, and locks after five', async (t) => {
  const world = await createWorld({ TETHER_CHALLENGE: 'always' })
  const { conn, phone } = await createPair(world)
  const answer = `1.--2,["admin","challenge","YW5zd2Vy","${conn['serverToken']}","${CLIENT_ID}"]`
  for (let attempt = 0; attempt < 5; attempt++) {
    const browser = await resume(world, conn)
    browser.take()
    await browser.say(answer)
    const judge = phone.heard('judge').at(-1)!
    await phone.tell({ type: 'reply', id: Number(judge['id']), ok: { fits: false } })
    t.same(browser.take(), ['1.--2,{"status":401}'])
    await browser.say(answer)
    t.same(browser.take(), ['1.--2,{"status":400}'])
  }
  t.same((await resume(world, conn)).take(), ['1.--1,{"status":401}'], 'locked')
  const again = await phone.attach()
  t.equal(again.heard('attached').length, 1)
  t.match((await resume(world, conn)).take()[0], /challenge/, 'the phone was seen: unlocked')
  await world.server.close()
})

t.test('answers 500 to a challenge that is answered late, or while the phone is away', async (t) => {
  const world = await createWorld({ TETHER_CHALLENGE: 'always' })
  const { conn, phone } = await createPair(world)
  const answer = `1.--2,["admin","challenge","YW5zd2Vy","${conn['serverToken']}","${CLIENT_ID}"]`
  const late = await resume(world, conn)
  late.take()
  await world.clock.pass(30_001)
  await late.say(answer)
  t.same(late.take().slice(-1), ['1.--2,{"status":500}'])
  const away = await resume(world, conn)
  away.take()
  await phone.link.hangUp()
  await away.say(answer)
  t.same(away.take(), ['1.--2,{"status":500}'])
  await world.server.close()
})

t.test('ends a login whose browser left between the scan and Conn', async (t) => {
  const world = await createWorld()
  const { phone } = await createPair(world)
  const browser = world.browser()
  await browser.say(INIT)
  const ref = refOf(browser)
  const pair = world.stores.logins.pair.bind(world.stores.logins)
  world.stores.logins.pair = async (...scan) => {
    const paired = await pair(...scan)
    await browser.hangUp()
    return paired
  }
  const claim = { type: 'claimRef', ref, clientId: CLIENT_ID, secret: formatBase64(new Uint8Array(144)) }
  t.match(await phone.ask(claim), { error: { code: 'TETHER_ERR_REF_UNKNOWN' } })
  t.equal(world.server.counters.value('pairings', 'browserLeft'), 1)
  const attached = (await phone.attach()).heard('attached')[0]
  t.same(attached['logins'], [], 'the paired login was replaced and ended, nothing is left behind')
  await world.server.close()
})
