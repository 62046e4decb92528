import t from 'tap'
import { Battery } from '../src/battery.ts'
import { isAppThere, isReachable } from '../src/device.ts'
import { ALICE, PhoneWorld } from './phone-world.ts'
import { until } from './test-clock.ts'

t.test('it adds up parts of a percent, from wherever they come', (t) => {
  const battery = new Battery({ perMinute: 300, perFrame: 400 })
  t.equal(battery.standBy(1), 0)
  t.equal(battery.relay(), 0)
  t.equal(battery.relay(), 1)
  t.equal(battery.standBy(10), 3, 'and 100 thousandths stay')
  t.strictSame(battery.use, { standbyPercent: 3.3, relayingPercent: 0.8, relayedFrames: 2 })
  t.end()
})

t.test('it is drained by what a browser asks for, and by what it is told', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice', { batteryCosts: { perMinute: 0, perFrame: 500 } })
  t.equal(alice.status().batteryUse.relayedFrames, 0)
  const browser = await world.linked(alice)
  const uses: number[] = []
  alice.subscribe((event) => event.type === 'batteryUse' && uses.push(event.use.relayedFrames))
  const { relayedFrames } = alice.status().batteryUse
  const percent = alice.status().device.batteryPercent
  t.ok(relayedFrames > 0, 'the sync')
  await browser.query('emoji')
  await browser.query('emoji')
  await until(() => alice.status().device.batteryPercent <= percent - 2, 'two requests, two answers')
  t.ok(uses.length >= 4, 'screens are told of each frame')
})

t.test('it relays for nothing while it is plugged in', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice', { batteryCosts: { perMinute: 0, perFrame: 1_000 } })
  alice.setDevice({ plugged: true, batteryPercent: 50 })
  await world.linked(alice)
  t.equal(alice.status().device.batteryPercent, 50)
})

t.test('it has no link in airplane mode and without power, and comes back with the app', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const states: string[] = []
  alice.subscribe((event) => event.type === 'state' && states.push(event.state))
  alice.setDevice({ airplane: true })
  t.match(alice.status(), { state: 'offline', device: { network: 'wifi' } })
  alice.setDevice({ airplane: false })
  await until(() => alice.status().state === 'online', 'back')
  alice.setDevice({ app: 'killed' })
  alice.setDevice({ power: 'off' })
  t.equal(alice.status().state, 'off')
  await t.rejects(alice.sendText(ALICE, 'nobody types on it'), { code: 'TETHER_ERR_STATE' })
  await world.clock.advance(3_600_000)
  t.equal(alice.status().device.batteryPercent, 77, 'it takes nothing')
  alice.setDevice({ power: 'on' })
  t.equal(alice.status().device.app, 'running')
  await until(() => alice.status().state === 'online', 'on')
  t.strictSame(states, ['offline', 'online', 'killed', 'off', 'offline', 'online'])
})

t.test('it tells a device that is reachable from one that only runs', (t) => {
  const device = {
    power: 'on',
    airplane: false,
    network: 'cell',
    batteryPercent: 5,
    plugged: false,
    app: 'dozing',
  } as const
  t.ok(isReachable(device))
  t.notOk(isReachable({ ...device, network: 'none' }))
  t.ok(isAppThere({ ...device, network: 'none' }))
  t.notOk(isAppThere({ ...device, power: 'off' }))
  t.end()
})
