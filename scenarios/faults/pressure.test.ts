/** The relay under attack, each kind for a moment: its memory stays in bounds, and the long suite looks at what others feel. */
import t from 'tap'
import { bounds, line, overgrown } from '../src/pressure/bounds.ts'
import { press, startAssailed } from '../src/pressure/pressure.ts'
import { slowDrain } from '../src/pressure/slow-drain.ts'

const MAILS = 1_000
const DRAIN_GROWTH = 32_000_000

t.test('it needs no more memory than its limits say, whoever means ill', async (t) => {
  const assailed = await startAssailed()
  t.teardown(() => assailed.close())
  for (const bound of bounds) {
    const pressure = await press(assailed, bound.attack, { count: bound.count, ms: bound.ms, calmMs: 1_000 })
    t.comment(line(bound, bound.count, pressure))
    t.strictSame(overgrown(bound, pressure), [], bound.attack)
    t.ok(Object.keys(pressure.done).length > 0, 'something was done')
  }
})

t.test('a full mailbox goes to a slow phone without being in memory', async (t) => {
  const assailed = await startAssailed()
  t.teardown(() => assailed.close())
  const { before, peak, seqs } = await slowDrain(assailed, MAILS)
  t.comment(`${MAILS} mails: ${((peak - before) / 1e6).toFixed(1)} MB more`)
  t.strictSame(
    seqs,
    Array.from({ length: MAILS }, (_, at) => at + 1),
    'each once, in order',
  )
  t.ok(peak - before < DRAIN_GROWTH)
})
