import t, { type Test } from 'tap'
import type { GroupFacts } from 'proto/group'
import { checkerOf } from 'proto/message-checkers'
import { createPair, createWorld } from './world.ts'

const ALICE = '15550001111'
const BOB = '15550002222'
const STRANGER = '15550009999'

/** Alice's browser, and Bob's phone, which she asks about. */
async function two(t: Test) {
  const world = await createWorld()
  t.teardown(() => world.server.close())
  const alice = await createPair(world, ALICE)
  const bob = await createPair(world, BOB)
  alice.browser.take()
  const ask = async (...body: unknown[]): Promise<unknown> => {
    await alice.browser.say(`q,${JSON.stringify(body)}`)
    const answer = alice.browser.take().find((text) => text.startsWith('q,'))
    return JSON.parse(answer!.slice(2)) as unknown
  }
  return { world, alice, bob, ask }
}

t.test('says who is registered, and which of them is a business', async (t) => {
  const { ask, bob } = await two(t)
  for (const jid of [BOB, `${BOB}@c.us`, `${BOB}@s.whatsapp.net`])
    t.same(await ask('query', 'exist', jid), { status: 200, jid: `${BOB}@c.us` })
  t.same(await ask('query', 'exist', STRANGER), { status: 404 })
  t.same(await ask('query', 'exist', 'nobody'), { status: 404 })
  await bob.phone.ask({ type: 'business', profile: { description: 'Bread' } })
  t.same(await ask('query', 'exist', BOB), { status: 200, jid: `${BOB}@c.us`, biz: true })
})

t.test('tells where a picture is, 404 without one, 401 to who is blocked', async (t) => {
  const { ask, bob, alice } = await two(t)
  const thumb = (of: string) => ask('query', 'ProfilePicThumb', of)
  t.same(await thumb(`${BOB}@c.us`), { status: 404 })
  await bob.phone.ask({ type: 'picture', of: BOB, image: '/9j/AQ==' })
  t.match(await thumb(`${BOB}@s.whatsapp.net`), { eurl: /^http:\/\/localhost\/pictures\/[\w-]+$/, tag: '1' })
  t.same(await thumb(STRANGER), { status: 404 })
  t.same(await thumb('nobody'), { status: 404 })
  await bob.phone.ask({ type: 'block', add: true, numbers: [ALICE] })
  t.same(await thumb(BOB), { status: 401 })
  await alice.phone.ask({ type: 'picture', of: ALICE, image: '/9j/AQ==' })
  t.match(await thumb(ALICE), { tag: '1' })
})

t.test('shows the picture of a group to its members', async (t) => {
  const { ask, bob } = await two(t)
  const made = await bob.phone.ask({ type: 'groupCreate', subject: 'Mill', members: [] })
  const { jid: group } = (made.ok as { group: GroupFacts }).group
  await bob.phone.ask({ type: 'picture', of: group, image: '/9j/AQ==' })
  const thumb = () => ask('query', 'ProfilePicThumb', group)
  t.same(await thumb(), { status: 401 })
  await bob.phone.ask({ type: 'groupChange', group, change: { kind: 'add', members: [ALICE] } })
  t.match(await thumb(), { eurl: /pictures/, tag: '1' })
  await bob.phone.ask({ type: 'picture', of: group })
  t.same(await thumb(), { status: 404 })
  t.same(await ask('query', 'ProfilePicThumb', `${BOB}-1@g.us`), { status: 404 })
})

t.test('tells an about text as it is, 404 without one, 401 to who is blocked', async (t) => {
  const { ask, bob, alice } = await two(t)
  t.same(await ask('query', 'Status', `${BOB}@c.us`), { status: 404 })
  await bob.phone.ask({ type: 'about', text: '401' })
  t.same(await ask('query', 'Status', `${BOB}@c.us`), { status: '401' }, 'a text, whatever it says')
  t.same(await ask('query', 'Status', STRANGER), { status: 404 })
  await bob.phone.ask({ type: 'block', add: true, numbers: [ALICE] })
  t.same(await ask('query', 'Status', BOB), { status: 401 })
  await alice.phone.ask({ type: 'about', text: 'Mine' })
  t.same(await ask('query', 'Status', `${ALICE}@c.us`), { status: 'Mine' }, 'her own, too')
})

t.test('tells when somebody was last seen, in seconds', async (t) => {
  const { ask, bob, world } = await two(t)
  t.same(await ask('query', 'Presence', 'lastseen', BOB), { status: 404 })
  await bob.phone.tell({ type: 'presence', state: 'available' })
  await world.clock.pass(30_000)
  const now = Math.floor(world.clock.now() / 1000)
  t.same(await ask('query', 'Presence', 'lastseen', BOB), { t: now }, 'who is there is seen now')
  await bob.phone.tell({ type: 'presence', state: 'unavailable' })
  await world.clock.pass(60_000)
  t.same(await ask('query', 'Presence', 'lastseen', BOB), { t: now })
  await bob.phone.ask({ type: 'block', add: true, numbers: [ALICE] })
  t.same(await ask('query', 'Presence', 'lastseen', BOB), { status: 401 })
})

t.test('lists the business profiles of those who have one', async (t) => {
  const { ask, bob } = await two(t)
  const wids = [{ wid: `${BOB}@c.us` }, { wid: STRANGER }, { wid: 'nobody' }]
  t.same(await ask('query', 'businessProfile', wids, 84), { status: 404 })
  await bob.phone.ask({ type: 'business', profile: { description: 'Bread', v: 2 } })
  const answer = await ask('query', 'businessProfile', wids, 84)
  const profile = { description: 'Bread', v: 2 }
  t.same(answer, { status: 200, profiles: [{ wid: `${BOB}@c.us`, profile }] })
  t.same(await ask('query', 'businessProfile', wids), answer, 'with the number or without')
  t.same(await ask('query', 'businessProfile', []), { status: 404 })
})

t.test('has no catalogues and orders, under each name that clients use', async (t) => {
  const { ask, world } = await two(t)
  t.same(await ask('query', 'bizCatalog', { jid: BOB }), { status: 404 })
  t.same(await ask('query', 'order', { orderId: '1' }), { status: 404 })
  for (const name of ['addProduct_reh', 'editProduct_reh', 'deleteProduct_reh'])
    t.same(await ask('action', name, {}), { status: 404 })
  const names = ['businessCatalog', 'businessOrder', 'addProduct', 'editProduct', 'deleteProduct'] as const
  for (const name of names) t.equal(world.server.counters.value('messages', name), 1, name)
})

t.test('answers while the phone is away', async (t) => {
  const { ask, alice, bob } = await two(t)
  await bob.phone.ask({ type: 'about', text: 'Here' })
  await bob.phone.link.hangUp()
  await alice.phone.link.hangUp()
  t.same(await ask('query', 'Status', BOB), { status: 'Here' })
  t.same(await ask('query', 'exist', BOB), { status: 200, jid: `${BOB}@c.us` })
  t.match(await ask('query', 'Presence', 'lastseen', BOB), { status: 404 })
})

t.test('takes only what the message table takes', async (t) => {
  const { ask } = await two(t)
  t.notOk(checkerOf('businessProfile')(['query', 'businessProfile', BOB]))
  t.same(await ask('query', 'businessProfile', BOB), { status: 404 })
  t.same(await ask('query', 'Status'), { status: 404 })
  t.same(await ask('query', 'Presence', 'lastseen'), { status: 404 })
})
