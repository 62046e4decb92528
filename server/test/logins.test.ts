import t from 'tap'
import { formatBase64 } from 'proto/base64'
import { limit } from 'proto/limits'
import { encodeRelayFrame, RELAY_BINARY } from 'proto/phone-link'
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
  t.same(phone.heard('browser'), [{ type: 'browser', connection, epoch, login, resumed: false, received: 0 }])
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

t.test('lets a client that reconnects in past its own socket when that has been silent', async (t) => {
  const world = await createWorld()
  const { browser, conn } = await createPair(world)
  await browser.say('?,,')
  await world.clock.pass(limit('BROWSER_HEARD_MS') - 1)
  t.same((await resume(world, conn, 'reconnect')).take(), ['1.--1,{"status":409}'])
  await browser.say('?,,')
  await world.clock.pass(limit('BROWSER_HEARD_MS'))
  t.match(names((await resume(world, conn, 'reconnect')).take())[0], 's1 Conn')
  await world.server.close()
})

t.test('lets nobody in past a socket that takes what it is sent, however slowly', async (t) => {
  const world = await createWorld()
  const { browser, conn } = await createPair(world)
  browser.full(true)
  await world.clock.pass(2 * limit('BROWSER_HEARD_MS'))
  t.same((await resume(world, conn, 'reconnect')).take(), ['1.--1,{"status":409}'])
  browser.full(false)
  t.same((await resume(world, conn, 'reconnect')).take(), ['1.--1,{"status":409}'])
  await world.clock.pass(limit('BROWSER_HEARD_MS'))
  t.match(names((await resume(world, conn, 'reconnect')).take())[0], 's1 Conn')
  await world.server.close()
})

t.test('refuses "reconnect" for good while a browser of another login has the place', async (t) => {
  const world = await createWorld()
  const { conn } = await createPair(world)
  await createPair(world, '15550001111', formatBase64(new Uint8Array(16).fill(7)))
  await world.clock.pass(limit('BROWSER_HEARD_MS'))
  t.same((await resume(world, conn, 'reconnect')).take(), ['1.--1,{"status":409}'])
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
  t.equal(world.server.counters.value('pairings', 'lonely'), 1)
  const attached = (await phone.attach()).heard('attached')[0]
  t.same(attached['logins'], [], 'the paired login was replaced and ended, nothing is left behind')
  await world.server.close()
})

t.test('closes a browser whose claimed ref cannot become a login, and says so to the phone', async (t) => {
  const world = await createWorld()
  const phone = await (await world.phone('15550001111')).attach()
  await phone.tell({ type: 'device', facts: FACTS })
  const browser = world.browser()
  await browser.say(INIT)
  const ref = refOf(browser)
  world.stores.logins.pair = () => Promise.reject(new Error('the disk is full'))
  const claim = { type: 'claimRef', ref, clientId: CLIENT_ID, secret: formatBase64(new Uint8Array(144)) }
  t.match(await phone.ask(claim), { error: { code: 'TETHER_ERR_INTERNAL' } })
  t.same(browser.closed, { code: 1011, reason: 'TETHER_ERR_INTERNAL' })
  await world.server.close()
})

t.test('answers nothing but what is legal between the scan and the login', async (t) => {
  const world = await createWorld()
  const phone = await (await world.phone('15550001111')).attach()
  await phone.tell({ type: 'device', facts: FACTS })
  const browser = world.browser()
  await browser.say(INIT)
  const ref = refOf(browser)
  const pair = world.stores.logins.pair.bind(world.stores.logins)
  world.stores.logins.pair = async (...scan) => {
    await browser.say('1,["action","presence","subscribe","15550002222@c.us"]')
    await browser.say('2,["admin","test"]')
    return pair(...scan)
  }
  await phone.ask({ type: 'claimRef', ref, clientId: CLIENT_ID, secret: formatBase64(new Uint8Array(144)) })
  t.same(browser.take(), ['1,{"status":400}', '2,{"status":400}'])
  t.equal(world.server.counters.value('errors', 'TETHER_ERR_INTERNAL'), 0)
  await world.server.close()
})

t.test('does not open a login that its phone ended before Conn was out', async (t) => {
  const world = await createWorld()
  const { conn, phone, login, browser: first } = await createPair(world)
  await first.hangUp()
  const paused = world.browser()
  await paused.say(INIT)
  await paused.say(loginText(conn))
  paused.take()
  await phone.ask({ type: 'unpair', login })
  t.same(paused.closed, { code: 1000, reason: 'unpaired' }, 'ended in the pause')
  await world.clock.pass(50)
  t.same(paused.frames, [], 'nothing takes the place of s1')
  t.equal(phone.heard('browser').length, 1, 'the phone hears of no further opening')
  await world.server.close()
})

t.test('does not open a login that was ended while the store was asked', async (t) => {
  const world = await createWorld()
  const { conn, phone, login, browser: first } = await createPair(world)
  await first.hangUp()
  const open = world.stores.logins.open.bind(world.stores.logins)
  world.stores.logins.open = async (request) => {
    const opened = await open(request)
    await phone.ask({ type: 'unpair', login })
    return opened
  }
  const browser = await resume(world, conn)
  await world.clock.pass(50)
  t.same(browser.take(), ['1.--1,{"status":401}'])
  t.equal(phone.heard('browser').length, 1)
  await world.server.close()
})

t.test('lets the newest opening of a login win, whichever pause is over first', async (t) => {
  const world = await createWorld()
  const { conn, phone, browser: first } = await createPair(world)
  await first.hangUp()
  const [older, newer] = [world.browser(), world.browser()]
  await newer.say(INIT)
  await world.clock.pass(30)
  await older.say(INIT)
  await older.say(loginText(conn))
  await newer.say(loginText(conn))
  newer.take()
  older.take()
  await world.clock.pass(50)
  t.match(names(newer.take())[0], 's1 Conn')
  t.same(older.frames, [])
  t.same(older.closed, { code: 1000, reason: 'replaced' })
  t.equal(newer.closed, null)
  t.same(phone.heard('browser').map(({ epoch }) => epoch), [1, 3]) // prettier-ignore
  await world.server.close()
})

t.test('opens either the login or the pairing when both reach one connection, never both', async (t) => {
  const world = await createWorld()
  const { conn, phone, browser: first } = await createPair(world)
  await first.hangUp()
  const other = await (await world.phone('15550002222')).attach()
  await other.tell({ type: 'device', facts: FACTS })
  const browser = world.browser()
  await browser.say(INIT)
  const ref = refOf(browser)
  const find = world.stores.logins.find.bind(world.stores.logins)
  world.stores.logins.find = async (credentials) => {
    const found = await find(credentials)
    await other.ask({ type: 'claimRef', ref, clientId: CLIENT_ID, secret: formatBase64(new Uint8Array(144)) })
    return found
  }
  await browser.say(loginText(conn))
  await world.clock.pass(100)
  t.equal(browser.texts().filter((text) => text.includes('"Conn"')).length, 1)
  t.equal(phone.heard('browser').length + other.heard('browser').length, 2)
  await world.server.close()
})

t.test('asks the same challenge again, as s1 again, when the login is repeated', async (t) => {
  const world = await createWorld({ TETHER_CHALLENGE: 'always' })
  const { conn, phone } = await createPair(world)
  const browser = await resume(world, conn)
  const [challenge] = browser.take()
  await world.clock.pass(10_000)
  await browser.say(loginText(conn))
  t.same(browser.take(), [challenge])
  await browser.say(`1.--2,["admin","challenge","YW5zd2Vy","${conn['serverToken']}","${CLIENT_ID}"]`)
  await phone.tell({ type: 'reply', id: Number(phone.heard('judge')[0]['id']), ok: { fits: true } })
  await world.clock.pass(50)
  t.match(names(browser.take()).slice(1, 2), ['s2 Conn'])
  await world.server.close()
})

t.test(
  'takes an answer to a challenge only with the tokens of the login, and until CHALLENGE_TTL_MS',
  async (t) => {
    const world = await createWorld({ TETHER_CHALLENGE: 'always' })
    const { conn, phone } = await createPair(world)
    const browser = await resume(world, conn)
    browser.take()
    await browser.say(`1.--2,["admin","challenge","YW5zd2Vy","1@another","${CLIENT_ID}"]`)
    await browser.say(`1.--3,["admin","challenge","YW5zd2Vy","${conn['serverToken']}","another"]`)
    t.same(browser.take(), ['1.--2,{"status":400}', '1.--3,{"status":400}'])
    t.same(phone.heard('judge'), [])
    await world.clock.pass(limit('CHALLENGE_TTL_MS') - 50) // 50 ms have passed since it was asked
    await browser.say(`1.--4,["admin","challenge","YW5zd2Vy","${conn['serverToken']}","${CLIENT_ID}"]`)
    t.equal(phone.heard('judge').length, 1, 'at the last instant')
    t.equal(world.server.counters.value('limits', 'CHALLENGE_TTL_MS'), 0)
    await world.server.close()

    const later = await createWorld({ TETHER_CHALLENGE: 'always' })
    const pair = await createPair(later)
    const late = await resume(later, pair.conn)
    late.take()
    await later.clock.pass(limit('CHALLENGE_TTL_MS') - 50 + 1)
    await late.say(`1.--4,["admin","challenge","YW5zd2Vy","${pair.conn['serverToken']}","${CLIENT_ID}"]`)
    t.same(late.take(), ['1.--4,{"status":500}'], 'an instant later')
    t.same(pair.phone.heard('judge'), [])
    t.equal(later.server.counters.value('limits', 'CHALLENGE_TTL_MS'), 1)
    await later.server.close()
  },
)

t.test('does not take a malformed verdict of the phone for a yes', async (t) => {
  const world = await createWorld({ TETHER_CHALLENGE: 'always' })
  const { conn, phone } = await createPair(world)
  for (const ok of [{ fits: 'no' }, { fits: 1 }, {}, null, undefined]) {
    const browser = await resume(world, conn)
    browser.take()
    await browser.say(`1.--2,["admin","challenge","YW5zd2Vy","${conn['serverToken']}","${CLIENT_ID}"]`)
    await phone.tell({ type: 'reply', id: Number(phone.heard('judge').at(-1)!['id']), ok })
    t.same(browser.take(), ['1.--2,{"status":500}'], JSON.stringify(ok))
  }
  await world.server.close()
})

t.test('tries a login again that the store could not open the first time', async (t) => {
  const world = await createWorld()
  const { conn, browser: first } = await createPair(world)
  await first.hangUp()
  const open = world.stores.logins.open.bind(world.stores.logins)
  world.stores.logins.open = () => Promise.reject(new Error('the disk is full'))
  const browser = await resume(world, conn)
  t.same(browser.take(), ['1.--1,{"status":500}'])
  world.stores.logins.open = open
  await browser.say(loginText(conn))
  await world.clock.pass(50)
  t.match(names(browser.take()).slice(0, 2), ['s1 Conn', '1.--1,{"status":200}'])
  await world.server.close()
})

t.test('pairs LOGINS_PER_PHONE browsers with one phone and refuses the next', async (t) => {
  const world = await createWorld()
  const { phone } = await createPair(world)
  const outcomes: unknown[] = []
  for (let i = 2; i <= limit('LOGINS_PER_PHONE') + 1; i++) {
    const browser = world.browser()
    const clientId = `${CLIENT_ID.slice(0, 20)}${i}`
    await browser.say(INIT.replace(CLIENT_ID, clientId))
    const ref = refOf(browser)
    const secret = formatBase64(new Uint8Array(144))
    outcomes.push((await phone.ask({ type: 'claimRef', ref, clientId, secret })).error?.code)
    await world.clock.pass(100)
  }
  t.same(outcomes, [undefined, undefined, undefined, 'TETHER_ERR_LOGINS'])
  t.equal(world.server.counters.value('limits', 'LOGINS_PER_PHONE'), 1)
  await world.server.close()
})

t.test(
  'delivers nothing while a revocation is on its way to the disk, and all again when it fails',
  async (t) => {
    const world = await createWorld()
    const { browser, phone, login, connection, epoch } = await createPair(world)
    await world.clock.pass(2_000)
    browser.take()
    const { logins } = world.stores
    const end = logins.end.bind(logins)
    let fail: (error: Error) => void = () => {}
    logins.end = () => new Promise((_, reject) => (fail = reject))
    const frame = (text: string) =>
      encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch, heard: 0 }, Buffer.from(`${text},x`))
    await phone.tell({ type: 'unpair', id: 9, login })
    await phone.link.say(frame('too late'))
    await browser.say(Buffer.from('too late,x'))
    t.same(browser.take(), [])
    t.match(phone.heard('dropped'), [{ connection, reason: 'noSuchConnection' }])
    fail(new Error('the disk is full'))
    await world.clock.pass(0)
    t.match(phone.heard('reply').at(-1), { id: 9, error: { code: 'TETHER_ERR_INTERNAL' } })
    await phone.link.say(frame('still here'))
    t.same(browser.take(), [Buffer.from('still here,x').toString('hex')])
    logins.end = end
    await phone.tell({ type: 'unpair', id: 10, login })
    t.same(browser.closed, { code: 1000, reason: 'unpaired' })
    await world.server.close()
  },
)
