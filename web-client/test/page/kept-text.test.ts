import t from 'tap'
import { formatKept, parseKept } from '../../src/page/kept-text.ts'

t.test('gives back what it was given, bytes and maps at any depth', async (t) => {
  const value = {
    text: 'x',
    none: null,
    list: [1, Uint8Array.of(0, 255), { deep: new Map([['a', new Map([['b', Uint8Array.of(7)]])]]) }],
    empty: new Uint8Array(0),
  }
  t.same(parseKept(formatKept(value)), value)
})

t.test('refuses what is no text of this version', async (t) => {
  t.throws(() => parseKept('{'), { code: 'TETHER_ERR_STORE_DAMAGED' })
  for (const text of ['null', '7', '{}', '{"version":2,"value":1}'])
    t.throws(() => parseKept(text), { code: 'TETHER_ERR_STORE_VERSION' }, text)
})
