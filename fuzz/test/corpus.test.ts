import t from 'tap'
import { readCorpus, readRegressions, smallestCover } from '../src/corpus.ts'
import { targets } from '../src/targets.ts'
import { maze, toy } from './toy-targets.ts'

const MOST_BYTES = 65_536

t.test('it keeps the fewest and shortest inputs that run the same code', async (t) => {
  const inputs = ['x', 'xx', 'a longer one', 'D', 'D and more', 'DE', 'DEG', 'DEx'].map((text) =>
    Buffer.from(text),
  )
  const kept = smallestCover(toy({ run: maze }), inputs)
  t.strictSame(kept.map(String), ['D', 'x', 'DE', 'DEG'])
})

t.test('it reads what is in the repository, which is small and fits its targets', async (t) => {
  const corpora = targets.map(({ name, maxBytes }) => ({ name, maxBytes, inputs: readCorpus(name) }))
  for (const { name, maxBytes, inputs } of corpora) {
    t.ok(
      inputs.every(({ length }) => length <= maxBytes),
      name,
    )
  }
  const bytes = corpora.flatMap(({ inputs }) => inputs).reduce((sum, { length }) => sum + length, 0)
  t.ok(bytes < MOST_BYTES, `${bytes} bytes in all`)
  t.strictSame(readCorpus('no such target'), [])
})

t.test('every regression names a target and what was wrong', async (t) => {
  const names = targets.map(({ name }) => name)
  for (const { target, was } of readRegressions()) {
    t.ok(names.includes(target), target)
    t.ok(was.length > 10, was)
  }
})
