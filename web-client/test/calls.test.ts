import t from 'tap'
import { limit } from 'proto/limits'
import { type Call, Calls } from '../src/calls.ts'
import type { ChatMessage } from '../src/message.ts'
import { BOB, CARLA } from './scripted-phone.ts'
import { VirtualClock } from './virtual-clock.ts'

const RING_MS = limit('CALL_RING_MS')

function newCalls() {
  const clock = new VirtualClock()
  const told: Call[] = []
  const calls = new Calls(clock, ({ call }) => told.push(call))
  const push = (body: unknown) => calls.takePush('Call', ['Call', body])
  return { clock, calls, told, push }
}
const states = (told: readonly Call[]) => told.map(({ id, state }) => `${id} ${state}`)
const notice = (id: string, stub: 'CALL_MISSED_VOICE' | 'GROUP_CREATE'): ChatMessage => ({
  ...{ id, jid: BOB, fromMe: false, author: null, kind: 'notice', text: '', seconds: 1, status: null },
  notice: { stub, parameters: [] },
})

t.test('rings once, and ends as the phone says', async (t) => {
  const { calls, told, push } = newCalls()
  push({ id: 'A', from: '15550002222@c.us', type: 'offer' })
  push({ id: 'A', from: '15550002222@c.us', type: 'offer' })
  push({ id: 'B', type: 'offer' })
  t.same(calls.ringing, [
    { id: 'A', from: BOB, state: 'ringing' },
    { id: 'B', from: null, state: 'ringing' },
  ])
  push({ id: 'A', from: CARLA, type: 'accept' })
  push({ id: 'A', type: 'reject' })
  push({ id: 'B', type: 'reject' })
  push({ id: 'C', type: 'accept' })
  t.same(states(told), ['A ringing', 'B ringing', 'A accepted', 'B declined'])
  t.equal(told[2].from, BOB)
  t.same(calls.ringing, [])
})

t.test('is missed when the notice of the same id comes', async (t) => {
  const { calls, told, push } = newCalls()
  push({ id: 'A', from: BOB, type: 'offer' })
  calls.received(notice('B', 'CALL_MISSED_VOICE'))
  calls.received(notice('A', 'GROUP_CREATE'))
  t.equal(calls.ringing.length, 1)
  calls.received(notice('A', 'CALL_MISSED_VOICE'))
  t.same(states(told), ['A ringing', 'A missed'])
})

t.test('is not shown for ever when nothing more is heard', async (t) => {
  const { clock, calls, told, push } = newCalls()
  push({ id: 'A', from: BOB, type: 'offer' })
  await clock.run(2 * RING_MS - 1)
  t.equal(calls.ringing.length, 1)
  await clock.run(1)
  push({ id: 'B', from: BOB, type: 'offer' })
  calls.lost()
  t.same(states(told), ['A ringing', 'A unknown', 'B ringing', 'B unknown'])
  await clock.run(2 * RING_MS)
  t.equal(told.length, 4)
})

t.test('takes no notice of what is bent', async (t) => {
  const { calls, told, push } = newCalls()
  for (const bent of [null, 7, {}, { id: 1, type: 'offer' }, { id: 'A' }, { id: 'A', type: 'constructor' }])
    push(bent)
  calls.takePush('Msg', ['Msg', { id: 'A', type: 'offer' }])
  t.same(told, [])
})
