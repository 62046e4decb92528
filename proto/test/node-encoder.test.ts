import t from 'tap'
import { limit } from '../src/limits.ts'
import type { Node } from '../src/node.ts'
import { decodeNode } from '../src/node-decoder.ts'
import { encodeNode } from '../src/node-encoder.ts'
import { buildNode, codeFrom, loadVectors, sha256Hex, toHex } from './vectors.ts'

/** Forms that no client's plain encoder writes rightly (spec 17.6), but ours does. */
const BEYOND_CLIENTS = new Set(['n030 plain', 'n034 plain', 'n073 plain'])

for (const vector of loadVectors('nodes')) {
  if (vector.expect === 'reject') continue
  t.test(`it writes vector ${vector.id}, ${vector.title}`, async (t) => {
    const node = buildNode(vector.encodeInput ?? vector.node)
    for (const style of ['plain', 'packed'] as const) {
      const bytes = encodeNode(node, { style })
      const same = vector.hex === undefined ? sha256Hex(bytes) === vector.sha256 : toHex(bytes) === vector.hex
      t.equal(same, vector.encode[style] || BEYOND_CLIENTS.has(`${vector.id} ${style}`), style)
    }
  })
}

const chat = (attrs: Record<string, string>): Node => ({ tag: 'chat', attrs, content: null })

t.test('it writes plain style unless told otherwise', async (t) => {
  t.equal(toHex(encodeNode(chat({ count: '12' }))), 'f8031318fc023132')
  t.equal(toHex(encodeNode(chat({ count: '12' }), {})), 'f8031318fc023132')
})

t.test('it gives bytes of their own, which a later call does not change', async (t) => {
  const first = encodeNode(chat({ name: 'one' }))
  const before = toHex(first)
  encodeNode(chat({ name: 'two' }))
  t.equal(toHex(first), before)
  t.equal(first.buffer.byteLength, first.length)
})

t.test('it writes text of every length and width around the limits of its fast paths', async (t) => {
  for (const letter of ['a', 'é', '€', '😀']) {
    for (const length of [1, 2, 4, 5, 12, 13, 63, 64, 84, 85, 127, 128, 129, 254, 255, 256, 257, 70_000]) {
      const node = chat({ name: letter.repeat(length) })
      t.strictSame(decodeNode(encodeNode(node)), node)
      const mixed = chat({ name: `${'a'.repeat(length)}${letter}` })
      t.strictSame(decodeNode(encodeNode(mixed)), mixed)
    }
  }
})

t.test('it writes an @ that no reader could take apart as raw text', async (t) => {
  for (const name of ['@', 'x@', '@x', '@@', 'x@@', 'x@y@', 'x@@y', '@x@y', 'status@broadcast', '200@404']) {
    for (const style of ['plain', 'packed'] as const) {
      t.strictSame(decodeNode(encodeNode(chat({ name }), { style })), chat({ name }), `${name} ${style}`)
    }
  }
  const long = chat({ name: 'é@'.repeat(50_000) })
  t.strictSame(decodeNode(encodeNode(long)), long)
})

t.test('it writes the device form only where reading gives the same text', async (t) => {
  const first = (jid: string) => toHex(encodeNode(chat({ jid }), { style: 'packed' })).slice(8, 10)
  for (const jid of ['1555:3@s.whatsapp.net', '1555_1@s.whatsapp.net', '1555_255:255@s.whatsapp.net']) {
    t.equal(first(jid), 'f7', jid)
    t.equal(decodeNode(encodeNode(chat({ jid }), { style: 'packed' })).attrs['jid'], jid)
  }
  for (const jid of [
    'john_doe@example.com',
    '1555:0@s.whatsapp.net',
    '1555:03@s.whatsapp.net',
    '1555:256@s.whatsapp.net',
    '1555:3_1@s.whatsapp.net',
    '1555_@s.whatsapp.net',
    ':3@s.whatsapp.net',
    '1555:3@g.us',
  ]) {
    t.equal(first(jid), 'fa', jid)
    t.equal(decodeNode(encodeNode(chat({ jid }), { style: 'packed' })).attrs['jid'], jid)
  }
})

t.test('it leaves out attributes that have no value', async (t) => {
  const attrs = { name: undefined, jid: null, type: 'x' } as unknown as Record<string, string>
  t.equal(toHex(encodeNode(chat(attrs))), toHex(encodeNode(chat({ type: 'x' }))))
})

t.test('it writes only own attributes, __proto__ among them', async (t) => {
  const attrs = Object.create({ inherited: 'no' }) as Record<string, string>
  Object.defineProperty(attrs, '__proto__', { value: 'yes', enumerable: true })
  t.strictSame(Object.entries(decodeNode(encodeNode(chat(attrs))).attrs), [['__proto__', 'yes']])
})

t.test('it puts U+FFFD for half a character, as a name that was cut short has', async (t) => {
  t.equal(decodeNode(encodeNode(chat({ name: 'a\uD83D' }))).attrs['name'], 'a\uFFFD')
})

t.test('it refuses what the format cannot say', async (t) => {
  const bad = (node: unknown) => codeFrom(() => encodeNode(node as Node))
  const expected = 'TETHER_ERR_NODE_INPUT'
  t.equal(bad({ tag: '', attrs: {}, content: null }), expected)
  t.equal(bad({ tag: 1, attrs: {}, content: null }), expected)
  t.equal(bad({ tag: 'chat', content: null }), expected)
  t.equal(bad({ tag: 'chat', attrs: { a: 1 }, content: null }), expected)
  t.equal(bad({ tag: 'chat', attrs: {}, content: 5 }), expected)
  t.equal(bad({ tag: 'chat', attrs: {}, content: [null] }), expected)
  t.equal(bad(null), expected)
  const circle: Node = { tag: 'chat', attrs: {}, content: [] }
  ;(circle.content as Node[]).push(circle)
  t.equal(bad(circle), expected)
  t.equal(toHex(encodeNode(chat({}))), 'f80113', 'and works on after it')
})

t.test('it writes as many children and attributes as a count of two bytes allows', async (t) => {
  const children = (length: number): Node => ({
    tag: 'user',
    attrs: {},
    content: Array.from({ length }, () => chat({})),
  })
  const most = limit('NODE_LIST')
  t.equal((decodeNode(encodeNode(children(most))).content as Node[]).length, most)
  t.equal(
    codeFrom(() => encodeNode(children(most + 1))),
    'TETHER_ERR_NODE_INPUT',
  )
  const attrs = (length: number) =>
    Object.fromEntries(Array.from({ length }, (_, index) => [`k${index}`, 'true']))
  t.equal(Object.keys(decodeNode(encodeNode(chat(attrs(32_767)))).attrs).length, 32_767)
  t.equal(
    codeFrom(() => encodeNode(chat(attrs(32_768)))),
    'TETHER_ERR_NODE_INPUT',
  )
})
