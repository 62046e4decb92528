import t from 'tap'
import { mutate } from '../src/mutator.ts'
import { Random } from '../src/random.ts'

const options = (seed: string) => ({
  random: new Random(seed),
  tokens: [Buffer.from('token')],
  maxBytes: 64,
  other: () => Buffer.from('another input'),
})

t.test('it changes an input in many ways, never the given one, and stays within the limit', async (t) => {
  const input = Buffer.from('an input of some length')
  const given = Buffer.from(input)
  const run = options('changes')
  const seen = new Set<string>()
  for (let round = 0; round < 2_000; round++) {
    const changed = mutate(input, run)
    if (changed.length > 64) t.fail(`${changed.length} bytes`)
    seen.add(Buffer.from(changed).toString('hex'))
  }
  t.ok(input.equals(given))
  t.ok(seen.size > 1_500, `${seen.size} different ones`)
  t.ok(
    [...seen].some((hex) => hex.includes(Buffer.from('token').toString('hex'))),
    'words of the format',
  )
  t.ok(
    [...seen].some((hex) => hex.includes(Buffer.from('another').toString('hex'))),
    'pieces of other inputs',
  )
  t.ok([...seen].filter((hex) => hex.length === 2 * input.length).length > 600, 'many of the same length')
})

t.test('it makes the same changes for the same seed', async (t) => {
  const run = () => {
    const with_ = options('same')
    return Array.from({ length: 50 }, () => mutate(Buffer.from('input'), with_))
  }
  t.strictSame(run(), run())
})

t.test('it makes something of nothing', async (t) => {
  t.ok(
    Array.from({ length: 20 }, (_, at) => mutate(new Uint8Array(0), options(`${at}`))).some(
      ({ length }) => length > 0,
    ),
  )
})
