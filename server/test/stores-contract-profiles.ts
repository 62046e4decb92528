/** Contract of ProfileStore. */
import { limit } from 'proto/limits'
import type { Test } from 'tap'
import { alice, attach, bob, carol, noon, publicKey, register, type OpenStores } from './stores-contract.ts'

const image = Uint8Array.of(0xff, 0xd8, 0xff, 1)
const preview = Uint8Array.of(0xff, 0xd8, 0xff, 2)
const group = '15550001111-1600000000@g.us'

export async function profileContract(t: Test, open: OpenStores): Promise<void> {
  await t.test('it keeps about text and business profile; an empty text removes', async (t) => {
    const stores = await open(t)
    const { profiles } = stores
    const { owner } = await attach(stores, alice)
    t.equal(await profiles.about(alice), null)
    t.equal(await profiles.business(alice), null)
    await profiles.saveAbout(owner, 'At the mill ❄')
    await profiles.saveBusiness(owner, { description: 'Flour', hours: [1, 2] })
    t.equal(await profiles.about(alice), 'At the mill ❄')
    t.same(await profiles.business(alice), { description: 'Flour', hours: [1, 2] })
    t.equal(await profiles.about(bob), null)
    await profiles.saveAbout(owner, '')
    t.equal(await profiles.about(alice), null)
    t.same(await profiles.business(alice), { description: 'Flour', hours: [1, 2] })
  })

  await t.test(
    'it gives each picture another tag and another key, and serves only the last one',
    async (t) => {
      const stores = await open(t)
      const { profiles } = stores
      const { owner } = await attach(stores, alice)
      t.equal(await profiles.picture(alice), null)
      t.match(await profiles.savePicture(owner, alice, { image, preview }), {
        of: alice,
        tag: '1',
        revision: 1,
      })
      const first = (await profiles.picture(alice))!
      t.match(first, { of: alice, tag: '1', key: /^[\w-]{24}$/ })
      t.same(await profiles.pictureBytes(first.key), { ...first, image, preview })
      await profiles.savePicture(owner, alice, { image: preview, preview: null })
      const second = (await profiles.picture(alice))!
      t.equal(second.tag, '2')
      t.not(second.key, first.key)
      t.equal(await profiles.pictureBytes(first.key), null)
      t.same(await profiles.pictureBytes(second.key), { ...second, image: preview, preview: null })
      t.match(await profiles.savePicture(owner, group, { image, preview }), {
        of: group,
        tag: '1',
        revision: 3,
      })
    },
  )

  await t.test('it removes a picture and uses no tag twice', async (t) => {
    const stores = await open(t)
    const { profiles } = stores
    const { owner } = await attach(stores, alice)
    await profiles.savePicture(owner, alice, { image, preview })
    const { key } = (await profiles.picture(alice))!
    t.match(await profiles.savePicture(owner, alice, null), { tag: null, revision: 2 })
    t.equal(await profiles.picture(alice), null)
    t.equal(await profiles.pictureBytes(key), null)
    t.match(await profiles.savePicture(owner, alice, { image, preview }), { tag: '3', revision: 3 })
  })

  await t.test('it keeps the latest time last seen of many at once, of the known only', async (t) => {
    const stores = await open(t)
    const { profiles } = stores
    await register(stores, alice)
    await register(stores, bob)
    await profiles.saveLastSeen(new Map([[alice, noon], [bob, noon + 5], [carol, noon]])) // prettier-ignore
    await profiles.saveLastSeen(new Map([[alice, noon + 9], [bob, noon]])) // prettier-ignore
    t.equal(await profiles.lastSeen(alice), noon + 9)
    t.equal(await profiles.lastSeen(bob), noon + 5)
    t.equal(await profiles.lastSeen(carol), null)
  })

  await t.test('it answers the whole block list, in the order of adding, each number once', async (t) => {
    const stores = await open(t)
    const { profiles } = stores
    const { owner } = await attach(stores, alice)
    t.same(await profiles.block(owner, { add: true, numbers: [carol, bob] }), [carol, bob])
    t.same(await profiles.block(owner, { add: true, numbers: [bob] }), [carol, bob])
    t.equal(await profiles.blocks(alice, bob), true)
    t.equal(await profiles.blocks(bob, alice), false)
    t.same(await profiles.block(owner, { add: false, numbers: [carol, carol] }), [bob])
    t.same(await profiles.blocked(alice), [bob])
    t.same(await profiles.blocked(bob), [])
  })

  await t.test('it blocks BLOCKED_NUMBERS and not one more', async (t) => {
    const stores = await open(t)
    const { profiles } = stores
    const { owner } = await attach(stores, alice)
    const numbers = Array.from({ length: limit('BLOCKED_NUMBERS') }, (_, at) => `1777${1_000_000 + at}`)
    t.equal((await profiles.block(owner, { add: true, numbers })).length, limit('BLOCKED_NUMBERS'))
    await t.rejects(profiles.block(owner, { add: true, numbers: [bob] }), { code: 'TETHER_ERR_LIMIT' })
    t.equal(await profiles.blocks(alice, bob), false)
    t.equal((await profiles.block(owner, { add: true, numbers: [numbers[0]] })).length, numbers.length)
  })

  await t.test('it knows in whose address book a number is, without those it has blocked', async (t) => {
    const stores = await open(t)
    const { profiles } = stores
    const [a, b, c] = [await attach(stores, alice), await attach(stores, bob), await attach(stores, carol)]
    await profiles.saveRoster(c.owner, [alice, bob], 0)
    await profiles.saveRoster(b.owner, [alice, carol], 0)
    t.same(await profiles.holders(alice), [bob, carol])
    await profiles.saveRoster(b.owner, [carol], 0)
    t.same(await profiles.holders(alice), [carol])
    await profiles.block(a.owner, { add: true, numbers: [carol] })
    t.same(await profiles.holders(alice), [])
    t.same(await profiles.holders(carol), [bob])
  })

  await t.test('it tells a phone which pictures of its persons changed since it last heard', async (t) => {
    const stores = await open(t)
    const { profiles } = stores
    const [a, b, c] = [await attach(stores, alice), await attach(stores, bob), await attach(stores, carol)]
    await profiles.savePicture(a.owner, alice, { image, preview })
    t.same(
      await profiles.saveRoster(b.owner, [alice, carol], 0),
      { changes: [], revision: 1 },
      'all is new to it',
    )
    await profiles.savePicture(c.owner, carol, { image, preview })
    await profiles.savePicture(a.owner, alice, null)
    await profiles.savePicture(b.owner, bob, { image, preview })
    t.same(await profiles.saveRoster(b.owner, [alice, carol], 1), {
      changes: [
        { of: carol, tag: '1', revision: 2 },
        { of: alice, tag: null, revision: 3 },
      ],
      revision: 4,
    })
    t.same(await profiles.saveRoster(b.owner, [alice, carol], 4), { changes: [], revision: 4 })
    await profiles.block(c.owner, { add: true, numbers: [bob] })
    t.match(await profiles.saveRoster(b.owner, [alice, carol], 1), { changes: [{ of: alice }] })
  })

  await t.test('it names at most PICTURE_CHANGES, the newest', async (t) => {
    const stores = await open(t)
    const { profiles } = stores
    const { owner } = await attach(stores, alice)
    const most = limit('PICTURE_CHANGES')
    const numbers = Array.from({ length: most + 1 }, (_, at) => `1777${1_000_000 + at}`)
    await Promise.all(numbers.map((number) => profiles.savePicture(owner, number, { image, preview: null })))
    await profiles.savePicture(owner, numbers[0], null)
    const { changes } = await profiles.saveRoster(owner, numbers, 1)
    t.equal(changes.length, most)
    t.match([changes[0], changes.at(-1)], [{ of: numbers[2] }, { of: numbers[0], revision: most + 2 }])
  })

  await t.test('it takes nothing from a connection that was replaced', async (t) => {
    const stores = await open(t)
    const { profiles } = stores
    const { owner } = await attach(stores, alice)
    await attach(stores, alice)
    const replaced = { code: 'TETHER_ERR_REPLACED' }
    await t.rejects(profiles.saveAbout(owner, 'x'), replaced)
    await t.rejects(profiles.saveBusiness(owner, {}), replaced)
    await t.rejects(profiles.savePicture(owner, alice, null), replaced)
    await t.rejects(profiles.block(owner, { add: true, numbers: [bob] }), replaced)
    await t.rejects(profiles.saveRoster(owner, [bob], 0), replaced)
    t.same(await profiles.holders(bob), [])
  })

  await t.test('it keeps nothing of a person whose number another one has now', async (t) => {
    const stores = await open(t)
    const { profiles } = stores
    const [a, b] = [await attach(stores, alice), await attach(stores, bob)]
    await profiles.saveAbout(a.owner, 'mine')
    await profiles.saveBusiness(a.owner, { mine: true })
    await profiles.savePicture(a.owner, alice, { image, preview })
    await profiles.block(a.owner, { add: true, numbers: [carol] })
    await profiles.saveRoster(a.owner, [bob], 0)
    await profiles.saveRoster(b.owner, [alice], 0)
    await profiles.saveLastSeen(new Map([[alice, noon]]))
    await register(stores, alice, alice, noon + 1)
    t.equal(await profiles.about(alice), 'mine', 'the same identity keeps all')
    await register(stores, alice, 'another', noon + 2)
    t.equal(await profiles.about(alice), null)
    t.equal(await profiles.business(alice), null)
    t.equal(await profiles.picture(alice), null)
    t.equal(await profiles.lastSeen(alice), null)
    t.same(await profiles.blocked(alice), [])
    t.same(await profiles.holders(bob), [])
    t.match(await profiles.saveRoster(b.owner, [alice], 1), { changes: [{ of: alice, tag: null }] })
    t.ok(await stores.accounts.attach({ number: alice, identityKey: publicKey('another'), at: noon + 3 }))
  })
}
