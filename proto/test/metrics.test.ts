import t from 'tap'
import { flagNames, flags, metricName, metrics } from '../src/metrics.ts'

t.test('it names metrics and flags for people', async (t) => {
  t.equal(metricName(16), 'MESSAGE')
  t.equal(metricName(metrics.QUERY_CONTACTS), 'QUERY_CONTACTS')
  t.equal(metricName(0), undefined)
  t.strictSame(flagNames(160), ['IGNORE', 'AVAILABLE'])
  t.strictSame(flagNames(0), [])
})

t.test('it gives every metric its own number and every flag its own bit', async (t) => {
  t.equal(new Set(Object.values(metrics)).size, Object.keys(metrics).length)
  t.equal(
    Object.values(flags).reduce((all, bit) => all + bit, 0),
    0b11111100,
  )
})
