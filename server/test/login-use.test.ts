import { join } from 'node:path'
import { formatBase64 } from 'proto/base64'
import { seededEntropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import t from 'tap'
import { openStores } from '../src/store-sqlite.ts'
import { ManualClock } from './manual-clock.ts'
import {
  CLIENT_ID,
  createPair,
  createWorld,
  INIT,
  refOf,
  type ScriptedLink,
  type TestPhone,
  type World,
} from './world.ts'

const UNUSED_MS = limit('LOGIN_UNUSED_MS')
const DAY_MS = 86_400_000
const KEEP_ALIVE_MS = 60_000

async function answers(world: World, conn: Record<string, string>): Promise<string[]> {
  const browser = world.browser()
  await browser.say(INIT)
  const login = ['admin', 'login', conn['clientToken'], conn['serverToken'], CLIENT_ID, 'takeover']
  await browser.say(`1.--1,${JSON.stringify(login)}`)
  browser.take()
  await world.clock.pass(50)
  return browser.take().filter((text) => text.startsWith('1.--1,'))
}

/** When the login of a phone that was used least lately was last used. */
async function lastUse({ stores }: World, { number }: TestPhone): Promise<number> {
  return Math.min(...(await stores.logins.list(number)).map(({ lastSeen }) => lastSeen))
}

/** The browser stays open, and says so as often as clients do. */
async function stay(world: World, browser: ScriptedLink, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += KEEP_ALIVE_MS) {
    await browser.say('?,,')
    await world.clock.pass(KEEP_ALIVE_MS)
    browser.take()
  }
}

t.test(
  'lets a login in that was unused for LOGIN_UNUSED_MS, counted from when its browser left',
  async (t) => {
    const world = await createWorld()
    const { conn, browser } = await createPair(world)
    await world.clock.pass(60_000)
    await browser.hangUp()
    await world.clock.pass(UNUSED_MS)
    t.same(await answers(world, conn), ['1.--1,{"status":200}'])
    await world.server.close()
  },
)

t.test(
  'ends a login unused for longer: 419 once, the phone and the audit log are told, then 401',
  async (t) => {
    const world = await createWorld()
    const { conn, browser, phone, login } = await createPair(world)
    await browser.hangUp()
    await world.clock.pass(UNUSED_MS + 1)
    const attached = await phone.attach()
    t.same(await answers(world, conn), ['1.--1,{"status":419}'])
    t.match(attached.heard('loggedOut'), [{ login }])
    t.equal(world.server.counters.value('limits', 'LOGIN_UNUSED_MS'), 1)
    const kinds = (await world.stores.audit.page(0, 100)).map(({ kind }) => kind)
    t.equal(kinds.filter((kind) => kind === 'loginExpired').length, 1)
    t.same(await answers(world, conn), ['1.--1,{"status":401}'])
    await world.server.close()
  },
)

t.test('gives the places of logins that are over to a new one that needs them, not before', async (t) => {
  const world = await createWorld()
  const { browser, phone, login } = await createPair(world)
  await browser.hangUp()
  await world.clock.pass(1_000)
  const pairOnce = async (on: TestPhone, n: number): Promise<unknown> => {
    const next = world.browser()
    const clientId = `${CLIENT_ID.slice(0, 20)}${n}`
    await next.say(INIT.replace(CLIENT_ID, clientId))
    const secret = formatBase64(new Uint8Array(144))
    const { error } = await on.ask({ type: 'claimRef', ref: refOf(next), clientId, secret })
    if (error) return error.code
    await world.clock.pass(100)
    await next.hangUp()
    return undefined
  }
  for (let n = 2; n <= limit('LOGINS_PER_PHONE'); n++) t.equal(await pairOnce(phone, n), undefined)
  await world.clock.pass(UNUSED_MS - world.clock.now() + (await lastUse(world, phone)))
  const attached = await phone.attach()
  t.equal(await pairOnce(attached, 5), 'TETHER_ERR_LOGINS', 'all are in use')
  t.same(attached.heard('loggedOut'), [])
  await world.clock.pass(1)
  t.equal(await pairOnce(attached, 6), undefined)
  t.same(attached.heard('loggedOut'), [{ type: 'loggedOut', login }], 'only the one that was over')
  t.equal(world.server.counters.value('limits', 'LOGIN_UNUSED_MS'), 1)
  await world.server.close()
})

t.test('a browser that stays open is in use: a killed server knows it to the day', async (t) => {
  const settings = { TETHER_LOGIN_UNUSED_MS: String(2 * DAY_MS) }
  const killed = await createWorld(settings)
  const { conn, browser, phone, login } = await createPair(killed)
  await stay(killed, browser, 5 * DAY_MS)
  t.equal(browser.closed, null)
  const [{ lastSeen }] = await killed.stores.logins.list(phone.number)
  t.ok(killed.clock.now() - lastSeen <= DAY_MS, `${killed.clock.now() - lastSeen} ms ago`)
  t.same(phone.heard('loggedOut'), [])

  const next = await createWorld(settings, killed)
  t.same(await answers(next, conn), ['1.--1,{"status":200}'])
  t.match(await next.stores.logins.list(phone.number), [{ login }])
  await next.server.close()
})

t.test('a server that stops waits until it is written who was here till then', async (t) => {
  const path = join(t.testdir({}), 'server.db')
  const clock = new ManualClock()
  const open = () => openStores(path, { clock, entropy: seededEntropy('stores') })
  const stopped = await createWorld({}, { clock, stores: await open() })
  const { conn, browser, login, phone } = await createPair(stopped)
  await stay(stopped, browser, DAY_MS / 2)
  const { logins } = stopped.stores
  const touch = logins.touch.bind(logins)
  logins.touch = async (request) => {
    for (let turn = 0; turn < 500; turn++) await new Promise(setImmediate) // a slow disk
    await touch(request)
  }
  await stopped.server.close()
  const stoppedAt = clock.now()
  await clock.pass(UNUSED_MS)

  const next = await createWorld({}, { clock, stores: await open() })
  t.match(await next.stores.logins.list(phone.number), [{ login, lastSeen: stoppedAt }])
  t.same(await answers(next, conn), ['1.--1,{"status":200}'])
  await next.server.close()
})
