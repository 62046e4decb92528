import t from 'tap'
import { buildApp } from '../src/app.ts'
import { PhonesMeters } from '../src/phones-meters.ts'
import { ALICE, BOB, PhoneWorld } from './phone-world.ts'
import { until } from './test-clock.ts'

t.test('it is made, taken and ended over HTTP', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const [alice, bob] = [await world.phone(ALICE, 'Alice'), await world.phone(BOB, 'Bob')]
  const states: string[] = []
  bob.subscribe((event) => {
    if (event.type === 'call') states.push(event.state)
  })
  const phones = {
    list: () => [alice, bob],
    find: (number: string) => (number === ALICE ? alice : bob),
    create: () => Promise.reject(new Error('not here')),
    subscribe: () => () => undefined,
    meters: new PhonesMeters(),
  }
  const app = await buildApp({ phones, clock: world.clock, allowedHosts: [] })
  t.teardown(() => app.close())
  const ask = (method: 'POST' | 'DELETE', url: string, payload?: object) =>
    app.inject({ method, url: `/phones/${url}`, headers: { host: 'localhost' }, ...(payload && { payload }) })
  const { id } = (await ask('POST', `${ALICE}/calls`, { to: BOB })).json<{ id: string }>()
  await until(() => states.length === 1, 'the ring')
  t.equal((await ask('POST', `${BOB}/calls/${id}/answer`)).statusCode, 200)
  t.equal((await ask('DELETE', `${ALICE}/calls/${id}`)).statusCode, 200)
  t.equal((await ask('DELETE', `${ALICE}/calls/${id}`)).statusCode, 404)
  t.equal((await ask('POST', `${ALICE}/calls`, {})).statusCode, 400)
  t.strictSame(states, ['offer', 'accept'])
})
