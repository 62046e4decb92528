import t from 'tap'
import { CoverageMap, startCoverage, takeCoverage } from '../src/coverage.ts'
import { maze } from './toy-targets.ts'

const inToys = ['/fuzz/dist/test/toy-targets.js']
const walk = (text: string) => {
  try {
    maze(Buffer.from(text))
  } catch {
    // the refusal is code too
  }
  return takeCoverage()
}

t.test('it sees each block the first time it runs, and remembers what it was told to', async (t) => {
  startCoverage()
  startCoverage()
  takeCoverage()
  const map = new CoverageMap(inToys)
  t.equal(map.covered, 0)
  t.ok(map.isNew(walk('x')))
  t.ok(map.isNew(walk('x')), 'looking does not remember')
  t.ok(map.add(walk('x')) > 0)
  t.notOk(map.isNew(walk('y')), 'the same way')

  for (const step of ['D', 'DE', 'DEG']) {
    const before = map.covered
    t.ok(map.add(walk(step)) > 0, step)
    t.ok(map.covered > before)
    t.equal(map.add(walk(step)), 0)
  }
  t.notOk(map.isNew(walk('D')), 'on the way to what is known')
})

t.test('it looks at the modules it was given only', async (t) => {
  const map = new CoverageMap(['/proto/dist/src/qr.js'])
  t.equal(map.add(walk('DE')), 0)
})
