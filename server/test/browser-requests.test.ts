import t from 'tap'
import { browserRequests } from 'proto/browser-requests'
import { limit } from 'proto/limits'
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
