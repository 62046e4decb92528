import t from 'tap'
import { ago, ahead, secondsUntil } from '../../src/page/times.ts'

const MINUTE = 60_000
const spans: readonly (readonly [ms: number, past: string, future: string])[] = [
  [0, 'just now', 'in a moment'],
  [59_999, 'just now', 'in a moment'],
  [MINUTE, '1 minute ago', 'in 1 minute'],
  [119 * MINUTE, '1 hour ago', 'in 1 hour'],
  [49 * 60 * MINUTE, '2 days ago', 'in 2 days'],
]
for (const [ms, past, future] of spans) {
  t.test(`it says ${past} and ${future}`, (t) => {
    t.equal(ago(1e9 - ms, 1e9), past)
    t.equal(ahead(1e9 + ms, 1e9), future)
    t.end()
  })
}

t.test('it counts down to nothing', (t) => {
  t.strictSame([secondsUntil(1_001, 0), secondsUntil(1, 0), secondsUntil(0, 9)], [2, 1, 0])
  t.end()
})
