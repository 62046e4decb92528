import t from 'tap'
import { limit } from 'proto/limits'
import { CLIENT_ID, createPair, createWorld, INIT, type World } from './world.ts'

const UNUSED_MS = limit('LOGIN_UNUSED_MS')

async function answers(world: World, conn: Record<string, string>): Promise<string[]> {
  const browser = world.browser()
  await browser.say(INIT)
  const login = ['admin', 'login', conn['clientToken'], conn['serverToken'], CLIENT_ID, 'takeover']
  await browser.say(`1.--1,${JSON.stringify(login)}`)
  browser.take()
  await world.clock.pass(50)
  return browser.take().filter((text) => text.startsWith('1.--1,'))
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
