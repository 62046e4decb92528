import t from 'tap'
import { traceRecorder } from '../src/trace-recorder.ts'
import { VirtualClock } from '../src/virtual-clock.ts'

t.test('it keeps events by party, kind and fields, with their time', async (t) => {
  const clock = new VirtualClock(1000)
  const trace = traceRecorder(clock)
  const server = trace.party('server')
  server.emit('frame.in', { connection: 1, messageTag: 'a' })
  await clock.runFor(5)
  server.emit('frame.out', { connection: 2, messageTag: 'a' })
  trace.party('phone').party('bridge').emit('drop', { reason: 'late' })
  t.strictSame(trace.find({ kind: 'frame' })?.at, 1000)
  t.equal(trace.findAll({ party: 'server', fields: { messageTag: 'a' } }).length, 2)
  t.equal(trace.find({ party: 'phone/bridge' })?.kind, 'drop')
  t.equal(trace.find({ kind: 'fra' }), null)
  t.equal(trace.findAll({ after: 1 }).length, 2)
})

t.test('it waits for an event that is still to come', async (t) => {
  const trace = traceRecorder(new VirtualClock())
  const waited = trace.waitFor({ kind: 'state', fields: { to: 'open' } })
  trace.party('browser').emit('state', { to: 'greeted' })
  trace.party('browser').emit('state', { to: 'open' })
  t.equal((await waited).ordinal, 2)
  t.equal((await trace.waitFor({ kind: 'state' })).ordinal, 1)
})
