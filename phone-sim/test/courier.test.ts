import t from 'tap'
import { limit } from 'proto/limits'
import { choir, lines } from './group-world.ts'
import { ALICE, BOB, CARLA, jid, pair, PhoneWorld, textsOf } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

t.test('it sends first messages under a session and lets the server see no text', async (t) => {
  const { world, alice, bob } = await pair(t)
  await alice.sendText(BOB, 'a secret that nobody reads')
  await until(() => textsOf(bob, ALICE).length === 1, 'arrival')
  await bob.sendText(ALICE, 'answer')
  await until(() => textsOf(alice, BOB).length === 2, 'answer')
  await alice.sendText(BOB, 'again')
  await until(() => textsOf(bob, ALICE).length === 3, 'again')
  const kinds = world.relay.heard.flatMap((m) => (m.type === 'mail' && m.kind !== 'receipt' ? m.kind : []))
  t.strictSame(kinds, ['prekey', 'whisper', 'whisper'])
  for (const m of world.relay.heard) {
    if (m.type === 'mail') t.notOk(Buffer.from(m.body, 'base64').includes('secret'))
  }
  t.notOk(JSON.stringify(world.relay.heard).includes('secret'))
})

t.test('it keeps a message when the bundle does not come, and sends it later', async (t) => {
  const { world, alice, bob } = await pair(t)
  world.relay.mute = new Set(['bundle'])
  const sending = alice.sendText(BOB, 'patience')
  await turns(5)
  await world.clock.advance(limit('PHONE_REQUEST_MS'))
  await sending
  t.match(alice.messages(jid(BOB)), [{ status: 'pending' }])
  world.relay.mute = new Set()
  await alice.sendText(BOB, 'second')
  await until(() => textsOf(bob, ALICE).length === 2, 'both')
  t.strictSame(textsOf(bob, ALICE), ['patience', 'second'])
})

t.test('it refuses texts to what is no person', async (t) => {
  const { alice } = await pair(t)
  for (const to of ['', '12', 'other@broadcast', '1-2@g.us', 'abcde@s.whatsapp.net']) {
    await t.rejects(alice.sendText(to, 'x'), { code: 'TETHER_ERR_JID' })
  }
})

t.test('it tries waiting messages again while the link stays', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  world.relay.mute = new Set(['bundle'])
  const sent = alice.sendText(BOB, 'patience')
  await until(() => world.relay.heard.some(({ type }) => type === 'bundle'), 'the question')
  await world.clock.advance(limit('PHONE_REQUEST_MS'))
  await sent
  world.relay.mute = new Set()
  await world.clock.advance(60_000)
  await until(() => textsOf(bob, ALICE).length === 1, 'arrival')
  t.equal(alice.status().state, 'online')
})

t.test('it keeps the order for each recipient, in groups and in private, over what waits', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  const carla = await world.phone(CARLA, 'Carla')
  const { group } = await alice.groups.create('Choir', [BOB, CARLA])
  await until(() => [bob, carla].every((phone) => phone.groups.find(group.jid) !== null), 'the group')
  await alice.sendText(CARLA, 'a session with one of them')
  const order: string[] = []
  bob.subscribe(
    (event) => event.type === 'message' && event.message.type !== 'notice' && order.push(event.message.text),
  )
  alice.setDevice({ network: 'none' })
  for (const [to, text] of [[group.jid, '1'], [BOB, '2'], [group.jid, '3'], [BOB, '4']] as const) {
    await alice.sendText(to, text)
  } // prettier-ignore
  t.strictSame(
    alice
      .messages(group.jid)
      .map(({ status }) => status)
      .slice(1),
    ['pending', 'pending'],
  )
  alice.setDevice({ network: 'wifi' })
  await until(() => order.length === 4, 'arrival')
  t.strictSame(order, ['1', '2', '3', '4'])
  await until(() => textsOf(carla, ALICE).length === 1 && carla.messages(group.jid).length === 3, 'at Carla')
  t.strictSame(
    carla
      .messages(group.jid)
      .map(({ text }) => text)
      .slice(1),
    ['1', '3'],
  )
  const bundles = world.relay.heard.filter(({ type }) => type === 'bundle').length
  t.equal(bundles, 2, 'a session each')
})

t.test('it writes to a group as far as its rules go', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  const { group } = await alice.groups.create('Choir', [BOB])
  await until(() => bob.groups.find(group.jid) !== null, 'the group')
  await t.rejects(bob.sendText('15550001111-1@g.us', 'x'), { code: 'TETHER_ERR_GROUP_UNKNOWN' })
  await t.rejects(bob.sendText(group.jid, 'x'.repeat(98_304)), { code: 'TETHER_ERR_TOO_LARGE' })
  await alice.groups.change(group.jid, { kind: 'announce', value: true })
  await until(() => bob.groups.find(group.jid)?.announce === true, 'only admins write')
  await t.rejects(bob.sendText(group.jid, 'x'), { code: 'TETHER_ERR_GROUP_RIGHT' })
  await alice.groups.change(group.jid, { kind: 'remove', members: [BOB] })
  await until(() => bob.groups.find(group.jid)?.isMember === false, 'out')
  await t.rejects(bob.sendText(group.jid, 'x'), { code: 'TETHER_ERR_GROUP_MEMBER' })
  t.ok(
    bob.messages(group.jid).every(({ type }) => type === 'notice'),
    'nothing was stored',
  )
})

t.test('what was taken back while it waited goes to nobody', async (t) => {
  const { world, alice, bob } = await pair(t)
  const browser = await world.linked(bob)
  alice.setDevice({ network: 'none' })
  const { id } = await alice.sendText(BOB, 'never mind')
  await alice.revoke(jid(BOB), id)
  await alice.sendText(BOB, 'something else')
  alice.setDevice({ network: 'wifi' })
  await until(() => textsOf(bob, ALICE).includes('something else'), 'what came after')
  t.strictSame(textsOf(bob, ALICE), ['something else'])
  t.notOk(
    bob.auditRecords(9).some(({ kind }) => kind === 'message.empty'),
    'nor as a notice of ours',
  )
  await until(() => browser.relayed().length === 2, 'the browser')
  t.strictSame(browser.relayed(), ['', 'something else'], 'the taking back is a message that browsers get')
  t.match(alice.messages(jid(BOB))[0], { id, type: 'revoked' })
})

t.test('what is cleared while it waits reaches everybody all the same', async (t) => {
  const { alice, bob, carla, group } = await choir(t)
  alice.setDevice({ network: 'none' })
  for (const to of [group, BOB]) {
    await alice.sendText(to, 'first')
    const { id } = await alice.sendText(to, 'second')
    await alice.tidying.deleteMessage(to, { id, fromMe: true })
    await alice.tidying.clear(to)
    await alice.sendText(to, 'third')
  }
  t.strictSame(lines(alice, group), ['third'])
  t.strictSame(textsOf(alice, BOB), ['third'])
  alice.setDevice({ network: 'wifi' })
  const all = ['first', 'second', 'third']
  for (const phone of [bob, carla])
    await until(() => all.every((text) => lines(phone, group).includes(text)), 'in the group')
  await until(() => textsOf(bob, ALICE).length === 3, 'in private')
  t.strictSame(textsOf(bob, ALICE), all)
  await until(() => alice.messages(group).at(-1)?.status === 'delivered', 'delivered')
  t.strictSame(lines(alice, group), ['third'])
  t.strictSame(textsOf(alice, BOB), ['third'])
})

t.test('what has disappeared while it waited goes to nobody', async (t) => {
  const { world, alice, bob } = await pair(t)
  alice.setDevice({ network: 'none' })
  await alice.setTimer(BOB, 60)
  await alice.sendText(BOB, 'gone by then')
  await world.clock.advance(61_000)
  alice.setDevice({ network: 'wifi' })
  await alice.sendText(BOB, 'still there')
  await until(() => textsOf(bob, ALICE).includes('still there'), 'what came after')
  t.notOk(textsOf(bob, ALICE).includes('gone by then'))
})
