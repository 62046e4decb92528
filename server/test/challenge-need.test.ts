import { formatBase64 } from 'proto/base64'
import { limit } from 'proto/limits'
import t from 'tap'
import { challengeReason, type Resume } from '../src/challenge-need.ts'
import type { PeerFacts } from '../src/index.ts'
import {
  CLIENT_ID,
  createPair,
  createWorld,
  INIT,
  type ScriptedLink,
  type TestPhone,
  type World,
} from './world.ts'

const WHEN_NEEDED = { TETHER_CHALLENGE: 'when-needed' }
const HOME: Partial<PeerFacts> = { address: '127.0.0.77' } // createPair comes from 127.0.0.1
const ELSEWHERE: Partial<PeerFacts> = { address: '203.0.113.9' }
type Conn = Record<string, string>

async function resume(world: World, conn: Conn, facts: Partial<PeerFacts> = HOME): Promise<ScriptedLink> {
  const browser = world.browser(facts)
  await browser.say(INIT)
  const login = ['admin', 'login', conn['clientToken'], conn['serverToken'], CLIENT_ID, 'takeover']
  await browser.say(`1.--1,${JSON.stringify(login)}`)
  await world.clock.pass(50)
  return browser
}

/** What the first push to a browser was. */
function firstPush(browser: ScriptedLink): 'Conn' | 'challenge' | undefined {
  const push = browser.texts().find((text) => text.startsWith('s1,'))
  return push?.startsWith('s1,["Conn"') ? 'Conn' : push?.includes('"challenge"') ? 'challenge' : undefined
}

async function answer(world: World, browser: ScriptedLink, conn: Conn, phone: TestPhone, fits: boolean) {
  await browser.say(`1.--2,["admin","challenge","YW5zd2Vy","${conn['serverToken']}","${CLIENT_ID}"]`)
  await phone.tell({ type: 'reply', id: Number(phone.heard('judge').at(-1)!['id']), ok: { fits } })
  await world.clock.pass(50)
  return browser.texts().some((text) => text.startsWith('s2,["Conn"'))
}

const usual: Resume = { address: '203.0.113.9', lastNetwork: '203.0.113', idleMs: 0, takesOver: false }
const unusual: readonly (readonly [Partial<Resume>, string])[] = [
  [{ takesOver: true }, 'takeover'],
  [{ address: '203.0.114.9' }, 'network'],
  [{ address: '2001:db8::1' }, 'network'],
  [{ lastNetwork: null }, 'network'],
  [{ address: 'unreadable' }, 'network'],
  [{ address: 'unreadable', lastNetwork: null }, 'network'],
  [{ idleMs: limit('CHALLENGE_IDLE_MS') + 1 }, 'idle'],
]

t.test('never asks in no case, always in each, when-needed in those out of the ordinary', async (t) => {
  for (const [change, reason] of [[{}, null], ...unusual] as const) {
    const each = { ...usual, ...change }
    t.equal(challengeReason('never', each), null)
    t.equal(challengeReason('when-needed', each), reason, JSON.stringify(change))
    t.equal(challengeReason('always', each), 'always')
  }
})

t.test('a login is opened by its tokens in the network of the last time, and not in another', async (t) => {
  const world = await createWorld(WHEN_NEEDED)
  const { conn, browser, phone } = await createPair(world)
  await browser.hangUp()
  const atHome = await resume(world, conn)
  t.equal(firstPush(atHome), 'Conn')
  await atHome.hangUp()
  const away = await resume(world, conn, ELSEWHERE)
  t.equal(firstPush(away), 'challenge')
  t.equal(await answer(world, away, conn, phone, true), true)
  await away.hangUp()
  const there = await resume(world, conn, { address: '203.0.113.200' })
  t.equal(firstPush(there), 'Conn', 'who answered rightly is there')
  await there.hangUp()
  t.equal(firstPush(await resume(world, conn)), 'challenge', 'and is no longer where it was before')
  t.equal(world.server.counters.value('challenges', 'network'), 2)
  await world.server.close()
})

t.test('a wrong answer moves nothing: the login stays where it was', async (t) => {
  const world = await createWorld(WHEN_NEEDED)
  const { conn, browser, phone } = await createPair(world)
  await browser.hangUp()
  const thief = await resume(world, conn, ELSEWHERE)
  t.equal(await answer(world, thief, conn, phone, false), false)
  const silent = await resume(world, conn, ELSEWHERE)
  await silent.hangUp()
  t.equal(firstPush(await resume(world, conn, ELSEWHERE)), 'challenge')
  t.equal(firstPush(await resume(world, conn)), 'Conn')
  await world.server.close()
})

t.test('the network of a login outlives the server', async (t) => {
  const first = await createWorld(WHEN_NEEDED)
  const { conn, browser } = await createPair(first)
  await browser.hangUp()
  const next = await createWorld(WHEN_NEEDED, first)
  t.equal(firstPush(await resume(next, conn, ELSEWHERE)), 'challenge')
  t.equal(firstPush(await resume(next, conn)), 'Conn')
  await next.server.close()
})

t.test('where the last network is not known, or this one, it asks', async (t) => {
  const world = await createWorld(WHEN_NEEDED)
  const { conn, browser, login } = await createPair(world)
  await browser.hangUp()
  t.equal(firstPush(await resume(world, conn, { address: '' })), 'challenge')
  // as in a file of a version that did not write it
  await world.stores.logins.open({ login, challenged: false, at: world.clock.now(), network: null })
  t.equal(firstPush(await resume(world, conn)), 'challenge')
  await world.server.close()
})

t.test(
  'a login that was unused for CHALLENGE_IDLE_MS is opened by its tokens, an instant later not',
  async (t) => {
    const world = await createWorld(WHEN_NEEDED)
    const { conn, browser } = await createPair(world)
    await world.clock.pass(60_000)
    await browser.hangUp()
    await world.clock.pass(limit('CHALLENGE_IDLE_MS'))
    const after = await resume(world, conn)
    t.equal(firstPush(after), 'Conn')
    t.equal(world.server.counters.value('limits', 'CHALLENGE_IDLE_MS'), 0)
    await after.hangUp()
    await world.clock.pass(limit('CHALLENGE_IDLE_MS') + 1)
    t.equal(firstPush(await resume(world, conn)), 'challenge')
    t.equal(world.server.counters.value('limits', 'CHALLENGE_IDLE_MS'), 1)
    t.equal(world.server.counters.value('challenges', 'idle'), 1)
    await world.server.close()
  },
)

t.test(
  'who takes the place of an open browser of the same login is asked, and it stays until then',
  async (t) => {
    const world = await createWorld(WHEN_NEEDED)
    const { conn, browser, phone } = await createPair(world)
    const second = await resume(world, conn)
    t.equal(firstPush(second), 'challenge')
    t.equal(browser.closed, null)
    t.equal(await answer(world, second, conn, phone, false), false)
    t.equal(browser.closed, null, 'a wrong answer ends nobody')
    const third = await resume(world, conn)
    t.equal(await answer(world, third, conn, phone, true), true)
    t.same(browser.closed, { code: 1000, reason: 'replaced' })
    t.equal(world.server.counters.value('challenges', 'takeover'), 2)
    await world.server.close()
  },
)

t.test('who takes the place of another login of the same phone is not asked', async (t) => {
  const world = await createWorld(WHEN_NEEDED)
  const { conn, browser } = await createPair(world)
  await browser.hangUp()
  const { browser: other } = await createPair(world, '15550001111', formatBase64(new Uint8Array(16).fill(7)))
  t.equal(firstPush(await resume(world, conn)), 'Conn')
  t.same(other.closed, { code: 1000, reason: 'replaced' })
  await world.server.close()
})

t.test('a login that is said again on its own open connection is answered as before', async (t) => {
  const world = await createWorld(WHEN_NEEDED)
  const { conn, browser } = await createPair(world)
  await browser.hangUp()
  const open = await resume(world, conn)
  open.take()
  const login = ['admin', 'login', conn['clientToken'], conn['serverToken'], CLIENT_ID, 'takeover']
  await open.say(`1.--1,${JSON.stringify(login)}`)
  await world.clock.pass(50)
  t.equal(firstPush(open), 'Conn')
  t.equal(world.server.counters.value('logins', 'challenged'), 0)
  await world.server.close()
})

t.test('while the phone is away nobody can judge: 500, and the login is there when it is back', async (t) => {
  const world = await createWorld(WHEN_NEEDED)
  const { conn, browser, phone } = await createPair(world)
  await browser.hangUp()
  await phone.link.hangUp()
  const away = await resume(world, conn, ELSEWHERE)
  await away.say(`1.--2,["admin","challenge","YW5zd2Vy","${conn['serverToken']}","${CLIENT_ID}"]`)
  t.ok(away.texts().includes('1.--2,{"status":500}'))
  t.equal(
    firstPush(await resume(world, conn)),
    'Conn',
    'in the network of the last time nobody need be asked',
  )
  await world.server.close()
})
