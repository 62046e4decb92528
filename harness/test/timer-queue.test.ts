import t from 'tap'
import fc from 'fast-check'
import { TimerQueue } from '../src/timer-queue.ts'

t.test('it gives tasks in the order of time and insertion, whatever is cancelled', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), fc.boolean())), (plans) => {
      const queue = new TimerQueue()
      const timers = plans.map(([at], index) => queue.add(at, () => given.push(index)))
      const given: number[] = []
      plans.forEach(([, keep], index) => {
        if (!keep) timers[index].cancel()
      })
      const expected = plans
        .map(([at, keep], index) => ({ at, keep, index }))
        .filter(({ keep }) => keep)
        .sort((a, b) => a.at - b.at || a.index - b.index)
      if (queue.size !== expected.length) return false
      for (let next = queue.takeUntil(Infinity); next; next = queue.takeUntil(Infinity)) next.task()
      return JSON.stringify(given) === JSON.stringify(expected.map(({ index }) => index)) && queue.size === 0
    }),
  )
  t.pass('no counter-example')
})

t.test('it leaves what is planned for later', async (t) => {
  const queue = new TimerQueue()
  queue.add(10, () => undefined)
  t.equal(queue.takeUntil(9), null)
  const taken = queue.takeUntil(10)
  t.equal(taken?.at, 10)
})

t.test('it does not count a task cancelled after it ran', async (t) => {
  const queue = new TimerQueue()
  const timer = queue.add(1, () => undefined)
  queue.takeUntil(1)
  timer.cancel()
  t.equal(queue.size, 0)
})
