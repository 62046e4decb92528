import t from 'tap'
import { seededEntropy } from 'proto/entropy'
import { Retry } from '../src/retry.ts'
import { VirtualClock } from './virtual-clock.ts'

t.test('runs the planned task once, at the time that it names', async (t) => {
  const clock = new VirtualClock()
  const retry = new Retry(clock, seededEntropy('retry'))
  let ran = 0
  retry.plan(() => ran++)
  const wait = (retry.at ?? 0) - clock.now()
  await clock.run(wait - 1)
  t.equal(ran, 0)
  await clock.run(1)
  t.equal(ran, 1)
  t.equal(retry.at, null)
  t.equal(clock.waiting, 0)
})

t.test('doubles up to 30 s, keeps half of it at least, and begins anew after a success', async (t) => {
  const clock = new VirtualClock()
  const retry = new Retry(clock, seededEntropy('retry'))
  const waits: number[] = []
  for (let failures = 0; failures < 20; failures++) {
    retry.plan(() => {})
    waits.push((retry.at ?? 0) - clock.now())
  }
  for (const [failures, wait] of waits.entries()) {
    const ceiling = Math.min(30_000, 1000 * 2 ** failures)
    t.ok(wait >= ceiling / 2 && wait <= ceiling, `${wait}`)
  }
  t.ok(new Set(waits.slice(-10)).size > 5, 'by chance')
  retry.reset()
  t.equal(clock.waiting, 0)
  retry.plan(() => {})
  t.ok((retry.at ?? 0) - clock.now() <= 1000)
})
