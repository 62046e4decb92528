import { seededEntropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import t, { type Test } from 'tap'
import { buildApp } from '../src/app.ts'
import { Phones } from '../src/phones.ts'
import { RelayDouble } from './relay-double.ts'
import { ALICE, BOB, CARLA } from './phone-world.ts'
import { TestClock, until } from './test-clock.ts'

/** Alice, Bob and Carla behind the app; Bob and Carla know Alice, she knows them. */
async function start(t: Test) {
  const clock = new TestClock()
  const relay = new RelayDouble(clock)
  const seams = { clock, entropy: seededEntropy('list routes'), connect: relay.connect, server: relay.http }
  const phones = new Phones({ folder: null, passphrase: 'test', ...seams })
  const app = await buildApp({ phones, clock, allowedHosts: [] })
  t.teardown(async () => {
    await app.close()
    await phones.close()
  })
  const people = [ALICE, BOB, CARLA].map((number, at) => ({ number, name: ['Alice', 'Bob', 'Carla'][at] }))
  for (const { number, name } of people) await phones.create(number, name)
  for (const { number } of people) await phones.find(number)!.importContacts(people)
  const ask = async (method: 'GET' | 'POST', path: string, body?: object) => {
    const headers = { host: 'localhost' }
    const response = await app.inject({ method, url: `/phones/${path}`, headers, ...(body && { body }) })
    return { status: response.statusCode, body: response.json<Record<string, unknown>>() }
  }
  return { clock, phones, ask, app }
}

t.test('it makes lists and shows them; what is sent to one reaches each alone', async (t) => {
  const { phones, ask } = await start(t)
  t.strictSame((await ask('GET', `${ALICE}/lists`)).body, [])
  const made = await ask('POST', `${ALICE}/lists`, { name: 'Choir', people: [BOB, `${CARLA}@c.us`] })
  t.match(made, { status: 200, body: { name: 'Choir', recipients: [BOB, CARLA] } })
  t.strictSame((await ask('GET', `${ALICE}/lists`)).body, [made.body])
  const { jid } = made.body as { jid: string }
  t.match(await ask('POST', `${ALICE}/messages`, { to: jid, text: 'seven, not eight' }), { status: 200 })
  for (const number of [BOB, CARLA])
    await until(() => phones.find(number)!.messages(ALICE).at(-1)?.text === 'seven, not eight', number)
  t.match((await ask('GET', `${ALICE}/chats/${jid}/messages`)).body, [{ text: 'seven, not eight' }])

  t.match(await ask('POST', `${ALICE}/lists`, { name: 'x', people: [] }), { status: 400 })
  t.match(await ask('POST', `${ALICE}/lists`, { name: 'x', people: ['nobody'] }), {
    status: 400,
    body: { code: 'TETHER_ERR_JID' },
  })
  t.match(await ask('GET', '15559999999/lists'), { status: 404 })
})

t.test('a list has LIST_RECIPIENTS people, and not one more', async (t) => {
  const { ask } = await start(t)
  const people = Array.from({ length: limit('LIST_RECIPIENTS') }, (_, at) => String(15_551_000_000 + at))
  const made = await ask('POST', `${ALICE}/lists`, { name: 'All', people: [...people, people[0]] })
  t.strictSame([made.status, made.body['recipients']], [200, people], 'each once')
  t.match(await ask('POST', `${ALICE}/lists`, { name: 'More', people: [...people, BOB] }), {
    status: 429,
    body: { code: 'TETHER_ERR_LIMIT' },
  })
  t.match((await ask('GET', `${ALICE}/lists`)).body, { length: 1 })
})

t.test('it tells stories and shows those of the last day', async (t) => {
  const { clock, phones, ask, app } = await start(t)
  const own = await ask('POST', `${ALICE}/stories`, { text: 'market day' })
  t.equal(own.status, 200)
  await until(() => phones.find(BOB)!.lists.stories().length === 1, 'at Bob')
  await phones.find(BOB)!.lists.tell({ conversation: 'me too' })
  await until(() => phones.find(ALICE)!.lists.stories().length === 2, 'at Alice')
  t.match((await ask('GET', `${ALICE}/stories`)).body, [
    { jid: `${ALICE}@s.whatsapp.net`, stories: [{ id: own.body['id'], fromMe: true, text: 'market day' }] },
    { jid: `${BOB}@s.whatsapp.net`, name: 'Bob', stories: [{ fromMe: false, text: 'me too' }] },
  ])
  await clock.advance(limit('STORY_LIFE_MS') - 1)
  t.match((await ask('GET', `${ALICE}/stories`)).body, { length: 2 })
  await clock.advance(1)
  t.strictSame((await ask('GET', `${ALICE}/stories`)).body, [])
  t.match(await ask('POST', `${ALICE}/stories`, { text: '' }), { status: 400 })
  const { paths } = (await app.inject({ url: '/openapi.json', headers: { host: 'localhost' } })).json<{
    paths: object
  }>()
  for (const path of ['/phones/{number}/lists', '/phones/{number}/stories']) t.ok(path in paths, path)
})
