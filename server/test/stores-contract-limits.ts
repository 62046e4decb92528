/** Contract of LimitStore, and of the parts that belong to no port. */
import type { Test } from 'tap'
import { noon, type OpenStores } from './stores-contract.ts'

export async function limitContract(t: Test, open: OpenStores): Promise<void> {
  await t.test('it grants the burst, then one for each refill, and keeps keys apart', async (t) => {
    const { limits } = await open(t)
    const bucket = { key: 'X:a', capacity: 3, refillMs: 1000 }
    for (const left of [2, 1, 0]) t.same(await limits.take(bucket, noon), { kind: 'granted', left })
    t.same(await limits.take(bucket, noon), { kind: 'refused', retryMs: 1000 })
    t.same(await limits.take(bucket, noon + 999), { kind: 'refused', retryMs: 1 })
    t.same(await limits.take(bucket, noon + 1000), { kind: 'granted', left: 0 })
    t.same(await limits.take({ ...bucket, key: 'X:b' }, noon), { kind: 'granted', left: 2 })
    t.same(await limits.take(bucket, noon + 1_000_000), { kind: 'granted', left: 2 }, 'never above its size')
  })

  await t.test('it keeps fractions, so that asking often does not slow the refill', async (t) => {
    const { limits } = await open(t)
    const bucket = { key: 'X', capacity: 1, refillMs: 1000 }
    await limits.take(bucket, noon)
    for (let i = 1; i < 10; i++) t.match(await limits.take(bucket, noon + i * 100), { kind: 'refused' })
    t.match(await limits.take(bucket, noon + 1000), { kind: 'granted' })
  })

  await t.test('it grants all of a burst whose tokens come back after no whole milliseconds', async (t) => {
    const { limits } = await open(t)
    for (const capacity of [7, 11, 99, 101]) {
      const bucket = { key: `X:${capacity}`, capacity, refillMs: 3_600_000 / capacity }
      for (let left = capacity - 1; left >= 0; left--)
        t.same(await limits.take(bucket, noon), { kind: 'granted', left })
      t.same(await limits.take(bucket, noon), { kind: 'refused', retryMs: Math.ceil(bucket.refillMs) })
    }
  })

  await t.test('it refills nothing when the clock goes backwards', async (t) => {
    const { limits } = await open(t)
    const bucket = { key: 'X', capacity: 1, refillMs: 1000 }
    await limits.take(bucket, noon)
    t.match(await limits.take(bucket, noon - 500_000), { kind: 'refused' })
    t.match(await limits.take(bucket, noon + 500), { kind: 'refused' })
    t.match(await limits.take(bucket, noon + 1000), { kind: 'granted' })
  })

  await t.test('it audits the first of many refusals and forgets full buckets', async (t) => {
    const stores = await open(t)
    const bucket = { key: 'PAIRINGS:me', capacity: 1, refillMs: 1000 }
    for (let i = 0; i < 5; i++) await stores.limits.take(bucket, noon)
    const rows = await stores.audit.page(0, 9)
    t.match(rows, [{ kind: 'limit', number: stores.audit.idHash('me'), detail: { limit: 'PAIRINGS' } }])
    t.equal(rows.length, 1)
    t.match(await stores.sweep(noon + 999), { buckets: 0 })
    t.match(await stores.sweep(noon + 1000), { buckets: 1 })
  })

  await t.test('it proves that it can write, and refuses everything once closed', async (t) => {
    const stores = await open(t)
    await stores.check(noon)
    t.equal((await stores.meta.relaySeed()).length, 32)
    const last = stores.audit.append({ at: noon, kind: 'limit' })
    await stores.close()
    await last
    await stores.close()
    await t.rejects(stores.check(noon), { code: 'TETHER_ERR_INTERNAL' })
    await t.rejects(stores.audit.page(0, 1), { code: 'TETHER_ERR_INTERNAL' })
  })
}
