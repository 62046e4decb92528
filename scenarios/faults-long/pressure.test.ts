/** A minute of each attack, with many attackers. `TETHER_PRESSURE_S` is another time, in seconds. */
import t from 'tap'
import { bounds, breaches, line } from '../src/pressure/bounds.ts'
import { press, startAssailed } from '../src/pressure/pressure.ts'
import { slowDrain } from '../src/pressure/slow-drain.ts'

const MS = Number(process.env['TETHER_PRESSURE_S'] ?? 60) * 1_000
const MAILS = 10_000
const DRAIN_GROWTH = 32_000_000

for (const bound of bounds) {
  t.test(`${bound.many} × ${bound.attack}: memory in bounds, others hardly notice`, async (t) => {
    const assailed = await startAssailed()
    t.teardown(() => assailed.close())
    const pressure = await press(assailed, bound.attack, { count: bound.many, ms: MS, calmMs: 10_000 })
    t.comment(line(bound, bound.many, pressure))
    t.strictSame(breaches(bound, pressure), [])
  })
}

t.test(
  'ten thousand mails go to a slow phone, each once and in order, without being in memory',
  async (t) => {
    const assailed = await startAssailed()
    t.teardown(() => assailed.close())
    const { before, peak, seqs, ms } = await slowDrain(assailed, MAILS)
    t.comment(`${MAILS} mails in ${(ms / 1_000).toFixed(1)} s: ${((peak - before) / 1e6).toFixed(1)} MB more`)
    t.strictSame(
      seqs,
      Array.from({ length: MAILS }, (_, at) => at + 1),
    )
    t.ok(peak - before < DRAIN_GROWTH)
  },
)
