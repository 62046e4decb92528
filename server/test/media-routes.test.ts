import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import t from 'tap'
import { seededEntropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import { sha256 } from './blob-store-contract.ts'
import { createPair, createWorld, uploadRight, type World } from './world.ts'

const entropy = seededEntropy('media routes')
const HOST = { host: '127.0.0.1:8080' }
const bytes = Buffer.from(entropy.bytes(1_000))
const token = Buffer.from(sha256(bytes)).toString('base64url')
const PATH = `/mms/image/${token}`

function post(world: World, url: string, payload: Buffer, headers: Record<string, string> = {}) {
  return world.server.app.inject({ method: 'POST', url, payload, headers: { ...HOST, ...headers } })
}

async function uploaded() {
  const world = await createWorld()
  t.teardown(() => world.server.close())
  const auth = await uploadRight(world)
  await post(world, `${PATH}?auth=${auth}&token=${token}`, bytes, {
    'content-type': 'application/octet-stream',
  })
  const get = (headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
    world.server.app.inject({ method, url: PATH, headers: { ...HOST, ...headers } })
  return { world, auth, get }
}

t.test('it takes an upload in the manner of each client, and answers nothing but texts', async (t) => {
  const world = await createWorld()
  const auth = await uploadRight(world)
  const spelled = [
    [`${PATH}?auth=${auth}&token=${token}`, { 'content-type': 'application/octet-stream', origin: 'https://web.whatsapp.com' }],
    [`${PATH}=?auth=${auth}&token=${token}%3D`, { origin: 'https://web.whatsapp.com' }],
    [`/mms/video/${token}?auth=${auth}`, { 'content-type': 'image/jpeg', origin: 'http://127.0.0.1:8080' }],
  ] as const // prettier-ignore
  for (const [url, headers] of spelled) {
    const answer = await post(world, url, bytes, headers)
    const path = url.slice(0, url.indexOf(token)) + token
    t.same(
      [answer.statusCode, answer.json()],
      [200, { url: `http://127.0.0.1:8080${path}`, direct_path: path }],
      url,
    )
  }
  await world.server.close()
})

t.test(
  'it refuses an upload with a code: wrong hash, cut body, no right, old right, other token',
  async (t) => {
    const world = await createWorld()
    const auth = await uploadRight(world)
    const cases: [string, Buffer, number, string][] = [
      [`${PATH}?auth=${auth}`, bytes.subarray(0, 999), 400, 'TETHER_ERR_MEDIA_HASH'],
      [`${PATH}?auth=${auth}`, Buffer.concat([bytes, Buffer.of(0)]), 400, 'TETHER_ERR_MEDIA_HASH'],
      [`${PATH}?auth=${auth}`, Buffer.alloc(0), 400, 'TETHER_ERR_MEDIA_HASH'],
      [PATH, bytes, 401, 'TETHER_ERR_MEDIA_AUTH'],
      [`${PATH}?auth=`, bytes, 401, 'TETHER_ERR_MEDIA_AUTH'],
      [`${PATH}?auth=${auth}x`, bytes, 401, 'TETHER_ERR_MEDIA_AUTH'],
      [`${PATH}?auth=${auth}&auth=${auth}`, bytes, 400, 'TETHER_ERR_BODY'],
      [`${PATH}?auth=${auth}&token=${'A'.repeat(43)}`, bytes, 400, 'TETHER_ERR_BODY'],
      [`/mms/image/${token.slice(1)}?auth=${auth}`, bytes, 400, 'TETHER_ERR_BASE64'],
      [`/mms/image/AAAA?auth=${auth}`, bytes, 400, 'TETHER_ERR_BODY'],
      [`/mms/text/${token}?auth=${auth}`, bytes, 400, 'TETHER_ERR_BODY'],
    ]
    for (const [url, body, status, code] of cases) {
      const answer = await post(world, url, body)
      t.match([answer.statusCode, answer.json()], [status, { code }], url)
    }
    await world.clock.pass(limit('MEDIA_AUTH_MS') + 60_001)
    t.match((await post(world, `${PATH}?auth=${auth}`, bytes)).json(), { code: 'TETHER_ERR_MEDIA_AUTH' })
    t.equal((await world.server.app.inject({ url: PATH, headers: HOST })).statusCode, 404, 'nothing was kept')
    await world.server.close()
  },
)

t.test(
  'it opens its doors to pages of our own and the legacy origin for uploads, to all for downloads',
  async (t) => {
    const { world, auth, get } = await uploaded()
    for (const origin of ['http://evil.example', 'null']) {
      const refused = await post(world, `${PATH}?auth=${auth}`, bytes, { origin })
      t.match([refused.statusCode, refused.json()], [403, { code: 'TETHER_ERR_ORIGIN' }])
      const given = await get({ origin })
      t.equal(given.statusCode, 200)
      t.equal(given.headers['access-control-allow-origin'], undefined, 'a page elsewhere cannot read it')
    }
    t.match((await get({ host: 'evil.example' })).json(), { code: 'TETHER_ERR_HOST' })
  },
)

t.test('it gives a blob with its length, its hash as a name, and as nothing to be shown', async (t) => {
  const { get } = await uploaded()
  const whole = await get()
  t.equal(whole.statusCode, 200)
  t.ok(whole.rawPayload.equals(bytes))
  t.match(whole.headers, {
    'content-length': '1000', 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes', etag: `"${token}"`,
    'x-content-type-options': 'nosniff', 'content-disposition': 'attachment',
    'cache-control': `private, max-age=${limit('MEDIA_LIFE_MS') / 1000}, immutable`,
  }) // prettier-ignore
  t.equal(whole.headers['transfer-encoding'], undefined)
  const head = await get({}, 'HEAD')
  t.match([head.statusCode, head.headers['content-length'], head.rawPayload.length], [200, '1000', 0])
  t.equal((await get({ 'if-none-match': `"x", "${token}"` })).statusCode, 304)
  t.equal((await get({ 'if-none-match': '"x"' })).statusCode, 200)
})

t.test('it gives parts as clients ask for them', async (t) => {
  const { get } = await uploaded()
  const parts: [string, number, number][] = [
    ['bytes=0-48', 0, 48], ['bytes=984-', 984, 999], ['bytes=-10', 990, 999], ['bytes=16-65552', 16, 999],
  ] // prettier-ignore
  for (const [range, first, last] of parts) {
    const part = await get({ range })
    t.equal(part.statusCode, 206)
    t.match(part.headers, {
      'content-range': `bytes ${first}-${last}/1000`,
      'content-length': String(last - first + 1),
    })
    t.ok(part.rawPayload.equals(bytes.subarray(first, last + 1)), range)
  }
  const behind = await get({ range: 'bytes=1000-' })
  t.match([behind.statusCode, behind.json()], [416, { code: 'TETHER_ERR_RANGE' }])
  t.equal(behind.headers['content-range'], 'bytes */1000')
  t.equal((await get({ range: 'bytes=0-1,4-5' })).statusCode, 200)
  t.equal((await get({ range: 'bytes=0-1', 'if-range': '"another"' })).statusCode, 200)
  t.equal((await get({ range: 'bytes=0-1', 'if-range': `"${token}"` })).statusCode, 206)
})

t.test(
  'it tells an unknown blob from one that has expired by the code; the status is one that all clients know',
  async (t) => {
    const { world, get } = await uploaded()
    const unknown = await world.server.app.inject({ url: `/mms/image/${'A'.repeat(43)}`, headers: HOST })
    t.match([unknown.statusCode, unknown.json()], [404, { code: 'TETHER_ERR_NOT_FOUND' }])
    await world.clock.pass(limit('MEDIA_LIFE_MS'))
    const expired = await get()
    t.match([expired.statusCode, expired.json()], [404, { code: 'TETHER_ERR_MEDIA_EXPIRED' }])
    t.equal((await get({}, 'HEAD')).statusCode, 404)
    await world.clock.pass(limit('MEDIA_GONE_MS') + 7_200_000)
    const forgotten = await get()
    t.match([forgotten.statusCode, forgotten.json()], [404, { code: 'TETHER_ERR_NOT_FOUND' }])
  },
)

t.test('a blob whose bytes somebody took away is unknown, whether one fetches it or only asks', async (t) => {
  const { world, get } = await uploaded()
  await world.stores.blobs.remove(sha256(bytes))
  t.equal((await get()).statusCode, 404)
  t.equal((await get({}, 'HEAD')).statusCode, 404)
})

t.test('it takes an upload of the older way as a form, with the hash before or after the file', async (t) => {
  const world = await createWorld()
  const { browser } = await createPair(world)
  browser.take()
  const base64 = Buffer.from(sha256(bytes)).toString('base64')
  await browser.say(`u,["action","encr_upload","image","${base64}"]`)
  const { url } = JSON.parse(browser.take()[0].slice('u,'.length)) as { url: string }
  t.match(url, new RegExp(`^http://localhost${PATH}/`))
  const form = (fields: [string, string | Buffer][]) => {
    const chunks = fields.flatMap(([name, value]) => [
      `--limit\r\ncontent-disposition: form-data; name="${name}"${typeof value === 'string' ? '' : '; filename="blob"\r\ncontent-type: application/octet-stream'}\r\n\r\n`,
      value,
      '\r\n',
    ])
    const payload = Buffer.concat([...chunks, '--limit--\r\n'].map((chunk) => Buffer.from(chunk)))
    return post(world, `${new URL(url).pathname}?f=j`, payload, { 'content-type': 'multipart/form-data; boundary=limit' }) // prettier-ignore
  }
  const good = await form([['hash', base64], ['file', bytes]]) // prettier-ignore
  t.match([good.statusCode, good.json()], [200, { url: `http://127.0.0.1:8080${PATH}` }])
  t.equal((await form([['file', bytes], ['hash', base64]])).statusCode, 200) // prettier-ignore
  const refusals: [[string, string | Buffer][], number, string][] = [
    [[['hash', 'AAAA'], ['file', bytes]], 400, 'TETHER_ERR_MEDIA_HASH'],
    [[['hash', base64], ['file', bytes.subarray(1)]], 400, 'TETHER_ERR_MEDIA_HASH'],
    [[['hash', base64]], 400, 'TETHER_ERR_BODY'],
    [[['file', Buffer.alloc(limit('MEDIA_BYTES') + 1)]], 413, 'TETHER_ERR_TOO_LARGE'],
  ] // prettier-ignore
  for (const [fields, status, code] of refusals) {
    const answer = await form(fields)
    t.match([answer.statusCode, answer.json()], [status, { code }])
  }
  t.match((await post(world, new URL(url).pathname, bytes)).json(), { code: 'TETHER_ERR_BODY' }, 'not a form')
  const sideways = await post(world, `${PATH}?auth=${url.split('/').at(-1)}`, bytes, { 'content-type': 'multipart/form-data; boundary=limit' }) // prettier-ignore
  t.match(sideways.json(), { code: 'TETHER_ERR_BODY' }, 'a form where none is expected')
  for (const body of ['["action","encr_upload","text","AAAA"]', '["action","encr_upload","image","AAAA"]']) {
    await browser.say(`u,${body}`)
    t.same(browser.take(), ['u,{"status":400}'])
  }
  await world.server.close()
})

t.test('it tells browsers and phones where and with which right to upload', async (t) => {
  const world = await createWorld()
  const { browser, phone } = await createPair(world)
  browser.take()
  await browser.say('m,["query","mediaConn"]')
  const answer = JSON.parse(browser.take()[0].slice('m,'.length)) as { media_conn: { auth: string } }
  const host = { hostname: 'localhost', ips: [] }
  t.match(answer, { status: 200, media_conn: { auth: /^15550001111\./, ttl: 300, hosts: [host, host] } })
  t.equal((await post(world, `${PATH}?auth=${answer.media_conn.auth}`, bytes)).statusCode, 200)
  const { auth, ttlS } = (await phone.ask({ type: 'mediaAuth' })).ok as { auth: string; ttlS: number }
  t.equal(ttlS, 300)
  t.equal((await post(world, `${PATH}?auth=${auth}`, bytes)).statusCode, 200)
  await world.server.close()
})

t.test(
  'over a socket: too much is refused in words, a torn upload leaves nothing, lengths are announced',
  async (t) => {
    const world = await createWorld()
    t.teardown(() => world.server.close())
    const auth = await uploadRight(world)
    const { app, counters } = world.server
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as AddressInfo
    const url = `http://127.0.0.1:${port}`
    const send = (body: Uint8Array) => {
      const path = `/mms/document/${Buffer.from(sha256(body)).toString('base64url')}`
      return fetch(`${url}${path}?auth=${auth}`, { method: 'POST', body: Buffer.from(body) })
    }
    const most = Buffer.alloc(limit('MEDIA_BYTES'), bytes)
    const taken = await send(most)
    t.equal(taken.status, 200)
    const { url: address } = (await taken.json()) as { url: string }
    t.match(address, `${url}/mms/document/`)
    const back = await fetch(address)
    t.equal(back.headers.get('content-length'), String(most.length))
    t.ok(Buffer.from(await back.arrayBuffer()).equals(most))
    const refused = await send(Buffer.alloc(limit('MEDIA_BYTES') + 1))
    t.match([refused.status, await refused.json()], [413, { code: 'TETHER_ERR_TOO_LARGE' }])
    const late = await fetch(`${url}${PATH}?auth=old`, { method: 'POST', body: most })
    t.match([late.status, await late.json()], [401, { code: 'TETHER_ERR_MEDIA_AUTH' }])

    const socket = connect(port, '127.0.0.1')
    socket.write(`POST ${PATH}?auth=${auth} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n`)
    socket.write(bytes.subarray(0, 500))
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    await once(socket, 'close')
    await new Promise((resolve) => setTimeout(resolve, 50))
    t.equal((await fetch(url + PATH)).status, 404)
    t.equal(counters.value('media', 'uploaded'), 1)
    t.equal(counters.value('errors', 'TETHER_ERR_INTERNAL'), 0, 'a client that goes away is no error of ours')
  },
)
