import t, { type Test } from 'tap'
import { contentMessage } from 'proto/contents'
import { limit } from 'proto/limits'
import type { PhoneEvent } from '../src/phone-events.ts'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { ALICE, BOB, jid, PhoneWorld } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

async function two(t: Test) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  const browser = await world.linked(bob)
  const states: string[] = []
  bob.subscribe((event: PhoneEvent) => {
    if (event.type === 'call') states.push(event.state)
  })
  const calls = () => browser.pushes.filter((body) => (body as unknown[])[0] === 'Call')
  const missed = () => bob.messages(jid(ALICE)).filter(({ notice }) => notice?.stub === 'CALL_MISSED_VOICE')
  return { world, alice, bob, browser, states, calls, missed }
}

t.test('it rings, tells its browsers, and shows a missed call after CALL_RING_MS', async (t) => {
  const { world, alice, bob, browser, states, calls, missed } = await two(t)
  const { id } = await alice.calls.call(BOB)
  await until(() => calls().length === 1, 'the ring')
  t.strictSame(calls(), [['Call', { id, from: `${ALICE}@c.us`, type: 'offer' }]])
  await world.clock.advance(limit('CALL_RING_MS') - 1)
  t.strictSame(missed(), [])
  await world.clock.advance(1)
  await until(() => missed().length === 1, 'a missed call')
  t.match(missed(), [{ id, fromMe: false, author: jid(ALICE), text: 'Missed call', status: 'received' }])
  t.strictSame(states, ['offer', 'missed'])
  t.equal(bob.chats()[0]?.unread, 1)
  t.equal(browser.relayed().length, 1, 'shown in the browser, once')
  t.strictSame(alice.messages(jid(BOB)), [], 'a call is no message')
})

t.test('it rings no longer when it is answered or declined, and nothing was missed', async (t) => {
  const { world, alice, bob, states, calls, missed } = await two(t)
  const first = await alice.calls.call(BOB)
  await until(() => states.length === 1, 'the ring')
  await bob.calls.answer(first.id)
  await alice.calls.end(first.id)
  const second = await alice.calls.call(`${BOB}@c.us`)
  await until(() => states.length === 3, 'the ring')
  await bob.calls.end(second.id)
  await world.clock.advance(limit('CALL_RING_MS'))
  await turns(10)
  t.strictSame(states, ['offer', 'accept', 'offer', 'reject'])
  t.match(calls(), [
    ['Call', {}],
    ['Call', { id: first.id, type: 'accept' }],
    ['Call', {}],
    ['Call', { type: 'reject' }],
  ])
  t.strictSame(missed(), [])
  const unknown = { code: 'TETHER_ERR_NOT_FOUND' }
  await t.rejects(bob.calls.answer(second.id), unknown)
  await t.rejects(bob.calls.end('none'), unknown)
})

t.test('it shows a missed call at once when the caller hangs up', async (t) => {
  const { alice, bob, states, missed } = await two(t)
  const { id } = await alice.calls.call(BOB)
  await until(() => states.length === 1, 'the ring')
  await alice.calls.end(id)
  await until(() => missed().length === 1, 'a missed call')
  t.strictSame(states, ['offer', 'missed'])
  await t.rejects(bob.calls.answer(id), { code: 'TETHER_ERR_NOT_FOUND' })
  t.equal(bob.messages(jid(ALICE)).length, 1)
})

t.test('it does not ring for what came too late, nor for a blocked person', async (t) => {
  const { world, alice, bob, states, missed } = await two(t)
  bob.setDevice({ network: 'none' })
  await alice.calls.call(BOB)
  await turns(10)
  await world.clock.advance(limit('CALL_RING_MS'))
  bob.setDevice({ network: 'wifi' })
  await until(() => missed().length === 1, 'a missed call')
  t.strictSame(states, ['missed'])
  await bob.profile.block(ALICE)
  await alice.calls.call(BOB)
  await until(
    () => world.relay.account(BOB).mailbox.length === 0 && world.relay.account(BOB).lastSeq >= 2,
    'taken',
  )
  await turns(10)
  t.strictSame(states, ['missed'])
  alice.setDevice({ network: 'none' })
  await t.rejects(alice.calls.call(BOB), { code: 'TETHER_ERR_PHONE_AWAY' })
  await t.rejects(alice.calls.call('nobody'), { code: 'TETHER_ERR_JID' })
})

t.test('a call that was missed stays so when the caller hangs up afterwards', async (t) => {
  const { world, alice, calls, missed } = await two(t)
  const { id } = await alice.calls.call(BOB)
  await until(() => calls().length === 1, 'the ring')
  await world.clock.advance(limit('CALL_RING_MS'))
  await until(() => missed().length === 1, 'a missed call')
  await alice.calls.end(id)
  await until(() => world.relay.account(BOB).mailbox.length === 0, 'he has heard of it')
  t.match(missed(), [{ id }])
})

t.test('it goes on ringing after a restart, or has missed the call meanwhile', async (t) => {
  for (const awayMs of [10_000, limit('CALL_RING_MS')]) {
    const world = new PhoneWorld()
    t.teardown(() => world.stop())
    const alice = await world.phone(ALICE, 'Alice')
    const file = `${t.testdir()}/${awayMs}.db`
    const bob = await world.phone(BOB, 'Bob', { store: openPhoneStore(file, { clock: world.clock }) })
    const rings: string[] = []
    bob.subscribe((event) => {
      if (event.type === 'call') rings.push(event.id)
    })
    const { id } = await alice.calls.call(BOB)
    await until(() => rings.length === 1, 'the ring')
    await bob.stop()
    await world.clock.advance(awayMs)
    const again = await world.phone(BOB, 'Bob', { store: openPhoneStore(file, { clock: world.clock }) })
    t.strictSame(again.messages(jid(ALICE)).length, 0, 'not yet')
    await world.clock.advance(limit('CALL_RING_MS'))
    await until(() => again.messages(jid(ALICE)).length === 1, 'a missed call')
    t.match(again.messages(jid(ALICE)), [{ id, text: 'Missed call' }])
  }
})

t.test('no more than CALLS_RINGING ring at once; the next is missed, and audited', async (t) => {
  const { world, bob, calls, missed } = await two(t)
  const most = limit('CALLS_RINGING')
  const callers = []
  for (let n = 0; n <= most; n++) callers.push(await world.phone(`1555000${7000 + n}`, `Caller ${n}`))
  for (const caller of callers.slice(0, most)) await caller.calls.call(BOB)
  await until(() => calls().length === most, 'all of them ring')
  const late = callers[most]
  const { id } = await late.calls.call(BOB)
  const notices = () => bob.messages(late.jid).map(({ notice }) => notice?.stub)
  await until(() => notices().length === 1, 'missed')
  t.strictSame(notices(), ['CALL_MISSED_VOICE'])
  t.match(bob.auditRecords(1), [
    { kind: 'call.tooMany', fields: { from: late.jid, id, limit: 'CALLS_RINGING' } },
  ])
  t.equal(calls().length, most)
  const [first] = calls() as [string, { id: string }][]
  await bob.calls.answer(first[1].id)
  await late.calls.call(BOB)
  await until(() => calls().length === most + 2, 'there is room again')
  t.strictSame(missed(), [])
})

t.test('whoever calls again has given up the call before, at both ends', async (t) => {
  const { world, alice, calls, missed } = await two(t)
  const carla = await world.phone('15550003333', 'Carla')
  const ofAlice = () => carla.messages(alice.jid).map(({ notice }) => notice?.stub)
  await alice.calls.call(BOB)
  await until(() => calls().length === 1, 'the ring')
  const { id } = await alice.calls.call(carla.number)
  await until(() => missed().length === 1, 'Bob is not rung any more')
  await alice.calls.end(id)
  await until(() => ofAlice().length === 1, 'nor is she')
  await alice.calls.call(BOB)
  await alice.calls.call(BOB)
  await until(() => missed().length === 2 && calls().length === 3, 'one rings')
  await world.clock.advance(limit('CALL_RING_MS'))
  await until(() => missed().length === 3, 'and is missed')
  await t.rejects(alice.calls.end(id), { code: 'TETHER_ERR_NOT_FOUND' })
})

t.test('one caller rings once, even one who gives nothing up', async (t) => {
  const { world, alice, calls, missed } = await two(t)
  const browser = await world.linked(alice)
  const offer = (id: string) => {
    const frame = { remoteJid: jid(BOB), fromMe: true, id, timestampS: 1_600_000_000 }
    return browser.answer(
      browser.relay(contentMessage({ ...frame, content: { call: { callKey: new Uint8Array(32) } } })),
    )
  }
  await offer('3EB0CA110001')
  await offer('3EB0CA110002')
  await until(() => missed().length === 1, 'the first is over')
  t.match(missed(), [{ id: '3EB0CA110001' }])
  t.equal(calls().length, 2)
})
