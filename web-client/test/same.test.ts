import t from 'tap'
import { isSame } from '../src/same.ts'

t.test('compares plain data by what is in it', async (t) => {
  const make = () => ({
    a: [1, { b: Uint8Array.of(1, 2) }],
    m: new Map([['k', { v: 1 }]]),
    n: null,
    u: undefined,
  })
  t.ok(isSame(make(), make()))
  // prettier-ignore
  const different: [unknown, unknown][] = [
    [1, 2], [1, '1'], [null, {}], [{}, null], [[], {}], [{ a: 1 }, { a: 1, b: 2 }], [{ a: 1, b: 2 }, { a: 1 }],
    [{ a: undefined }, { b: undefined }], [[1, 2], [2, 1]], [Uint8Array.of(1), Uint8Array.of(2)],
    [Uint8Array.of(1), [1]], [Uint8Array.of(1), Uint8Array.of(1, 1)], [new Map([[1, 2]]), new Map([[1, 3]])],
    [new Map(), {}], [{}, new Map()], ['a', { 0: 'a' }],
  ]
  for (const [a, b] of different) t.notOk(isSame(a, b), JSON.stringify([a, b]))
  t.ok(isSame(NaN, NaN))
})
