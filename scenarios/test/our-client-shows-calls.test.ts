/** The phone rings, and the browser shows it: who calls, and how it ended. It cannot answer; that is the phone's. */
import t from 'tap'
import { ALICE } from 'harness'
import { limit } from 'proto/limits'
import type { CallState } from 'web-client'
import { BOB_JID } from '../src/backstory.ts'
import { clientStory } from '../src/client-story.ts'

t.test('a call that is answered, declined, given up, or not heard', async (t) => {
  const { world, browsers, alice, bob } = await clientStory(t, {})
  const page = await browsers.pair('alice', alice)
  const states: CallState[] = []
  page.subscribe((event) => event.type === 'call' && states.push(event.call.state))
  const ring = async () => {
    const { id } = await world.finish(bob.calls.call(ALICE.number))
    await world.until(() => page.calls.ringing.length === 1)
    t.strictSame(page.calls.ringing, [{ id, from: BOB_JID, state: 'ringing' }])
    return id
  }
  await world.finish(alice.calls.answer(await ring()))
  await world.until(() => states.length === 2)
  await world.finish(alice.calls.end(await ring()))
  await world.until(() => states.length === 4)
  await world.finish(bob.calls.end(await ring()))
  await world.until(() => states.length === 6)
  await ring()
  await world.until(() => states.length === 8, { withinMs: limit('CALL_RING_MS') + 5_000 })
  t.strictSame(states, [
    ...['ringing', 'accepted', 'ringing', 'declined', 'ringing', 'missed', 'ringing', 'missed'],
  ])
  t.strictSame(page.calls.ringing, [])
  const missed = page.messages(BOB_JID).filter(({ notice }) => notice?.stub === 'CALL_MISSED_VOICE')
  t.match(missed, [{ kind: 'notice', text: 'Missed voice call' }, { fromMe: false }])

  await ring()
  browsers.loseSockets()
  await world.until(() => states.length === 10)
  t.equal(states.at(-1), 'unknown', 'nobody tells a browser that is away')
})
