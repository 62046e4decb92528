import t from 'tap'
import type { Frame, Link } from 'proto/link'
import { memoryLinks } from '../src/memory-link.ts'
import { VirtualClock } from '../src/virtual-clock.ts'

function listen(link: Link): { frames: Frame[]; closes: [number, string][] } {
  const heard = { frames: [] as Frame[], closes: [] as [number, string][] }
  link.open({
    frame: (frame) => heard.frames.push(typeof frame === 'string' ? frame : frame.slice()),
    close: (code, reason) => heard.closes.push([code, reason]),
  })
  return heard
}

t.test('it delivers copies in order after the latency', async (t) => {
  const clock = new VirtualClock()
  const { caller, called } = memoryLinks(clock, 5)
  const heard = listen(called)
  const bytes = Uint8Array.of(1, 2, 3)
  caller.send('first')
  caller.send(bytes)
  bytes.fill(0)
  t.equal(caller.queuedBytes, 8)
  await clock.runFor(4)
  t.strictSame(heard.frames, [])
  await clock.runFor(1)
  t.strictSame(heard.frames, ['first', Uint8Array.of(1, 2, 3)])
  t.equal(caller.queuedBytes, 0)
})

t.test('it keeps frames that come before the handlers are set', async (t) => {
  const clock = new VirtualClock()
  const { caller, called } = memoryLinks(clock)
  caller.send('early')
  await clock.runFor(10)
  t.strictSame(listen(called).frames, ['early'])
})

t.test('it stops reading while paused and counts what waits as queued at the sender', async (t) => {
  const clock = new VirtualClock()
  const { caller, called } = memoryLinks(clock)
  const heard = listen(called)
  called.pause()
  caller.send('wait')
  await clock.runFor(10)
  t.strictSame(heard.frames, [])
  t.equal(caller.queuedBytes, 4)
  called.resume()
  t.strictSame(heard.frames, ['wait'])
  t.equal(caller.queuedBytes, 0)
})

t.test('it closes behind the frames before it, at both ends, once', async (t) => {
  const clock = new VirtualClock()
  const { caller, called } = memoryLinks(clock)
  const near = listen(caller)
  const far = listen(called)
  caller.send('last')
  caller.close(1000, 'done')
  caller.close(1001, 'again')
  caller.send('too late')
  await clock.runFor(10)
  t.strictSame(far, { frames: ['last'], closes: [[1000, 'done']] })
  t.strictSame(near, { frames: [], closes: [[1000, 'done']] })
})

t.test('it survives both ends closing at once', async (t) => {
  const clock = new VirtualClock()
  const { caller, called } = memoryLinks(clock)
  const near = listen(caller)
  const far = listen(called)
  caller.close(1000, 'a')
  called.close(1001, 'b')
  await clock.runFor(10)
  t.strictSame(near.closes, [[1001, 'b']])
  t.strictSame(far.closes, [[1000, 'a']])
})

t.test('it can be torn: both ends see 1006 and what is under way is lost', async (t) => {
  const clock = new VirtualClock()
  const { caller, called, sever } = memoryLinks(clock)
  const near = listen(caller)
  const far = listen(called)
  caller.send('lost')
  sever()
  await clock.runFor(10)
  t.strictSame(near, { frames: [], closes: [[1006, '']] })
  t.strictSame(far, { frames: [], closes: [[1006, '']] })
})

t.test(
  'it spoils a binary frame after the call, so that whoever keeps it without a copy finds out',
  async (t) => {
    const clock = new VirtualClock()
    const { caller, called } = memoryLinks(clock)
    const kept: Frame[] = []
    called.open({ frame: (frame) => kept.push(frame), close: () => undefined })
    caller.send(Uint8Array.of(1, 2, 3))
    await clock.runFor(1)
    t.notSame(kept, [Uint8Array.of(1, 2, 3)])
  },
)
