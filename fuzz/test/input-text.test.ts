import t from 'tap'
import { formatInput, parseInput } from '../src/input-text.ts'
import { Random } from '../src/random.ts'

t.test('it writes any bytes as one word without quotes and reads them back', async (t) => {
  const random = new Random('texts')
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  for (const bytes of [new Uint8Array(0), all, ...Array.from({ length: 50 }, () => random.bytes(40))]) {
    const text = formatInput(bytes)
    t.notMatch(text, /[\s'"]/)
    t.strictSame(parseInput(text), bytes)
  }
  t.equal(formatInput(Buffer.from('tag,["a b"]')), 'tag,[%22a%20b%22]')
})

t.test('it refuses another spelling of the same bytes', async (t) => {
  for (const text of ['%41', '%2C', '%f', '%zz', 'a b', '\u00e4']) {
    t.throws(() => parseInput(text), { code: 'TETHER_ERR_BODY' }, text)
  }
})
