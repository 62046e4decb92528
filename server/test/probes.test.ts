import t from 'tap'
import { limit } from 'proto/limits'
import { createPair, createWorld, FACTS } from './world.ts'

const probesOf = (phone: { heard(type: string): Record<string, unknown>[] }): number[] =>
  phone.heard('probe').map(({ probe }) => Number(probe))

t.test('answers a test under its tag when the phone answers its probe, once', async (t) => {
  const world = await createWorld()
  const { browser, phone } = await createPair(world)
  browser.take()
  await browser.say('987.--14,["admin","test"]')
  t.same(browser.frames, [], 'only the phone can answer')
  const [probe] = probesOf(phone)
  await phone.tell({ type: 'pong', probe })
  await phone.tell({ type: 'pong', probe })
  t.same(browser.take(), ['987.--14,["Pong",true]'])
  await world.server.close()
})

t.test('takes no answer from another phone', async (t) => {
  const world = await createWorld()
  const { browser, phone } = await createPair(world)
  const other = await (await world.phone('15550002222')).attach()
  browser.take()
  await browser.say('1.--1,["admin","test"]')
  await other.tell({ type: 'pong', probe: probesOf(phone)[0] })
  t.same(browser.frames, [])
  await world.server.close()
})

t.test('forgets the oldest test beyond OPEN_TESTS, and asks the others again on return', async (t) => {
  const world = await createWorld()
  const { browser, phone } = await createPair(world)
  await phone.link.hangUp()
  browser.take()
  for (let n = 0; n <= limit('OPEN_TESTS'); n++) await browser.say(`${n}.--t,["admin","test"]`)
  t.equal(world.server.counters.value('drops', 'openTestsFull'), 1)
  t.equal(world.server.counters.value('limits', 'OPEN_TESTS'), 1)
  const back = await phone.attach()
  for (const probe of probesOf(back)) await back.tell({ type: 'pong', probe })
  t.same(
    browser.texts().filter((text) => text.includes('Pong')),
    Array.from({ length: limit('OPEN_TESTS') }, (_, at) => `${at + 1}.--t,["Pong",true]`),
  )
  await world.server.close()
})

t.test('tells a browser of the returned phone with a partial Conn, tests or none', async (t) => {
  const world = await createWorld()
  const { browser, phone } = await createPair(world)
  await phone.link.hangUp()
  browser.take()
  const back = await phone.attach()
  t.match(browser.take(), [/^s5,\["Pong",true\]/, /^s6,\["Conn",\{"protoVersion":\[0,17\]/])
  await back.tell({ type: 'device', facts: { ...FACTS, pushname: 'Renamed' } })
  await back.link.hangUp()
  await phone.attach()
  t.match(browser.take(), [
    /^s7,\["Conn",.*"pushname":"Renamed"/,
    /^s8,\["Pong",true\]/,
    /^s9,\["Conn",.*"pushname":"Renamed"/,
  ])
  await world.server.close()
})

t.test('survives a store that fails while the phone returns', async (t) => {
  const world = await createWorld()
  const { browser, phone } = await createPair(world)
  await phone.link.hangUp()
  browser.take()
  const find = world.stores.accounts.find.bind(world.stores.accounts)
  let asked = 0
  world.stores.accounts.find = (number) =>
    asked++ === 0 ? find(number) : Promise.reject(new Error('the disk is full')) // the first is for attach
  const back = await phone.attach()
  t.equal(asked, 2)
  t.equal(back.link.closed, null)
  await browser.say('?,,')
  t.match(browser.take(), [/Pong/, /^!/])
  await world.server.close()
})

t.test('tells an open browser of other device data, and of nothing that is as before', async (t) => {
  const world = await createWorld()
  const { browser, phone } = await createPair(world)
  browser.take()
  await phone.tell({ type: 'device', facts: FACTS })
  t.same(browser.take(), [])
  await phone.tell({ type: 'device', facts: { ...FACTS, battery: 12 } })
  t.match(browser.take(), [/^s5,\["Conn",.*"battery":12/])
  await phone.link.hangUp()
  await browser.say('1.--t,["admin","test"]')
  const back = await phone.attach()
  await back.tell({ type: 'device', facts: { ...FACTS, battery: 11 } })
  t.same(browser.take(), [], 'the Pong comes first')
  await back.tell({ type: 'pong', probe: probesOf(back)[0] })
  t.match(browser.take(), ['1.--t,["Pong",true]', /^s6,\["Conn",.*"battery":11/])
  await world.server.close()
})

t.test(
  'says once that a phone sleeps which does not answer for PHONE_ASLEEP_MS, never Pong false',
  async (t) => {
    const world = await createWorld()
    const { browser, phone } = await createPair(world)
    browser.take()
    await browser.say('1.--t,["admin","test"]')
    await world.clock.pass(limit('PHONE_ASLEEP_MS') - 1)
    t.same(browser.take(), [])
    await world.clock.pass(1)
    t.same(browser.take(), ['s5,["Stream","asleep"]'])
    await browser.say('2.--t,["admin","test"]')
    await world.clock.pass(limit('PHONE_ASLEEP_MS'))
    t.same(browser.take(), [], 'one sleep is told once')
    for (const probe of probesOf(phone)) await phone.tell({ type: 'pong', probe })
    t.same(browser.take(), ['1.--t,["Pong",true]', '2.--t,["Pong",true]'])
    await browser.say('3.--t,["admin","test"]')
    await world.clock.pass(limit('PHONE_ASLEEP_MS'))
    t.same(browser.take(), ['s6,["Stream","asleep"]'], 'the next sleep is another one')
    await world.server.close()
  },
)

t.test('does not take a phone that is away for one that sleeps', async (t) => {
  const world = await createWorld()
  const { browser, phone } = await createPair(world)
  browser.take()
  await browser.say('1.--t,["admin","test"]')
  await phone.link.hangUp()
  await browser.say('2.--t,["admin","test"]')
  await world.clock.pass(2 * limit('PHONE_ASLEEP_MS'))
  t.same(browser.take(), [])
  await world.server.close()
})
