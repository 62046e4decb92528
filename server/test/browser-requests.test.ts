import t from 'tap'
import { browserRequests } from 'proto/browser-requests'
import { utf8 } from 'proto/bytes'
import { limit } from 'proto/limits'
import { encodeRelayFrame, RELAY_TEXT } from 'proto/phone-link'
import { settled } from './manual-clock.ts'
import { CLIENT_ID, createPair, createWorld, INIT } from './world.ts'

t.test('answers every request of the table, or hands it to the phone: never silence', async (t) => {
  const world = await createWorld()
  const { browser, phone } = await createPair(world)
  browser.take()
  const silent = ['test', 'logout', 'mediaConn'] // the phone answers the one, the closing socket the other; below
  for (const [name, { begins }] of Object.entries(browserRequests)) {
    if (silent.includes(name)) continue
    await browser.say(`${name},${JSON.stringify(begins)}`)
    await world.clock.pass(50)
    t.match(browser.take().at(-1), new RegExp(`^${name},\\{"status":\\d{3}\\}$`), name)
  }
  await browser.say('t,["admin","test"]')
  t.equal(phone.heard('probe').length, 1)
  t.equal(browser.closed, null)
  await world.server.close()
})

t.test('refuses shapes that the table does not have, counts them, and changes nothing', async (t) => {
  const world = await createWorld()
  const bad = [
    ['admin', 'init'], ['admin', 'init', '2.2142', ['a'], CLIENT_ID], ['admin', 'init', [2], 'a', CLIENT_ID],
    ['admin', 'init', [2], ['a'], ''], ['admin', 'init', [2], ['a'], 'a,b'], ['admin', 'init', [2], ['a'], 'x'.repeat(65)],
    ['admin', 'init', [-1], ['a'], CLIENT_ID], ['admin', 'init', [2], [7], CLIENT_ID],
  ] // prettier-ignore
  const browser = world.browser()
  for (const body of bad) {
    await browser.say(`1,${JSON.stringify(body)}`)
    t.same(browser.take(), ['1,{"status":400}'], JSON.stringify(body))
  }
  t.equal(world.server.counters.value('errors', 'TETHER_ERR_BODY'), bad.length)
  await browser.say(INIT)
  t.match(browser.take(), [/"status":200/])
  await world.server.close()
})

t.test('asks for a new ref at its end, keeps the old one before, and ends at 429', async (t) => {
  const world = await createWorld()
  const browser = world.browser()
  await browser.say(INIT)
  browser.take()
  await browser.say('r,["admin","Conn","reref"]')
  t.match(browser.take(), ['r,{"status":304,"ttl":20000}'])
  for (let n = 1; n < limit('REFS_PER_CONNECTION'); n++) {
    await world.clock.pass(limit('REF_TTL_MS'))
    await browser.say('r,["admin","Conn","reref"]')
    t.match(browser.take(), [/^r,\{"status":200,"ref":"1@[^,"]+","ttl":20000\}$/])
  }
  await world.clock.pass(limit('REF_TTL_MS'))
  await browser.say('r,["admin","Conn","reref"]')
  t.same(browser.take(), ['r,{"status":429}'])
  t.equal(world.server.counters.value('limits', 'REFS_PER_CONNECTION'), 1)
  await world.server.close()
})

t.test(
  'answers 429 beyond BROWSER_REQUESTS that the phone has not answered, for BROWSER_REQUEST_MS at most',
  async (t) => {
    const world = await createWorld()
    const { browser, phone, connection, epoch } = await createPair(world)
    await world.clock.pass(60_000)
    await phone.tell({ type: 'heartbeat' })
    browser.take()
    const ask = async (tag: string) => {
      await browser.say(`${tag},["query","GroupMetadata","15550001111-1600000000@g.us"]`)
      return browser.take()
    }
    for (let n = 0; n < limit('BROWSER_REQUESTS'); n++) t.same(await ask(`q${n}`), [])
    t.same(await ask('more'), ['more,{"status":429}'])
    t.equal(world.server.counters.value('limits', 'BROWSER_REQUESTS'), 1)
    t.same(await ask('q1'), [], 'one that is asked again is none more')
    const answer = (tag: string) =>
      phone.link.say(
        encodeRelayFrame({ kind: RELAY_TEXT, connection, epoch, heard: 0 }, utf8(`${tag},{"status":404}`)),
      )
    await answer('q7')
    t.same(browser.take(), ['q7,{"status":404}'])
    t.same(await ask('next'), [])
    t.same(await ask('more'), ['more,{"status":429}'])
    await world.clock.pass(limit('BROWSER_REQUEST_MS') - 1)
    t.same(await ask('more'), ['more,{"status":429}'])
    await world.clock.pass(1)
    t.same(await ask('more'), [], 'the oldest count no more')
    await world.server.close()
  },
)

t.test('loses no request that comes with too many others: it is read more slowly', async (t) => {
  const world = await createWorld()
  const { browser } = await createPair(world)
  await world.clock.pass(limit('HOLD_AFTER_CONN_MS'))
  const { accounts } = world.stores
  const find = accounts.find.bind(accounts)
  const slow: (() => void)[] = []
  Object.assign(accounts, {
    find: async (number: string) => {
      await new Promise<void>((done) => slow.push(done))
      return find(number)
    },
  })
  browser.take()
  const asked = limit('BROWSER_REQUESTS') + 20
  const exist = (n: number) => browser.say(`q${n},["query","exist","15550001111@c.us"]`)
  for (let n = 0; n < limit('BROWSER_REQUESTS'); n++) await exist(n)
  t.equal(browser.paused, false, 'one of them is being answered')
  for (let n = limit('BROWSER_REQUESTS'); n < asked; n++) await exist(n)
  t.equal(browser.paused, true)
  while (browser.frames.length < asked) {
    for (const done of slow.splice(0)) done()
    await settled()
  }
  t.match(
    browser.take(),
    Array.from({ length: asked }, (_, n) => new RegExp(`^q${n},\\{"status":200`)),
  )
  t.equal(browser.paused, false)
  t.equal(world.server.counters.value('limits', 'BROWSER_REQUESTS'), 0)
  await world.server.close()
})

t.test('lets a browser watch PRESENCE_WATCHED people, and the same ones again', async (t) => {
  const world = await createWorld()
  const { browser } = await createPair(world)
  browser.take()
  const subscribe = (n: number) =>
    browser.say(`p,["action","presence","subscribe","1555${1_000_000 + n}@s.whatsapp.net"]`)
  for (let n = 1; n <= limit('PRESENCE_WATCHED'); n++) await subscribe(n)
  const answers = () => browser.take().filter((text) => !text.includes('["Presence"'))
  t.same(new Set(answers()), new Set(['p,{"status":200}']))
  await subscribe(limit('PRESENCE_WATCHED') + 1)
  await subscribe(1)
  t.same(answers(), ['p,{"status":429}', 'p,{"status":200}'])
  t.equal(world.server.counters.value('limits', 'PRESENCE_WATCHED'), 1)
  await browser.say('x,["action","presence","subscribe","nobody"]')
  t.same(answers(), ['x,{"status":400}'])
  await world.server.close()
})

t.test('welcomes every client, or tells an older one than the setting, or refuses it', async (t) => {
  const old = INIT.replace('[2,2142,12]', '[2,2141,99]')
  const answerTo = async (init: string, env: Record<string, string>) => {
    const world = await createWorld(env)
    t.teardown(() => world.server.close())
    const browser = world.browser()
    await browser.say(init)
    const [answer] = browser.take()
    await browser.say('r,["admin","Conn","reref"]')
    return { answer, next: browser.take()[0] }
  }
  const oldest = { TETHER_OLDEST_CLIENT: '2.2142.0' }
  t.match(await answerTo(old, {}), { answer: /"update":false/ })
  t.match(await answerTo(INIT, oldest), { answer: /"update":false/ })
  t.match(await answerTo(old, oldest), { answer: /"status":200,.*"update":true/, next: /"status":304/ })
  const refused = { answer: '1.--0,{"status":426}', next: 'r,{"status":400}' }
  t.same(await answerTo(old, { ...oldest, TETHER_OUTDATED_CLIENTS: 'refuse' }), refused)
  t.match(await answerTo(INIT, { ...oldest, TETHER_OUTDATED_CLIENTS: 'refuse' }), { answer: /"status":200/ })
})
