import t from 'tap'
import { parseRange } from '../src/byte-range.ts'

t.test('it finds one part, from the front, in the middle and from the end', async (t) => {
  const parts: [string, [number, number]][] = [
    ['bytes=0-0', [0, 0]], ['bytes=0-99', [0, 99]], ['bytes=10-', [10, 99]], ['bytes=99-', [99, 99]],
    ['bytes=-1', [99, 99]], ['bytes=-100', [0, 99]], ['bytes=-500', [0, 99]], ['bytes=90-1000', [90, 99]],
    ['Bytes=5-6', [5, 6]], ['bytes= 5 - 6', [5, 6]], ['bytes=0-48', [0, 48]],
  ] // prettier-ignore
  for (const [header, [first, last]] of parts) t.same(parseRange(header, 100), { first, last }, header)
})

t.test('it gives the whole for no header and for what it does not understand', async (t) => {
  const headers = [undefined, '', 'bytes', 'bytes=', 'bytes=-', 'bytes=a-b', 'bytes=9-8', 'items=0-1', 'bytes=0-1,5-6', 'bytes=0x1-2'] // prettier-ignore
  for (const header of headers) t.equal(parseRange(header, 100), null, String(header))
})

t.test('it refuses a part behind the end, and the last none', async (t) => {
  for (const header of ['bytes=100-', 'bytes=100-200', 'bytes=-0'])
    t.throws(() => parseRange(header, 100), { code: 'TETHER_ERR_RANGE' }, header)
  for (const header of ['bytes=0-', 'bytes=-5'])
    t.throws(() => parseRange(header, 0), { code: 'TETHER_ERR_RANGE' })
})
