import t, { type Test } from 'tap'
import { seededEntropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import { buildApp } from '../src/app.ts'
import { Phones } from '../src/phones.ts'
import { ALICE, BOB } from './phone-world.ts'
import { RelayDouble } from './relay-double.ts'
import { TestClock, until } from './test-clock.ts'

const HOST = { host: 'localhost:8081' }
const data = Buffer.from(seededEntropy('media routes').bytes(2_000))

async function start(t: Test) {
  const clock = new TestClock()
  const relay = new RelayDouble(clock)
  const entropy = seededEntropy('media routes test')
  const phones = new Phones({ folder: null, passphrase: 'test', clock, entropy, connect: relay.connect, server: relay.http }) // prettier-ignore
  const app = await buildApp({ phones, clock, allowedHosts: [] })
  t.teardown(async () => {
    await app.close()
    await phones.close()
  })
  await phones.create(ALICE, 'Alice')
  const bob = await phones.create(BOB, 'Bob')
  const send = (query: string, payload: Buffer = data, type = 'application/octet-stream') =>
    app.inject({ method: 'POST', url: `/phones/${ALICE}/media?${query}`, payload, headers: { ...HOST, 'content-type': type } }) // prettier-ignore
  const fetchFile = (number: string, other: string, id: string, query = '') =>
    app.inject({ url: `/phones/${number}/chats/${other}/messages/${id}/media${query}`, headers: HOST })
  return { app, bob, send, fetchFile }
}

t.test('it sends a file with its words, and gives it back at both phones', async (t) => {
  const { bob, send, fetchFile, app } = await start(t)
  const words = `to=${BOB}&type=image&mimetype=image/png&caption=the%20sea&width=640&height=480`
  const sent = await send(words)
  t.equal(sent.statusCode, 200)
  const { id } = sent.json<{ id: string }>()
  await until(() => bob.messages(ALICE)[0]?.media?.state === 'kept', 'the file at Bob')
  const list = await app.inject({ url: `/phones/${BOB}/chats/${ALICE}/messages`, headers: HOST })
  t.match(list.json(), [
    {
      id,
      text: 'the sea',
      media: { kind: 'image', mimetype: 'image/png', bytes: 2_000, width: 640, state: 'kept' },
    },
  ])
  const got = await fetchFile(BOB, ALICE, id)
  t.ok(got.rawPayload.equals(data))
  t.match(got.headers, {
    'content-type': 'image/png', 'content-length': '2000', 'content-disposition': 'inline',
    'x-content-type-options': 'nosniff', 'content-security-policy': /sandbox/,
  }) // prettier-ignore
  t.ok((await fetchFile(ALICE, BOB, id, '?fromMe=true')).rawPayload.equals(data))
  t.equal((await fetchFile(ALICE, BOB, id)).statusCode, 404, 'the other direction')
  t.equal((await fetchFile(BOB, ALICE, 'none')).statusCode, 404)
})

t.test('it shows no file as a page, whatever its writer calls it', async (t) => {
  const { bob, send, fetchFile } = await start(t)
  for (const mimetype of ['text/html', 'image/svg+xml', 'application/xhtml+xml', 'text/javascript']) {
    const before = bob.messages(ALICE).length
    const { id } = (await send(`to=${BOB}&type=document&mimetype=${encodeURIComponent(mimetype)}`)).json<{ id: string }>() // prettier-ignore
    await until(() => bob.messages(ALICE)[before]?.media?.state === 'kept', mimetype)
    const got = await fetchFile(BOB, ALICE, id)
    t.match(got.headers, { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment' })
  }
})

t.test('it refuses what it cannot send, with a code', async (t) => {
  const { send } = await start(t)
  const cases: [string, number, string][] = [
    [`to=${BOB}`, 400, 'TETHER_ERR_BODY'],
    [`to=${BOB}&type=text`, 400, 'TETHER_ERR_BODY'],
    [`to=${BOB}&type=image&seconds=-1`, 400, 'TETHER_ERR_BODY'],
    [`to=${BOB}&type=image&mimetype=x`, 400, 'TETHER_ERR_BODY'],
    [`to=${BOB}&type=image&ptt=yes`, 400, 'TETHER_ERR_BODY'],
    ['to=x&type=image', 400, 'TETHER_ERR_JID'],
  ]
  for (const [query, status, code] of cases) {
    const answer = await send(query)
    t.match([answer.statusCode, answer.json()], [status, { code }], query)
  }
  t.equal((await send(`to=${BOB}&type=image`, Buffer.from('{}'), 'text/plain')).statusCode, 415)
  const large = await send(`to=${BOB}&type=image`, Buffer.alloc(limit('MEDIA_BYTES') + 1))
  t.match([large.statusCode, large.json()], [413, { code: 'TETHER_ERR_TOO_LARGE' }])
  const encrypted = await send(`to=${BOB}&type=image`, Buffer.alloc(limit('MEDIA_BYTES')))
  t.match(
    [encrypted.statusCode, encrypted.json()],
    [413, { code: 'TETHER_ERR_TOO_LARGE' }],
    'it grows with encryption',
  )
})
