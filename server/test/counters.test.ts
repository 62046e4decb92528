import t from 'tap'
import { Counters } from '../src/counters.ts'

t.test('counts by family and label, and starts each at nothing', async (t) => {
  const counters = new Counters()
  t.equal(counters.value('errors', 'TETHER_ERR_BODY'), 0)
  counters.add('errors', 'TETHER_ERR_BODY')
  counters.add('errors', 'TETHER_ERR_BODY', 2)
  counters.drop('slowReader', 4)
  t.equal(counters.value('errors', 'TETHER_ERR_BODY'), 3)
  t.equal(counters.value('drops', 'slowReader'), 4)
  t.equal(counters.value('limits', 'OPEN_TESTS'), 0, 'families do not mix')
})

t.test('gives the hot path one number to count in place', async (t) => {
  const counters = new Counters()
  const cell = counters.cell('frames', 'browserToPhone')
  cell.value += 5
  t.equal(counters.cell('frames', 'browserToPhone'), cell)
  t.equal(counters.value('frames', 'browserToPhone'), 5)
})

t.test('shows totals and gauges as Prometheus text, the same however often it is asked', async (t) => {
  const counters = new Counters()
  let browsers = 2
  counters.watch({ browsers: () => browsers, phones: () => 1 })
  counters.drop('staleEpoch', 3)
  await counters.registry.metrics()
  browsers = 7
  const text = await counters.registry.metrics()
  t.match(text, /^tether_drops_total\{reason="staleEpoch"\} 3$/m)
  t.match(text, /^tether_browsers 7$/m)
  t.match(text, /^tether_phones 1$/m)
})
