import t, { type Test } from 'tap'
import { seededEntropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import { directLinks } from 'proto/link'
import { readConfig } from '../src/config.ts'
import { Counters } from '../src/counters.ts'
import { Media } from '../src/media.ts'
import { openStores } from '../src/store-sqlite.ts'
import { bytesIn, inChunks, namesIn, sha256 } from './blob-store-contract.ts'
import { ManualClock } from './manual-clock.ts'
import { alice, bob } from './stores-contract.ts'

const entropy = seededEntropy('media')
let opened = 0

async function openMedia(t: Test, path = ':memory:') {
  const clock = new ManualClock()
  const stores = await openStores(path, { clock, entropy: seededEntropy(`stores ${++opened}`) })
  t.teardown(() => stores.close())
  const said: string[] = []
  const log = {
    trace() {},
    debug() {},
    info() {},
    warn() {},
    error: (_: object, text: string) => void said.push(text),
  }
  const counters = new Counters()
  const context = {
    clock,
    entropy,
    stores,
    counters,
    log,
    links: directLinks,
    trace: undefined,
    config: readConfig({}),
  }
  const media = new Media(context, await stores.meta.relaySeed())
  const upload = (bytes: Uint8Array, number = alice, hash = sha256(bytes)) =>
    media.upload(number, hash, inChunks(bytes), bytes.length)
  return { clock, stores, media, counters, said, upload }
}

t.test('it keeps an upload whose hash is right, and nothing of any other', async (t) => {
  const { media, upload, stores, counters } = await openMedia(t)
  const bytes = entropy.bytes(10_000)
  await upload(bytes)
  t.match(await media.find(sha256(bytes)), { bytes: 10_000 })
  t.ok((await bytesIn(await media.read(sha256(bytes), null)))?.equals(bytes))
  const cut = bytes.subarray(0, 9_000)
  const whole = sha256(bytes.subarray(1))
  await t.rejects(upload(cut, alice, whole), { code: 'TETHER_ERR_MEDIA_HASH' })
  await t.rejects(media.find(whole), { code: 'TETHER_ERR_NOT_FOUND' })
  await t.rejects(media.find(sha256(cut)), { code: 'TETHER_ERR_NOT_FOUND' })
  t.equal((await namesIn(stores.blobs)).length, 1)
  t.equal(counters.value('media', 'uploaded'), 1)
  t.equal(counters.value('media', 'downloaded'), 1)
})

t.test('it takes MEDIA_BYTES and not one byte more, announced or not', async (t) => {
  const { media, upload, counters, stores } = await openMedia(t)
  const most = new Uint8Array(limit('MEDIA_BYTES'))
  await upload(most)
  t.equal(counters.value('limits', 'MEDIA_BYTES'), 0)
  const more = new Uint8Array(limit('MEDIA_BYTES') + 1)
  await t.rejects(upload(more), { code: 'TETHER_ERR_TOO_LARGE' })
  const silent = media.upload(alice, sha256(more), inChunks(more, 1_000_000), null)
  await t.rejects(silent, { code: 'TETHER_ERR_TOO_LARGE' })
  t.equal(counters.value('limits', 'MEDIA_BYTES'), 2)
  t.equal((await namesIn(stores.blobs)).length, 1)
})

t.test('it tells an expired blob from an unknown one, and forgets it at last', async (t) => {
  const { media, upload, clock, stores } = await openMedia(t)
  const bytes = entropy.bytes(500)
  await upload(bytes)
  await clock.pass(limit('MEDIA_LIFE_MS') - 1)
  await media.expire()
  t.match(await media.find(sha256(bytes)), { bytes: 500 })
  await clock.pass(1)
  await t.rejects(media.find(sha256(bytes)), { code: 'TETHER_ERR_MEDIA_EXPIRED' }, 'before any sweep')
  t.equal((await namesIn(stores.blobs)).length, 1)
  await media.expire()
  t.same(await namesIn(stores.blobs), [])
  await t.rejects(media.find(sha256(bytes)), { code: 'TETHER_ERR_MEDIA_EXPIRED' })
  await clock.pass(limit('MEDIA_GONE_MS'))
  await stores.sweep(clock.now())
  await t.rejects(media.find(sha256(bytes)), { code: 'TETHER_ERR_NOT_FOUND' })
})

t.test('it begins the time of a blob anew when the same bytes come again', async (t) => {
  const { media, upload, clock } = await openMedia(t)
  const bytes = entropy.bytes(500)
  await upload(bytes)
  await clock.pass(limit('MEDIA_LIFE_MS') - 1)
  await upload(bytes, bob)
  await clock.pass(1)
  await media.expire()
  t.ok((await bytesIn(await media.read(sha256(bytes), null)))?.equals(bytes))
  await clock.pass(limit('MEDIA_LIFE_MS'))
  await media.expire()
  await upload(bytes)
  t.match(await media.find(sha256(bytes)), { expiresAt: clock.now() + limit('MEDIA_LIFE_MS') })
})

t.test('it never loses a blob that comes again while it expires', async (t) => {
  const { media, upload, clock } = await openMedia(t)
  const bytes = entropy.bytes(500)
  await upload(bytes)
  await clock.pass(limit('MEDIA_LIFE_MS'))
  await Promise.all([media.expire(), upload(bytes), media.clean(), upload(bytes)])
  t.ok((await bytesIn(await media.read(sha256(bytes), null)))?.equals(bytes))
})

t.test('it refuses what does not fit into the quota, before the body and after it', async (t) => {
  const { media, upload, stores, counters, clock } = await openMedia(t)
  const bytes = entropy.bytes(500)
  const rest = { hash: sha256(Uint8Array.of(1)), owner: alice, at: clock.now() }
  await stores.media.keep({ ...rest, bytes: limit('MEDIA_QUOTA_BYTES') - 499 })
  let read = 0
  async function* counted() {
    for await (const chunk of inChunks(bytes)) {
      read += chunk.length
      yield chunk
    }
  }
  await t.rejects(media.upload(alice, sha256(bytes), counted(), 500), { code: 'TETHER_ERR_LIMIT' })
  t.equal(read, 0)
  await t.rejects(media.upload(alice, sha256(bytes), counted(), null), { code: 'TETHER_ERR_LIMIT' })
  t.equal(read, 500)
  t.same(await namesIn(stores.blobs), [])
  t.equal(counters.value('limits', 'MEDIA_QUOTA_BYTES'), 2)
  await upload(bytes.subarray(1))
  await upload(bytes, bob)
  t.equal((await namesIn(stores.blobs)).length, 2)
})

t.test('it admits MEDIA_UPLOADS at once, then one each 1.2 s, each number for itself', async (t) => {
  const { media, clock, counters } = await openMedia(t)
  const right = media.auth.grant(alice, clock.now())
  for (let n = 0; n < limit('MEDIA_UPLOADS'); n++) t.equal(media.admit(right), alice)
  t.throws(() => media.admit(right), { code: 'TETHER_ERR_LIMIT' })
  t.equal(media.admit(media.auth.grant(bob, clock.now())), bob)
  t.equal(counters.value('limits', 'MEDIA_UPLOADS'), 1)
  await clock.pass(limit('MEDIA_UPLOAD_REFILL_MS') - 1)
  t.throws(() => media.admit(right), { code: 'TETHER_ERR_LIMIT' })
  await clock.pass(1)
  t.equal(media.admit(right), alice)
  t.throws(() => media.admit(undefined), { code: 'TETHER_ERR_MEDIA_AUTH' })
  t.throws(() => media.admit('made.up.token'), { code: 'TETHER_ERR_MEDIA_AUTH' })
  await clock.pass(limit('MEDIA_AUTH_MS') + 60_000)
  t.throws(() => media.admit(right), { code: 'TETHER_ERR_MEDIA_AUTH' })
})

t.test('it takes MEDIA_UPLOADS_OPEN bodies of one number at a time', async (t) => {
  const { media, upload, counters } = await openMedia(t)
  const bytes = entropy.bytes(10)
  let go: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (go = resolve))
  async function* slow() {
    await gate
    yield bytes
  }
  const open = Array.from({ length: limit('MEDIA_UPLOADS_OPEN') }, () =>
    media.upload(alice, sha256(bytes), slow(), 10),
  )
  await t.rejects(upload(bytes), { code: 'TETHER_ERR_LIMIT' })
  await upload(bytes, bob)
  t.equal(counters.value('limits', 'MEDIA_UPLOADS_OPEN'), 1)
  go()
  await Promise.all(open)
  await upload(bytes)
})

t.test('it removes what a crash left without a row, and says when the bytes of a row are gone', async (t) => {
  const { media, upload, stores, said } = await openMedia(t)
  const [known, orphan] = [entropy.bytes(100), entropy.bytes(100)]
  await upload(known)
  const draft = await stores.blobs.receive(inChunks(orphan), 1_000)
  await draft.keep()
  await media.clean()
  t.same(await namesIn(stores.blobs), [Buffer.from(sha256(known)).toString('hex')])
  await stores.blobs.remove(sha256(known))
  await t.rejects(media.read(sha256(known), null), { code: 'TETHER_ERR_NOT_FOUND' })
  t.same(said, ['the bytes of a media blob are gone'])
  await upload(known)
  t.ok(
    (await bytesIn(await media.read(sha256(known), null)))?.equals(known),
    'the next upload brings them back',
  )
})
