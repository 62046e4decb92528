import t, { type Test } from 'tap'
import { seededEntropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import { Browsers } from '../src/browsers.ts'
import type { Companions } from '../src/companions.ts'
import { PhonesMeters } from '../src/phones-meters.ts'
import type { Arrived } from './browser-double.ts'
import { ALICE, BOB, jid, PhoneWorld, synced } from './phone-world.ts'
import { TestClock, turns, until } from './test-clock.ts'

async function away(t: Test, count: number) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const browser = await world.linked(alice)
  alice.setDevice({ network: 'none' })
  for (let at = 0; at < count; at++) await alice.sendText(ALICE, `note ${at}`)
  browser.arrived = []
  alice.setDevice({ network: 'wifi' })
  await until(() => browser.allTexts().includes(`note ${count - 1}`), 'the newest')
  await turns(20)
  return { world, browser }
}

t.test(
  'it keeps BROWSER_BACKLOG of what happens while the link is away, and syncs anew beyond',
  async (t) => {
    const isSync = ({ node }: Arrived) => node?.attrs['add'] === 'last'
    const count = limit('BROWSER_BACKLOG')
    const kept = await away(t, count)
    t.equal(kept.browser.relayed().length, count)
    t.notOk(kept.browser.arrived.some(isSync), 'no sync')
    t.equal(kept.world.meters.value('limits', 'BROWSER_BACKLOG'), 0)
    const { browser, world } = await away(t, count + 1)
    t.equal(world.meters.value('limits', 'BROWSER_BACKLOG'), 1)
    t.ok(browser.arrived.some(isSync), 'a full sync instead')
    t.strictSame(browser.relayed(), [], 'never both sync and relay')
  },
)

t.test(
  'it sends again what was lost with the link, in order and once, and says what it has had',
  async (t) => {
    const world = new PhoneWorld()
    t.teardown(() => world.stop())
    const alice = await world.phone(ALICE, 'Alice')
    const browser = await world.linked(alice)
    await synced(browser)
    await browser.query('status', {})
    browser.arrived = []
    world.relay.loseRelayed = true
    for (let at = 0; at < 3; at++) await alice.sendText(ALICE, `note ${at}`)
    await turns(20)
    t.strictSame(browser.relayed(), [], 'lost on the way')
    world.relay.cut(ALICE)
    world.relay.loseRelayed = false
    await until(() => alice.status().state === 'offline', 'offline')
    await alice.sendText(ALICE, 'note 3')
    await world.clock.advance(1_000)
    await until(() => browser.allTexts().includes('note 3'), 'the newest')
    await turns(20)
    t.strictSame(browser.allTexts(), ['note 0', 'note 1', 'note 2', 'note 3'])
    t.notOk(
      browser.arrived.some(({ node }) => node?.attrs['add'] === 'last'),
      'no sync',
    )
    const resumes = world.relay.heard.filter((message) => message.type === 'resume')
    t.match(resumes, [{ received: null }, { received: 1 }])
  },
)

t.test('it syncs a browser anew when more was lost than it keeps', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const browser = await world.linked(alice)
  await synced(browser)
  world.relay.loseRelayed = true
  for (let at = 0; at <= limit('RESEND_FRAMES'); at++) await alice.sendText(ALICE, `note ${at}`)
  await turns(20)
  world.relay.cut(ALICE)
  world.relay.loseRelayed = false
  browser.arrived = []
  await until(() => alice.status().state === 'offline', 'offline')
  await world.clock.advance(1_000)
  await synced(browser)
  t.strictSame(browser.relayed(), [], 'never both sync and relay')
  t.match(world.relay.heard.filter((message) => message.type === 'resume').at(-1), { received: null })
})

t.test('it keeps RESEND_BYTES of what it has sent, and not one byte more', (t) => {
  const resumes = (tooMuch: number): boolean => {
    let sent = 0
    const uplink = {
      send: () => undefined,
      sendRelayFrame: (frame: Uint8Array) => void (sent += frame.length),
    }
    const companions = () => ({ isPaused: () => false, findLive: () => ({}) }) as unknown as Companions
    const browsers = new Browsers({
      uplink,
      companions,
      clock: new TestClock(),
      entropy: seededEntropy('ring'),
      meters: new PhonesMeters(),
    })
    const opening = { connection: 1, epoch: 1, login: 'a', resumed: true, received: 0 }
    const { browser } = browsers.open(opening)
    browsers.answerJson(browser, 'one', '')
    const rest = limit('RESEND_BYTES') - 2 * sent
    browsers.answerJson(browser, 'two', 'x'.repeat(rest + tooMuch))
    t.equal(sent, limit('RESEND_BYTES') + tooMuch)
    return browsers.open(opening).resumes
  }
  t.ok(resumes(0))
  t.notOk(resumes(1))
  t.end()
})

t.test('it gives tags of their own to everything it sends unasked', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const browser = await world.linked(alice)
  await world.phone(BOB, 'Bob')
  for (let at = 0; at < 5; at++) await alice.sendText(BOB, `${at}`)
  await until(() => browser.relayed().length === 5, 'the texts')
  const tags = browser.arrived.map(({ tag }) => tag)
  t.equal(new Set(tags).size, tags.length)
  for (const tag of tags) t.match(tag, /^(preempt-)?[0-9]+-[0-9]+$/)
})

t.test('it never sends more in one frame than the link takes', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const text = 'x'.repeat(60_000)
  for (const other of [BOB, '15550003333', '15550004444']) {
    await alice.importHistory(
      Array.from({ length: 20 }, (_, at) => ({ with: other, fromMe: true, text, timestampMs: at + 1 })),
    )
  }
  const browser = await world.linked(alice)
  t.equal(alice.status().state, 'online')
  const { node } = await browser.query('message', { jid: `${BOB}@c.us`, kind: 'before', count: '20' })
  t.equal((node!.content as unknown[]).length, Math.floor(limit('LIST_BYTES') / 60_200), 'as many as fit')
})

t.test('it sends a full sync when too much happened while the phone dozed', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const browser = await world.linked(alice)
  alice.setDevice({ app: 'dozing' })
  const count = limit('BROWSER_BACKLOG') + 1
  for (let at = 0; at < count; at++) await alice.sendText(ALICE, `note ${at}`)
  browser.arrived = []
  alice.setDevice({ app: 'running' })
  await synced(browser)
  t.strictSame(browser.relayed(), [], 'never both sync and relay')
  t.ok(browser.allTexts().includes(`note ${count - 1}`))
  t.match((await browser.query('emoji')).node, { tag: 'response' }, 'and it is served as before')
})

t.test('it sends nothing once consent is over, even when no timer has run', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const browser = await world.linked(alice, { grant: true, expiresInMs: 60_000 })
  browser.arrived = []
  const later = world.clock.now() + 60_000
  world.clock.now = () => later // the machine slept
  await alice.sendText(ALICE, 'note')
  await turns(10)
  t.strictSame(browser.arrived, [])
  t.strictSame(browser.pushes, [])
})

t.test('it ends an open browser at the moment its consent runs out', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const browser = await world.linked(alice, { grant: true, expiresInMs: 60_000 })
  await world.clock.advance(60_000)
  await until(() => world.relay.account(ALICE).logins.length === 0, 'ended at the server')
  browser.arrived = []
  browser.send({ tag: 'query', attrs: { type: 'chat', epoch: '1' }, content: null }, 'late')
  await alice.sendText(ALICE, 'note')
  await turns(10)
  t.strictSame(browser.arrived, [])
  t.strictSame(alice.companions(), [])
})

t.test('it answers a request whose answer does not fit into a frame', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const browser = await world.linked(alice)
  const text = 'x'.repeat(limit('PHONE_FRAME_BYTES'))
  await alice.importHistory([{ with: BOB, fromMe: false, text, timestampMs: 1_600_000_000_000 }])
  t.match((await browser.query('message', { jid: jid(BOB), kind: 'before', count: '1' })).json, {
    status: 413,
  })
})
