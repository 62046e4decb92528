import t from 'tap'
import { Presence } from '../src/presence.ts'
import { ManualClock } from './manual-clock.ts'

const ALICE = '15550001111'
const BOB = '15550002222'

t.test('tells only subscribers, in the words of the protocol', async (t) => {
  const clock = new ManualClock(1_600_000_000_500)
  const presence = new Presence(clock)
  t.equal(presence.subscribe(7, ALICE, BOB), null, 'nothing is known yet')
  t.same(presence.announce(ALICE, 'available'), [], 'nobody watches Alice')
  t.same(presence.announce(BOB, 'available'), [
    { connection: 7, body: ['Presence', { id: `${BOB}@c.us`, type: 'available', deny: false }] },
  ])
  t.same(presence.announce(BOB, 'unavailable'), [
    {
      connection: 7,
      body: ['Presence', { id: `${BOB}@c.us`, type: 'unavailable', t: 1_600_000_000, deny: false }],
    },
  ])
})

t.test('tells a late subscriber what is known, with the time last seen', async (t) => {
  const presence = new Presence(new ManualClock(1_600_000_000_000))
  presence.announce(BOB, 'unavailable')
  t.same(presence.subscribe(7, ALICE, BOB)?.body[1], {
    id: `${BOB}@c.us`,
    type: 'unavailable',
    t: 1_600_000_000,
    deny: false,
  })
})

t.test('shows typing only to the person it is meant for', async (t) => {
  const presence = new Presence(new ManualClock())
  presence.subscribe(1, ALICE, BOB)
  presence.subscribe(2, '15550003333', BOB)
  t.same(
    presence.announce(BOB, 'composing', ALICE).map(({ connection }) => connection),
    [1],
  )
})

t.test('tells nobody after they have left', async (t) => {
  const presence = new Presence(new ManualClock())
  presence.subscribe(1, ALICE, BOB)
  presence.unsubscribe(1)
  t.same(presence.announce(BOB, 'available'), [])
})
