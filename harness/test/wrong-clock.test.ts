import t from 'tap'
import { VirtualClock } from '../src/virtual-clock.ts'
import { WrongClock } from '../src/wrong-clock.ts'

t.test('it shows another time of day; timers and what has passed stay true', async (t) => {
  const clock = new VirtualClock(1_000)
  const wrong = new WrongClock(clock)
  const fired: number[] = []
  wrong.after(10, () => fired.push(clock.now()))
  const before = wrong.elapsed()
  wrong.aheadMs = -500
  t.equal(wrong.now(), 500)
  await clock.runFor(10)
  t.strictSame(fired, [1_010])
  t.strictSame([wrong.now(), wrong.elapsed() - before], [510, 10])
})
