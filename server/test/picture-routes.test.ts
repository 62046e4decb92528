import t, { type Test } from 'tap'
import { formatBase64 } from 'proto/base64'
import { createPair, createWorld } from './world.ts'

const image = Uint8Array.of(0xff, 0xd8, 0xff, 1, 2, 3)
const preview = Uint8Array.of(0xff, 0xd8, 0xff, 9)

async function shown(t: Test) {
  const world = await createWorld()
  t.teardown(() => world.server.close())
  const { phone } = await createPair(world)
  const set = async (more: object = {}) => {
    const { ok } = await phone.ask({ type: 'picture', of: phone.number, image: formatBase64(image), ...more })
    return new URL((ok as { url: string }).url).pathname
  }
  const get = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
    world.server.app.inject({ method, url, headers: { host: 'localhost', ...headers } })
  return { world, phone, set, get }
}

t.test(
  'shows a picture as the bytes it was given, with length and ETag, and lets nobody guess its type',
  async (t) => {
    const { set, get } = await shown(t)
    const url = await set({ preview: formatBase64(preview) })
    t.match(url, /^\/pictures\/[\w-]{24}$/)
    const answer = await get(url)
    t.same(new Uint8Array(answer.rawPayload), image)
    t.match(answer.headers, {
      'content-type': 'image/jpeg',
      'content-length': '6',
      etag: '"1-image"',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-cache',
    })
    const small = await get(`${url}?size=preview`)
    t.same(new Uint8Array(small.rawPayload), preview)
    t.equal(small.headers['etag'], '"1-preview"')
    const head = await get(url, {}, 'HEAD')
    t.equal(head.headers['content-length'], '6')
    t.equal(head.payload, '')
  },
)

t.test('sends nothing again to who has it', async (t) => {
  const { set, get } = await shown(t)
  const url = await set()
  for (const known of ['"1-image"', '"0", "1-image"', '*']) {
    const answer = await get(url, { 'if-none-match': known })
    t.equal(answer.statusCode, 304)
    t.equal(answer.payload, '')
  }
  t.equal((await get(url, { 'if-none-match': '"0"' })).statusCode, 200)
  const small = await get(`${url}?size=preview`)
  t.same(new Uint8Array(small.rawPayload), image, 'without a preview the image serves')
})

t.test('shows nothing under an address that was guessed, or is of another time', async (t) => {
  const { set, get, phone } = await shown(t)
  const first = await set()
  const second = await set()
  t.not(first, second)
  t.match((await get(first)).json(), { code: 'TETHER_ERR_NOT_FOUND' })
  t.equal((await get(second)).statusCode, 200)
  await phone.ask({ type: 'picture', of: phone.number })
  t.equal((await get(second)).statusCode, 404)
  for (const url of ['/pictures/1', '/pictures/', '/pictures/..%2f..%2fetc', `/pictures/${'x'.repeat(65)}`])
    t.ok([400, 404].includes((await get(url)).statusCode), url)
})

t.test('refuses a Host that is not ours, and lets a page elsewhere show it', async (t) => {
  const { set, get } = await shown(t)
  const url = await set()
  t.equal((await get(url, { host: 'evil.example' })).statusCode, 421)
  t.equal((await get(url, { origin: 'https://web.whatsapp.com' })).statusCode, 200)
})
