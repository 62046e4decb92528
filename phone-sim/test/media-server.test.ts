import t from 'tap'
import { createHash } from 'node:crypto'
import { seededEntropy } from 'proto/entropy'
import { MediaServer } from '../src/media-server.ts'
import { PhonesMeters } from '../src/phones-meters.ts'
import { MediaDouble } from './media-double.ts'
import { TestClock } from './test-clock.ts'

const bytes = seededEntropy('media server').bytes(100)
const hash = new Uint8Array(createHash('sha256').update(bytes).digest())

function open() {
  const [media, clock] = [new MediaDouble(), new TestClock()]
  const uplink = { request: async () => ({ auth: media.grant(), ttlS: 300 }) as never }
  const meters = new PhonesMeters()
  const server = new MediaServer({
    server: async (...request) => media.answer(...request),
    uplink,
    clock,
    meters,
  })
  return { media, server, clock }
}

t.test('it uploads, looks for and downloads a blob under its hash', async (t) => {
  const { server, media } = open()
  t.equal(await server.has('image', hash), false)
  const token = Buffer.from(hash).toString('base64url')
  const path = `/mms/image/${token}`
  t.same(await server.upload('image', hash, bytes), { url: `http://relay${path}`, directPath: path })
  t.same(await server.upload('sticker', hash, bytes), { url: `http://relay${path}`, directPath: path })
  t.equal(await server.has('image', hash), true)
  t.same(await server.download('image', hash), bytes)
  media.expire(token)
  await t.rejects(server.download('image', hash), { code: 'TETHER_ERR_MEDIA_EXPIRED' })
})

t.test('it passes on the words of a refusal, and asks for a new right after one', async (t) => {
  const { server, media } = open()
  await t.rejects(server.upload('image', new Uint8Array(32), bytes), { code: 'TETHER_ERR_MEDIA_HASH' })
  await t.rejects(server.download('image', hash), { code: 'TETHER_ERR_NOT_FOUND' })
  media.failing = 200
  await t.rejects(
    server.upload('image', hash, bytes),
    { code: 'TETHER_ERR_INTERNAL' },
    'no address in the answer',
  )
  await t.rejects(server.download('image', hash), { code: 'TETHER_ERR_INTERNAL' }, 'no bytes in the answer')
  media.failing = null
  await server.upload('image', hash, bytes)
  t.equal(media.rights, 3)
})
