import t, { type Test } from 'tap'
import { formatBase64 } from 'proto/base64'
import type { GroupFacts } from 'proto/group'
import { limit } from 'proto/limits'
import { createPair, createWorld, type ScriptedLink } from './world.ts'

const ALICE = '15550001111'
const BOB = '15550002222'
const CAROL = '15550003333'

/** Three people with open browsers; Alice and Bob know each other, Carol knows Bob. */
async function three(t: Test) {
  const world = await createWorld()
  t.teardown(() => world.server.close())
  const [alice, bob, carol] = [
    await createPair(world, ALICE),
    await createPair(world, BOB),
    await createPair(world, CAROL),
  ]
  await alice.phone.ask({ type: 'roster', numbers: [BOB], since: 0 })
  await bob.phone.ask({ type: 'roster', numbers: [ALICE], since: 0 })
  await carol.phone.ask({ type: 'roster', numbers: [BOB], since: 0 })
  for (const { browser } of [alice, bob, carol]) browser.take()
  return { world, alice, bob, carol }
}

/** The bodies of the pushes since it was last asked. */
function pushes(browser: ScriptedLink): unknown[] {
  return browser.take().map((text) => JSON.parse(text.slice(text.indexOf(',') + 1)) as unknown)
}

t.test('tells a new about text to the browsers of those who have the number', async (t) => {
  const { alice, bob, carol, world } = await three(t)
  t.same((await bob.phone.ask({ type: 'about', text: 'At the mill' })).ok, {})
  const push = ['Status', { id: `${BOB}@c.us`, status: 'At the mill' }]
  t.same(pushes(alice.browser), [push])
  t.same(pushes(carol.browser), [push])
  t.same(pushes(bob.browser), [push], 'his own browser, since he did it elsewhere')
  await bob.phone.ask({ type: 'about', text: 'Back', by: bob.connection })
  t.same(pushes(bob.browser), [])
  for (const { browser } of [alice, carol]) t.equal(pushes(browser).length, 1)
  await alice.phone.ask({ type: 'about', text: 'For Bob' })
  t.equal(pushes(bob.browser).length, 1)
  t.same(pushes(carol.browser), [], 'she does not have Alice')
  t.equal(await world.stores.profiles.about(BOB), 'Back')
})

t.test('tells it while the phone of the other is away, but never to who is blocked', async (t) => {
  const { alice, bob, carol } = await three(t)
  await alice.phone.link.hangUp()
  await bob.phone.ask({ type: 'block', add: true, numbers: [CAROL] })
  for (const { browser } of [alice, carol]) browser.take()
  await bob.phone.ask({ type: 'about', text: 'For friends' })
  t.equal(pushes(alice.browser).length, 1)
  t.same(pushes(carol.browser), [])
})

t.test('refuses an about text above ABOUT_CHARS', async (t) => {
  const { bob, world } = await three(t)
  const longest = 'x'.repeat(limit('ABOUT_CHARS'))
  t.same((await bob.phone.ask({ type: 'about', text: longest })).ok, {})
  t.equal(await bob.phone.ask({ type: 'about', text: `${longest}x` }), undefined)
  t.equal(world.server.counters.value('errors', 'TETHER_ERR_BODY'), 1)
  t.equal(await world.stores.profiles.about(BOB), longest)
})

t.test('keeps a business profile up to BUSINESS_PROFILE_BYTES', async (t) => {
  const { bob, world } = await three(t)
  const profileOf = (bytes: number) => ({ d: 'x'.repeat(bytes - '{"d":""}'.length) })
  const most = limit('BUSINESS_PROFILE_BYTES')
  t.same((await bob.phone.ask({ type: 'business', profile: profileOf(most) })).ok, {})
  const refused = await bob.phone.ask({ type: 'business', profile: profileOf(most + 1) })
  t.match(refused.error, { code: 'TETHER_ERR_TOO_LARGE' })
  t.same(await world.stores.profiles.business(BOB), profileOf(most))
  t.equal(world.server.counters.value('limits', 'BUSINESS_PROFILE_BYTES'), 1)
})

t.test('answers the whole block list, and tells it again at the next attach', async (t) => {
  const { bob, world } = await three(t)
  t.same((await bob.phone.ask({ type: 'block', add: true, numbers: [CAROL, ALICE] })).ok, {
    blocked: [CAROL, ALICE],
  })
  t.same((await bob.phone.ask({ type: 'block', add: false, numbers: [CAROL] })).ok, { blocked: [ALICE] })
  const itself = await bob.phone.ask({ type: 'block', add: true, numbers: [BOB] })
  t.match(itself.error, { code: 'TETHER_ERR_BODY' })
  const many = Array.from({ length: limit('BLOCKED_NUMBERS') }, (_, at) => `1777${1_000_000 + at}`)
  t.match((await bob.phone.ask({ type: 'block', add: true, numbers: many })).error, {
    code: 'TETHER_ERR_LIMIT',
  })
  t.equal(world.server.counters.value('limits', 'BLOCKED_NUMBERS'), 1)
  const most = await bob.phone.ask({ type: 'block', add: true, numbers: many.slice(1) })
  t.match(most.ok, { blocked: { length: limit('BLOCKED_NUMBERS') } })
  await bob.phone.ask({ type: 'block', add: false, numbers: many })
  const back = await bob.phone.attach()
  t.match(back.heard('attached'), [{ blocked: [ALICE] }])
})

t.test('takes an address book of ROSTER_NUMBERS', async (t) => {
  const { alice, world } = await three(t)
  const numbers = Array.from({ length: limit('ROSTER_NUMBERS') }, (_, at) => `1777${1_000_000 + at}`)
  t.match((await alice.phone.ask({ type: 'roster', numbers, since: 0 })).ok, { changes: [] })
  t.same(await world.stores.profiles.holders(numbers.at(-1)!), [ALICE])
  t.same(await world.stores.profiles.holders(BOB), [CAROL], 'the list was replaced')
  await alice.phone.ask({ type: 'roster', numbers: [...numbers, BOB], since: 0 })
  t.same(await world.stores.profiles.holders(BOB), [CAROL])
})

const jpeg = (bytes: number) => {
  const image = new Uint8Array(bytes)
  image.set([0xff, 0xd8, 0xff])
  return formatBase64(image)
}

t.test('tells phones that have the number of another picture, never those that are blocked', async (t) => {
  const { alice, bob, carol } = await three(t)
  const set = await bob.phone.ask({ type: 'picture', of: BOB, image: jpeg(10), by: bob.connection })
  t.match(set.ok, { tag: '1', url: /^http:\/\/localhost\/pictures\/[\w-]{24}$/ })
  const told = { type: 'profileChanged', of: BOB, tag: '1', revision: 1 }
  t.same(alice.phone.heard('profileChanged'), [told])
  t.same(carol.phone.heard('profileChanged'), [told])
  t.same(bob.phone.heard('profileChanged'), [])
  await bob.phone.ask({ type: 'block', add: true, numbers: [CAROL] })
  t.same((await bob.phone.ask({ type: 'picture', of: BOB })).ok, { tag: 'removed', url: null })
  t.match(alice.phone.heard('profileChanged').at(-1), { tag: 'removed', revision: 2 })
  t.equal(carol.phone.heard('profileChanged').length, 1)
})

t.test('tells a phone that was away what changed, when it sends its address book', async (t) => {
  const { alice, bob } = await three(t)
  await bob.phone.ask({ type: 'picture', of: BOB, image: jpeg(10) })
  await alice.phone.link.hangUp()
  await bob.phone.ask({ type: 'picture', of: BOB })
  const back = await alice.phone.attach()
  t.same((await back.ask({ type: 'roster', numbers: [BOB], since: 1 })).ok, {
    changes: [{ of: BOB, tag: 'removed' }],
    revision: 2,
  })
})

t.test(
  'takes pictures up to PICTURE_BYTES and previews up to PICTURE_PREVIEW_BYTES, and nothing but JPEGs',
  async (t) => {
    const { bob, world } = await three(t)
    const [most, mostPreview] = [limit('PICTURE_BYTES'), limit('PICTURE_PREVIEW_BYTES')]
    const set = (image: string, preview?: string) =>
      bob.phone.ask({ type: 'picture', of: BOB, image, preview })
    t.match((await set(jpeg(most), jpeg(mostPreview))).ok, { tag: '1' })
    t.match((await set(jpeg(most + 1))).error, { code: 'TETHER_ERR_TOO_LARGE' })
    t.match((await set(jpeg(9), jpeg(mostPreview + 1))).error, { code: 'TETHER_ERR_TOO_LARGE' })
    for (const name of ['PICTURE_BYTES', 'PICTURE_PREVIEW_BYTES'] as const)
      t.equal(world.server.counters.value('limits', name), 1)
    t.match((await set(formatBase64(Uint8Array.of(0x89, 0x50, 0x4e, 0x47)))).error, {
      code: 'TETHER_ERR_BODY',
    })
    t.match((await set('')).error, { code: 'TETHER_ERR_BODY' })
    t.match((await set('*')).error, { code: 'TETHER_ERR_BASE64' })
    const other = await bob.phone.ask({ type: 'picture', of: ALICE, image: jpeg(9) })
    t.match(other.error, { code: 'TETHER_ERR_BODY' })
    t.match(await world.stores.profiles.picture(BOB), { tag: '1' })
    t.equal(await world.stores.profiles.picture(ALICE), null)
  },
)

t.test('lets the members of a group change its picture, admins alone while it is restricted', async (t) => {
  const { alice, bob, carol, world } = await three(t)
  const made = await bob.phone.ask({ type: 'groupCreate', subject: 'Mill', members: [ALICE] })
  const { jid: group } = (made.ok as { group: GroupFacts }).group
  const set = (by: typeof alice) => by.phone.ask({ type: 'picture', of: group, image: jpeg(9) })
  const icons = () =>
    alice.phone
      .heard('delivery')
      .map(({ body }) => JSON.parse(Buffer.from(String(body), 'base64').toString()) as { event: object })
      .filter(({ event }) => (event as { kind: string }).kind === 'icon')
  t.match((await set(alice)).ok, { tag: '1' })
  t.match(icons(), [{ by: ALICE, event: { kind: 'icon', tag: '1' } }])
  t.match((await set(carol)).error, { code: 'TETHER_ERR_GROUP_MEMBER' })
  await bob.phone.ask({ type: 'groupChange', group, change: { kind: 'restrict', value: true } })
  t.match((await set(alice)).error, { code: 'TETHER_ERR_GROUP_RIGHT' })
  t.match(await world.stores.profiles.picture(group), { tag: '1' }, 'nothing was kept')
  t.match((await bob.phone.ask({ type: 'picture', of: group })).ok, { tag: 'removed', url: null })
  t.match(icons().at(-1), { by: BOB, event: { kind: 'icon', tag: 'removed' } })
})
