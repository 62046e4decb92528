import t from 'tap'
import { every, sleep } from 'proto/clock'
import { VIRTUAL_START_MS, VirtualClock } from '../src/virtual-clock.ts'

t.test('it fires timers in the order of time and then of insertion, each at its own time', async (t) => {
  const clock = new VirtualClock()
  const fired: string[] = []
  const note = (name: string) => () => fired.push(`${name}@${clock.now() - VIRTUAL_START_MS}`)
  clock.after(20, note('c'))
  clock.after(10, note('a'))
  clock.after(10, note('b'))
  clock.soon(note('now'))
  await clock.runFor(15)
  t.strictSame(fired, ['now@0', 'a@10', 'b@10'])
  t.equal(clock.now(), VIRTUAL_START_MS + 15)
  await clock.runFor(5)
  t.equal(fired.at(-1), 'c@20')
})

t.test('it never runs a task inside the call that plans it', async (t) => {
  const clock = new VirtualClock()
  let ran = false
  clock.after(0, () => (ran = true))
  clock.soon(() => (ran = true))
  await Promise.resolve()
  t.equal(ran, false)
  await clock.settle()
  t.equal(ran, true)
})

t.test('it does not run what was cancelled', async (t) => {
  const clock = new VirtualClock()
  const timer = clock.after(1, () => t.fail('cancelled'))
  clock.after(2, () => undefined).cancel()
  timer.cancel()
  timer.cancel()
  t.equal(clock.planned, 0)
  await clock.runFor(10)
})

t.test('it finishes promise chains between two timers', async (t) => {
  const clock = new VirtualClock()
  const order: string[] = []
  clock.after(1, () => {
    void (async () => {
      for (let n = 0; n < 50; n++) await Promise.resolve()
      order.push('chain')
    })()
  })
  clock.after(1, () => order.push('next'))
  await clock.runFor(1)
  t.strictSame(order, ['chain', 'next'])
})

t.test('it stands while real work is in flight', async (t) => {
  const clock = new VirtualClock()
  const order: string[] = []
  clock.after(1, () => {
    void clock.during(async () => {
      for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve))
      order.push('work')
    })
  })
  clock.after(2, () => order.push('next'))
  await clock.runFor(2)
  t.strictSame(order, ['work', 'next'])
})

t.test('it steps one timer at a time and says when none is left', async (t) => {
  const clock = new VirtualClock()
  clock.after(1000, () => undefined)
  t.equal(await clock.step(), true)
  t.equal(clock.now(), VIRTUAL_START_MS + 1000)
  t.equal(await clock.step(), false)
})

t.test('it jumps over a time: timers fire late, at the new time, in their old order', async (t) => {
  const clock = new VirtualClock()
  const fired: number[] = []
  clock.after(2000, () => fired.push(2, clock.now() - VIRTUAL_START_MS))
  clock.after(1000, () => fired.push(1, clock.now() - VIRTUAL_START_MS))
  await clock.jump(5000)
  t.strictSame(fired, [1, 5000, 2, 5000])
})

t.test('it runs until a predicate holds, and gives up after the time allowed', async (t) => {
  const clock = new VirtualClock()
  let count = 0
  const timer = every(clock, 100, () => count++)
  await clock.runUntil(() => count === 7)
  t.equal(clock.now(), VIRTUAL_START_MS + 700)
  await t.rejects(
    clock.runUntil(() => false, { withinMs: 1000 }),
    { code: 'TETHER_ERR_WAIT' },
  )
  t.equal(clock.now(), VIRTUAL_START_MS + 1700)
  timer.cancel()
})

t.test('it runs until a promise settles and gives its outcome', async (t) => {
  const clock = new VirtualClock()
  t.equal(await clock.finish(sleep(clock, 500).then(() => 'done')), 'done')
  t.equal(clock.now(), VIRTUAL_START_MS + 500)
  await t.rejects(clock.finish(sleep(clock, 1).then(() => Promise.reject(new Error('no')))), {
    message: 'no',
  })
})

t.test('it freezes in the middle of a run and goes on later', async (t) => {
  const clock = new VirtualClock()
  let count = 0
  every(clock, 10, () => {
    if (++count === 3) clock.freeze()
  })
  await clock.runFor(100)
  t.equal(clock.now(), VIRTUAL_START_MS + 30)
  await clock.runFor(20)
  t.equal(count, 5)
})

t.test('it refuses two runs at once', async (t) => {
  const clock = new VirtualClock()
  const first = clock.runFor(1)
  await t.rejects(clock.runFor(1), { code: 'TETHER_ERR_STATE' })
  await first
})

t.test('it passes on what a timer throws', async (t) => {
  const clock = new VirtualClock()
  clock.after(1, () => {
    throw new Error('broken')
  })
  await t.rejects(clock.runFor(1), { message: 'broken' })
})
