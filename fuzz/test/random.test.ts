import t from 'tap'
import { Random } from '../src/random.ts'

t.test('it gives the same numbers for the same seed, and others for another', async (t) => {
  const words = (seed: string) => {
    const random = new Random(seed)
    return Array.from({ length: 20 }, () => random.word())
  }
  t.strictSame(words('a'), words('a'))
  t.notSame(words('a'), words('b'))
})

t.test('it spreads numbers evenly and keeps within bounds', async (t) => {
  const random = new Random('even')
  const counts = new Array<number>(10).fill(0)
  for (let round = 0; round < 20_000; round++) counts[random.below(10)]++
  for (const count of counts) t.ok(count > 1_800 && count < 2_200, `${count} of 20,000`)
  const ends = Array.from({ length: 500 }, () => random.between(3, 5))
  t.strictSame([...new Set(ends)].sort(), [3, 4, 5])
  t.equal(random.bytes(7).length, 7)
  t.equal(random.below(0), 0)
})
