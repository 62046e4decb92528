/** Contract of MediaStore. */
import type { Test } from 'tap'
import { limit } from 'proto/limits'
import { alice, bob, hash, noon, type OpenStores } from './stores-contract.ts'

export async function mediaContract(t: Test, open: OpenStores): Promise<void> {
  const life = limit('MEDIA_LIFE_MS')
  const blob = (name: string, bytes = 100, owner = alice, at = noon) => ({
    hash: hash(name),
    bytes,
    owner,
    at,
  })

  await t.test('it knows a blob, its owner and its end', async (t) => {
    const { media } = await open(t)
    t.equal(await media.find(hash('a')), null)
    t.same(await media.keep(blob('a')), { kind: 'kept' })
    t.same(await media.find(hash('a')), { ...blob('a'), expiresAt: noon + life, present: true })
    t.equal(await media.bytesOf(alice), 100)
    t.equal(await media.bytesOf(bob), 0)
  })

  await t.test('it only renews the time of a blob that comes again, whoever sends it', async (t) => {
    const { media } = await open(t)
    await media.keep(blob('a'))
    t.same(await media.keep(blob('a', 100, bob, noon + 5)), { kind: 'renewed' })
    t.match(await media.find(hash('a')), { owner: alice, at: noon, expiresAt: noon + 5 + life })
    t.equal(await media.bytesOf(alice), 100)
    t.equal(await media.bytesOf(bob), 0)
  })

  await t.test('it keeps MEDIA_QUOTA_BYTES for a number and not one byte more', async (t) => {
    const { media } = await open(t)
    const quota = limit('MEDIA_QUOTA_BYTES')
    t.same(await media.keep(blob('a', quota - 10)), { kind: 'kept' })
    t.same(await media.keep(blob('b', 11)), { kind: 'full' })
    t.equal(await media.find(hash('b')), null)
    t.same(await media.keep(blob('b', 10)), { kind: 'kept' })
    t.same(await media.keep(blob('c', 1)), { kind: 'full' })
    t.same(await media.keep(blob('c', 1, bob)), { kind: 'kept' }, 'of another number')
    t.same(await media.keep(blob('a', quota - 10)), { kind: 'renewed' }, 'what is there needs no room')
  })

  await t.test('it gives up blobs at their end, page by page, and their room', async (t) => {
    const { media } = await open(t)
    for (const [at, name] of ['a', 'b', 'c'].entries()) await media.keep(blob(name, 100, alice, noon + at))
    t.same(await media.expire(noon + life - 1, 9), [])
    t.same(await media.expire(noon + life + 2, 2), [hash('a'), hash('b')], 'the oldest first')
    t.match(await media.find(hash('a')), { present: false, expiresAt: noon + life }, 'it is still known')
    t.equal(await media.bytesOf(alice), 100)
    t.same(await media.expire(noon + life + 2, 2), [hash('c')])
    t.same(await media.expire(noon + life + 2, 2), [])
  })

  await t.test('it takes an expired blob anew, for whoever sends it', async (t) => {
    const { media } = await open(t)
    await media.keep(blob('a'))
    await media.expire(noon + life, 9)
    t.same(await media.keep(blob('a', 100, bob, noon + life)), { kind: 'kept' })
    t.match(await media.find(hash('a')), { owner: bob, present: true, expiresAt: noon + 2 * life })
  })

  await t.test('it renews a blob whose end has come before it was given up', async (t) => {
    const { media } = await open(t)
    await media.keep(blob('a'))
    t.same(await media.keep(blob('a', 100, alice, noon + life)), { kind: 'renewed' })
    t.same(await media.expire(noon + life, 9), [])
  })

  await t.test('it forgets what expired MEDIA_GONE_MS ago', async (t) => {
    const stores = await open(t)
    await stores.media.keep(blob('a'))
    await stores.media.expire(noon + life, 9)
    const gone = noon + life + limit('MEDIA_GONE_MS')
    t.match(await stores.sweep(gone - 1), { blobs: 0 })
    t.match(await stores.media.find(hash('a')), { present: false })
    t.match(await stores.sweep(gone), { blobs: 1 })
    t.equal(await stores.media.find(hash('a')), null)
  })
}
