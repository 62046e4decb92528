import t, { type Test } from 'tap'
import { limit } from 'proto/limits'
import { buildApp } from '../src/app.ts'
import { PhonesMeters } from '../src/phones-meters.ts'
import { ALICE, BOB, PhoneWorld } from './phone-world.ts'
import { until } from './test-clock.ts'

const image = Buffer.from([0xff, 0xd8, 0xff, 1])

/** The app over one phone, whose server is the double. */
async function start(t: Test) {
  const world = new PhoneWorld()
  const alice = await world.phone(ALICE, 'Alice')
  const phones = {
    list: () => [alice],
    find: (number: string) => (number === ALICE ? alice : null),
    create: () => Promise.reject(new Error('not here')),
    subscribe: () => () => undefined,
    meters: new PhonesMeters(),
  }
  const app = await buildApp({ phones, clock: world.clock, allowedHosts: [] })
  t.teardown(async () => {
    await app.close()
    await world.stop()
  })
  const ask = async (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body?: object,
    type?: string,
  ) => {
    const headers = { host: 'localhost:8081', ...(type !== undefined && { 'content-type': type }) }
    const response = await app.inject({
      method,
      url: `/phones/${url}`,
      headers,
      ...(body && { payload: body }),
    })
    return { status: response.statusCode, body: response.json<unknown>() }
  }
  return { world, alice, ask, account: world.relay.account(ALICE) }
}

t.test('it changes name and about text, one of them or both', async (t) => {
  const { ask, account } = await start(t)
  const both = await ask('PATCH', `${ALICE}/profile`, { name: 'Al', about: 'At the mill' })
  t.match(both, { status: 200, body: { name: 'Al', about: 'At the mill' } })
  t.match(await ask('PATCH', `${ALICE}/profile`, { about: '' }), { body: { name: 'Al', about: '' } })
  t.equal(account.about, '')
  const tooLong = 'x'.repeat(limit('ABOUT_CHARS') + 1)
  for (const body of [{}, { name: '' }, { about: tooLong }, { picture: 'x' }, { name: 7 }])
    t.match(await ask('PATCH', `${ALICE}/profile`, body), { status: 400, body: { code: 'TETHER_ERR_BODY' } })
  t.match(await ask('PATCH', `${BOB}/profile`, { name: 'Bob' }), { status: 404 })
})

t.test('it takes a JPEG as it is, shows where it is, and removes it', async (t) => {
  const { ask, account } = await start(t)
  t.strictSame(await ask('PUT', `${ALICE}/picture`, image, 'image/jpeg'), {
    status: 200,
    body: { tag: '1', url: 'http://double/pictures/1' },
  })
  t.match(account.pictures, [{ of: ALICE, image: image.toString('base64') }])
  t.strictSame(await ask('DELETE', `${ALICE}/picture`), { status: 200, body: {} })
  t.equal(account.pictures[1]?.image, undefined)
  t.equal((await ask('PUT', `${ALICE}/picture`, image, 'image/png')).status, 415)
  t.equal((await ask('PUT', `${ALICE}/picture`, image)).status, 415)
  const most = Buffer.concat([image, Buffer.alloc(limit('PICTURE_BYTES') - image.length)])
  t.equal((await ask('PUT', `${ALICE}/picture`, most, 'image/jpeg')).status, 200)
  const tooLarge = await ask('PUT', `${ALICE}/picture`, Buffer.concat([most, image]), 'image/jpeg')
  t.match(tooLarge, { status: 413, body: { code: 'TETHER_ERR_TOO_LARGE' } })
})

t.test('it blocks and unblocks by number or JID, and answers the whole list', async (t) => {
  const { ask, account } = await start(t)
  t.strictSame(await ask('GET', `${ALICE}/blocks`), { status: 200, body: [] })
  t.strictSame((await ask('POST', `${ALICE}/blocks`, { number: BOB })).body, [{ number: BOB }])
  t.strictSame((await ask('POST', `${ALICE}/blocks`, { number: `${BOB}@c.us` })).body, [{ number: BOB }])
  t.strictSame(account.blocked, [BOB])
  t.match(await ask('POST', `${ALICE}/blocks`, { number: 'nobody' }), {
    status: 400,
    body: { code: 'TETHER_ERR_JID' },
  })
  t.strictSame(await ask('DELETE', `${ALICE}/blocks/${BOB}`), { status: 200, body: [] })
  t.strictSame(account.blocked, [])
})

t.test('it says that the person is there, or types', async (t) => {
  const { ask, world } = await start(t)
  t.match(await ask('POST', `${ALICE}/presence`, { state: 'available' }), { status: 200, body: {} })
  await ask('POST', `${ALICE}/presence`, { state: 'composing', to: BOB })
  await until(() => world.relay.presences.length === 2, 'said')
  t.match(world.relay.presences, [{ state: 'available' }, { state: 'composing', to: BOB }])
  t.match(await ask('POST', `${ALICE}/presence`, { state: 'asleep' }), { status: 400 })
  t.match(await ask('POST', `${ALICE}/presence`, { state: 'composing', to: 'nobody' }), { status: 400 })
  t.match(await ask('POST', `${ALICE}/presence`, { state: 'composing' }), { status: 400 })
})

t.test('it says so when the server cannot be asked', async (t) => {
  const { ask, alice } = await start(t)
  alice.setDevice({ network: 'none' })
  const away = { status: 503, body: { code: 'TETHER_ERR_PHONE_AWAY' } }
  t.match(await ask('PATCH', `${ALICE}/profile`, { about: 'x' }), away)
  t.match(await ask('PUT', `${ALICE}/picture`, image, 'image/jpeg'), away)
  t.match(await ask('POST', `${ALICE}/blocks`, { number: BOB }), away)
  t.match(await ask('PATCH', `${ALICE}/profile`, { name: 'Al' }), { status: 200, body: { name: 'Al' } })
})
