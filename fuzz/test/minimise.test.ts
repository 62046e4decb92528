import t from 'tap'
import { minimise } from '../src/minimise.ts'

t.test('it leaves the bytes that matter and makes the others plain', async (t) => {
  const input = Buffer.from('a long input with one needle somewhere in the middle of it')
  const small = minimise(input, (candidate) => Buffer.from(candidate).includes('needle'))
  t.equal(Buffer.from(small).toString(), 'needle')

  const far = minimise(input, (candidate) => candidate.length >= 5 && candidate[4] === input[4])
  t.equal(Buffer.from(far).toString(), '0000n')
})

t.test('it gives up in time, with something that still holds', async (t) => {
  let tries = 0
  const small = minimise(Buffer.alloc(10_000, 7), (candidate) => (tries++, candidate.length > 9_000), 100)
  t.ok(small.length > 9_000)
  t.ok(tries <= 100)
})
