import t, { type Test } from 'tap'
import { formatBase64, parseBase64 } from 'proto/base64'
import { concat } from 'proto/bytes'
import { limit } from 'proto/limits'
import { encodeRelayFrame, RELAY_BINARY } from 'proto/phone-link'
import { settled } from './manual-clock.ts'
import { createPair, createWorld } from './world.ts'

const PROOF = Buffer.alloc(32, 1).toString('base64')
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

async function paired(t: Test, env: Record<string, string> = {}) {
  const world = await createWorld(env)
  t.teardown(() => world.server.close())
  const pair = await createPair(world)
  const post = (
    fields: Record<string, string>,
    headers: Record<string, string> = {},
    remoteAddress = '127.0.0.1',
  ) =>
    world.server.app.inject({
      remoteAddress,
      method: 'POST',
      url: '/logout',
      headers: { host: 'localhost', ...FORM, ...headers },
      payload: new URLSearchParams(fields).toString(),
    })
  /** Asks, and lets the phone judge; gives the answer. */
  const ask = async (fits: boolean, token = pair.conn['browserToken']) => {
    const heard = pair.phone.heard('judgeLogout').length
    const answer = post({ t: token, m: PROOF })
    while (pair.phone.heard('judgeLogout').length === heard) await settled()
    const question = pair.phone.heard('judgeLogout').at(-1)!
    await pair.phone.tell({ type: 'reply', id: Number(question['id']), ok: { fits } })
    return { question, answer: await answer }
  }
  return { world, ...pair, post, ask }
}

t.test('ends the login when the phone says that the proof fits; browser and phone are told', async (t) => {
  const { ask, browser, phone, login, world, conn, post } = await paired(t)
  const { question, answer } = await ask(true)
  t.match(question, { login, proof: PROOF })
  t.equal(answer.statusCode, 200)
  t.same(answer.json(), { status: 200 })
  t.match(browser.take().at(-1), /"Cmd",\{"type":"disconnect"\}/)
  t.ok(browser.closed)
  t.same(phone.heard('loggedOut'), [{ type: 'loggedOut', login }])
  t.same(await world.stores.logins.list(phone.number), [])
  const again = await post({ t: conn['browserToken'], m: PROOF })
  t.equal(again.statusCode, 401, 'it is over, once')
  t.match(again.json(), { code: 'TETHER_ERR_LOGIN' })
  t.equal(phone.heard('loggedOut').length, 1)
})

t.test('delivers nothing while the log-out is on its way to the disk', async (t) => {
  const { ask, browser, phone, connection, epoch, world } = await paired(t)
  const { logins } = world.stores
  const end = logins.end.bind(logins)
  let heard = 0
  logins.end = async (request) => {
    const frame = Buffer.from('too late,x')
    await phone.link.say(encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch, heard: 0 }, frame))
    heard = browser.take().filter((each) => each === frame.toString('hex')).length
    return end(request)
  }
  browser.take()
  t.equal((await ask(true)).answer.statusCode, 200)
  t.equal(heard, 0)
  t.match(phone.heard('dropped'), [{ connection, reason: 'noSuchConnection' }])
})

t.test('refuses a proof that does not fit with 401, and locks the login after five', async (t) => {
  const { ask, browser, phone, conn, post, world } = await paired(t)
  for (let i = 0; i < limit('CHALLENGE_FAILURES'); i++) t.equal((await ask(false)).answer.statusCode, 401)
  t.equal(world.server.counters.value('limits', 'CHALLENGE_FAILURES'), 1)
  const asked = phone.heard('judgeLogout').length
  t.equal(asked, limit('CHALLENGE_FAILURES'))
  t.equal((await post({ t: conn['browserToken'], m: PROOF })).statusCode, 401)
  t.equal(phone.heard('judgeLogout').length, asked, 'the phone is asked no more')
  t.equal(browser.closed, null, 'the browser goes on')
  t.equal((await world.stores.logins.list(phone.number)).length, 1)
})

t.test('answers 401 to tokens of no login, and 429 from the same address after ten', async (t) => {
  const { post, phone, world, conn } = await paired(t)
  const { browserToken } = conn
  const others = [
    'x',
    conn['serverToken'],
    `${browserToken.slice(0, 30)}${'A'.repeat(15)}=`,
    `1@${'A'.repeat(43)}=`,
  ]
  for (let i = 0; i < limit('LOGIN_FAILURES'); i++)
    t.equal((await post({ t: others[i % others.length], m: PROOF })).statusCode, 401)
  t.equal((await post({ t: 'x', m: PROOF })).statusCode, 429)
  t.equal(world.server.counters.value('limits', 'LOGIN_FAILURES'), 1)
  t.same(phone.heard('judgeLogout'), [])
})

t.test('takes the word of a trusted proxy for whom it speaks, and of nobody else', async (t) => {
  const { post } = await paired(t, { TETHER_TRUSTED_PROXIES: '10.0.0.0/8' })
  const fails = async (from: string, forwarded: string): Promise<number> =>
    (await post({ t: 'x', m: PROOF }, { 'x-forwarded-for': forwarded }, from)).statusCode
  for (let i = 0; i < limit('LOGIN_FAILURES'); i++) {
    t.equal(await fails('10.0.0.1', '192.0.2.1'), 401)
    t.equal(await fails('192.0.2.9', `192.0.2.${10 + i}`), 401)
  }
  t.equal(await fails('10.0.0.2', '192.0.2.1'), 429, 'the same one, whatever proxy it came through')
  t.equal(await fails('10.0.0.1', '192.0.2.2'), 401, 'another one behind the same proxy')
  t.equal(
    await fails('10.0.0.1', '192.0.2.2, 192.0.2.1'),
    429,
    'what it writes itself before the proxy does is not believed',
  )
  t.equal(await fails('192.0.2.9', '192.0.2.99'), 429, 'who is no proxy is one, whomever it names')
})

t.test('nothing happens for 1,000 random tokens, from as many addresses as it takes', async (t) => {
  const { ask, post, browser, phone, world, conn } = await paired(t)
  const entropy = world.entropy.fork('forged tokens')
  const right = parseBase64(conn['browserToken'].slice(2))
  const before = await world.stores.logins.list(phone.number)
  browser.take()
  phone.link.take()
  let refused = 0
  for (let i = 0; i < 1_000; i++) {
    // nothing known, or the login known and the rest guessed
    const token = i % 2 === 0 ? entropy.bytes(32) : concat(right.subarray(0, 16), entropy.bytes(16))
    const fields = { t: `1@${formatBase64(token)}`, m: formatBase64(entropy.bytes(32)) }
    const address = `192.0.2.${Math.floor(i / limit('LOGIN_FAILURES'))}`
    if ((await post(fields, {}, address)).statusCode === 401) refused++
  }
  t.equal(refused, 1_000)
  t.equal(world.server.counters.value('limits', 'LOGIN_FAILURES'), 0, 'none was refused for haste alone')
  t.same(phone.heard('judgeLogout'), [], 'the phone was not asked')
  t.same([phone.link.take(), browser.take(), browser.closed], [[], [], null])
  t.same(await world.stores.logins.list(phone.number), before, 'nor is the login nearer to its lock')
  t.equal((await ask(true)).answer.statusCode, 200, 'the right one still works')
})

t.test('answers 503 while nobody can judge: the phone is away, or says nothing', async (t) => {
  const { post, phone, conn, world } = await paired(t)
  const silent = post({ t: conn['browserToken'], m: PROOF })
  while (phone.heard('judgeLogout').length === 0) await settled()
  await world.clock.pass(limit('PHONE_REQUEST_MS'))
  t.equal((await silent).statusCode, 503)
  await phone.link.hangUp()
  const away = await post({ t: conn['browserToken'], m: PROOF })
  t.equal(away.statusCode, 503)
  t.match(away.json(), { code: 'TETHER_ERR_PHONE_AWAY' })
})

t.test('takes a form of two fields from its own page or the legacy one, and nothing else', async (t) => {
  const { post, conn } = await paired(t)
  const token = conn['browserToken']
  const wrong = [
    {},
    { t: token },
    { m: PROOF },
    { t: token, m: 'not base64!' },
    { t: 'x'.repeat(129), m: PROOF },
  ]
  for (const fields of wrong) t.equal((await post(fields)).statusCode, 400, JSON.stringify(fields))
  const json = await post({ t: 'x', m: PROOF }, { 'content-type': 'application/json' })
  t.equal(json.statusCode, 400)
  t.equal((await post({ t: 'x', m: PROOF }, { origin: 'https://evil.example' })).statusCode, 403)
  t.equal((await post({ t: 'x', m: PROOF }, { origin: 'https://web.whatsapp.com' })).statusCode, 401)
  t.equal((await post({ t: 'x', m: PROOF }, { origin: 'http://localhost' })).statusCode, 401)
})
