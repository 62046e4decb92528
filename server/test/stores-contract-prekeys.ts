/** Contract of PrekeyStore: each one-time prekey is given out once. */
import { limit } from 'proto/limits'
import type { Test } from 'tap'
import type { StoredPrekey } from '../src/stores.ts'
import { alice, attach, bob, noon, publicKey, register, type OpenStores } from './stores-contract.ts'

const signedPrekey = { id: 7, key: publicKey('signed'), signature: new Uint8Array(64).fill(9) }

function keys(from: number, count: number): StoredPrekey[] {
  return Array.from({ length: count }, (_, i) => ({ id: from + i, key: publicKey(`prekey ${from + i}`) }))
}

export async function prekeyContract(t: Test, open: OpenStores): Promise<void> {
  await t.test('it gives out a bundle, the oldest one-time prekey first, then none', async (t) => {
    const { accounts, prekeys, ...stores } = await open(t)
    const { owner } = await attach({ accounts, prekeys, ...stores }, alice)
    await stores.profiles.saveRoster(owner, [bob], 0)
    const claim = (oneTime = true, by = bob) => prekeys.claim({ number: alice, oneTime, by, at: noon })
    t.equal(await claim(), null, 'nothing is published')
    t.equal(await prekeys.claim({ number: bob, oneTime: true, by: bob, at: noon }), null, 'nobody is there')
    t.equal(await prekeys.publish(owner, { prekeys: keys(20, 1), at: noon }), 1)
    t.equal(await claim(), null, 'no signed prekey yet')
    t.equal(await prekeys.stock(alice), 1, 'and none was used up')
    t.equal(await prekeys.publish(owner, { signedPrekey, prekeys: keys(10, 1), at: noon }), 2)
    const bundle = { registrationId: 77, identityKey: publicKey(alice), signedPrekey }
    const given = { ...bundle, isReserved: false }
    t.same(await claim(false), { ...given, prekey: null })
    t.same(await claim(true, '15550009999'), { ...bundle, prekey: null, isReserved: true }, 'to a stranger')
    t.same(await claim(), { ...given, prekey: keys(20, 1)[0] })
    t.same(await claim(), { ...given, prekey: keys(10, 1)[0] })
    t.same(await claim(), { ...given, prekey: null })
    t.equal(await prekeys.stock(alice), 0)
    t.equal(await prekeys.stock(bob), 0)
  })

  await t.test('it keeps the last PREKEY_RESERVE for the address book', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    await stores.profiles.saveRoster(owner, [bob], 0)
    const reserve = limit('PREKEY_RESERVE')
    await stores.prekeys.publish(owner, { signedPrekey, prekeys: keys(1, reserve + 1), at: noon })
    const claim = (by: string) => stores.prekeys.claim({ number: alice, oneTime: true, by, at: noon })
    t.match(await claim('15550009999'), { prekey: { id: 1 }, isReserved: false }, 'one more than the reserve')
    t.match(await claim('15550009999'), { prekey: null, isReserved: true })
    t.equal(await stores.prekeys.stock(alice), reserve)
    for (let left = reserve; left > 0; left--) t.ok((await claim(bob))?.prekey)
    t.match(await claim(bob), { prekey: null })
  })

  await t.test('it replaces the signed prekey', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    await stores.prekeys.publish(owner, { signedPrekey, prekeys: [], at: noon })
    const newer = { id: 8, key: publicKey('newer'), signature: new Uint8Array(64) }
    await stores.prekeys.publish(owner, { signedPrekey: newer, prekeys: [], at: noon })
    const bundle = await stores.prekeys.claim({ number: alice, oneTime: true, by: bob, at: noon })
    t.same(bundle?.signedPrekey, newer)
    t.equal((await attach(stores, alice)).signedPrekeyId, 8)
  })

  await t.test('it does not bring back a key when an upload is repeated', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    await stores.profiles.saveRoster(owner, [bob], 0)
    const upload = { signedPrekey, prekeys: keys(1, 3), at: noon }
    t.equal(await stores.prekeys.publish(owner, upload), 3)
    const given = await stores.prekeys.claim({ number: alice, oneTime: true, by: bob, at: noon })
    t.equal(given?.prekey?.id, 1)
    t.equal(await stores.prekeys.publish(owner, upload), 2)
    const next = await stores.prekeys.claim({ number: alice, oneTime: true, by: bob, at: noon })
    t.equal(next?.prekey?.id, 2)
    const life = limit('MAILBOX_LIFE_MS')
    t.match(await stores.sweep(noon + life - 1), { prekeyMarks: 0 })
    t.match(await stores.sweep(noon + life), { prekeyMarks: 2 })
  })

  await t.test('it takes all of an upload or nothing', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    const publish = (prekeys: StoredPrekey[]) =>
      stores.prekeys.publish(owner, { signedPrekey, prekeys, at: noon })
    await publish(keys(1, 2))
    const clash = [...keys(5, 1), { id: 2, key: publicKey('another') }]
    await t.rejects(publish(clash), { code: 'TETHER_ERR_BODY' })
    t.equal(await stores.prekeys.stock(alice), 2)
    const most = limit('PREKEYS_PER_UPLOAD')
    await t.rejects(publish(keys(1000, most + 1)), { code: 'TETHER_ERR_LIMIT', limit: 'PREKEYS_PER_UPLOAD' })
    for (let stock = 2; stock < limit('PREKEY_STOCK');) {
      stock = await publish(keys(2000 + stock, Math.min(most, limit('PREKEY_STOCK') - stock)))
    }
    t.equal(await stores.prekeys.stock(alice), limit('PREKEY_STOCK'))
    await t.rejects(publish(keys(9000, 1)), { code: 'TETHER_ERR_LIMIT' })
    t.equal(await stores.prekeys.stock(alice), limit('PREKEY_STOCK'))
  })

  await t.test('it gives each key out once, however many ask at the same time', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    await register(stores, bob)
    await stores.profiles.saveRoster(owner, [bob], 0)
    const ids = new Map<number, number>()
    let none = 0
    for (let round = 0; round < 5; round++) {
      await stores.prekeys.publish(owner, { signedPrekey, prekeys: keys(1 + round * 100, 100), at: noon })
      const bundles = await Promise.all(
        Array.from({ length: 120 }, async (_, i) => {
          if (i % 3 === 0) await new Promise((resolve) => setImmediate(resolve))
          return stores.prekeys.claim({ number: alice, oneTime: true, by: bob, at: noon })
        }),
      )
      for (const bundle of bundles) {
        if (bundle?.prekey) ids.set(bundle.prekey.id, (ids.get(bundle.prekey.id) ?? 0) + 1)
        else none += 1
      }
    }
    t.equal(ids.size, 500, 'all were given out')
    t.same(
      [...ids.values()].filter((times) => times !== 1),
      [],
      'none twice',
    )
    t.equal(none, 100, 'those who came too late got a bundle without')
  })
}
