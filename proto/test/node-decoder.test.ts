import t from 'tap'
import type { Annotation } from '../src/annotation.ts'
import { seededEntropy } from '../src/entropy.ts'
import { limit } from '../src/limits.ts'
import type { Node } from '../src/node.ts'
import { decodeNode } from '../src/node-decoder.ts'
import { encodeNode } from '../src/node-encoder.ts'
import { tokenOfByte } from '../src/tokens.ts'
import { bitFlips, buildNode, codeFrom, fromHex, loadVectors } from './vectors.ts'

const vectors = loadVectors('nodes')
const hexOf = (hex: string) => codeFrom(() => decodeNode(fromHex(hex)))

for (const vector of vectors) {
  t.test(`it reads vector ${vector.id}, ${vector.title}`, async (t) => {
    if (vector.expect === 'reject') {
      t.match(hexOf(vector.hex ?? ''), /^TETHER_ERR_NODE_/)
      return
    }
    const node = buildNode(vector.node)
    if (vector.hex === undefined) {
      const style = vector.encode.plain ? 'plain' : 'packed'
      const read = decodeNode(encodeNode(buildNode(vector.encodeInput ?? vector.node), { style }))
      if (!(node.content instanceof Uint8Array)) t.strictSame(read, node)
      else t.ok(Buffer.from(node.content).equals(read.content as Uint8Array), 'the long content')
      return
    }
    const bytes = fromHex(vector.hex)
    t.strictSame(decodeNode(bytes), node)
    t.strictSame(decodeNode(Buffer.from(bytes)), node, 'from a Buffer')
    const shifted = new Uint8Array(bytes.length + 7)
    shifted.set(bytes, 5)
    t.strictSame(decodeNode(shifted.subarray(5, 5 + bytes.length)), node, 'from inside other memory')
  })
}

t.test('it refuses every vector that is cut off, and reads no more than it needs', async (t) => {
  for (const { id, hex, expect, covers } of vectors) {
    if (hex === undefined || expect === 'reject') continue
    const bytes = fromHex(hex)
    const whole = covers.includes('trailing') ? 3 : bytes.length
    for (let length = 0; length < whole; length++) {
      const code = codeFrom(() => decodeNode(bytes.subarray(0, length)))
      if (code !== 'TETHER_ERR_NODE_TRUNCATED')
        t.equal(code, 'TETHER_ERR_NODE_TRUNCATED', `${id} at ${length}`)
    }
  }
})

t.test('it gives a node or a code for every vector with a bit changed', async (t) => {
  let nodes = 0
  let refusals = 0
  for (const { id, hex } of vectors) {
    if (hex === undefined) continue
    for (const changed of bitFlips(fromHex(hex), 1_200, id)) {
      const code = codeFrom(() => decodeNode(changed))
      if (code === 'no error') nodes++
      else if (code.startsWith('TETHER_ERR_NODE_')) refusals++
      else t.fail(`${id}: ${code}`)
    }
  }
  t.ok(nodes > 1_000 && refusals > 1_000, `${nodes} nodes, ${refusals} refusals`)
})

t.test('it gives a node or a code for random bytes', async (t) => {
  const entropy = seededEntropy('node-decoder')
  for (let round = 0; round < 20_000; round++) {
    const bytes = entropy.bytes(1 + (round % 60))
    bytes[0] = 0xf8 // most first bytes are refused at once
    codeFrom(() => decodeNode(bytes))
  }
  t.pass('nothing else was thrown')
})

t.test('it reads what encodeNode wrote, for random nodes in both styles', async (t) => {
  const entropy = seededEntropy('round trip')
  for (let round = 0; round < 2_000; round++) {
    const node = randomNode(() => entropy.bytes(1)[0], 3)
    t.strictSame(decodeNode(encodeNode(node)), node)
    const packed = decodeNode(encodeNode(node, { style: 'packed' }))
    t.equal(
      JSON.stringify(packed).toUpperCase(),
      JSON.stringify(node).toUpperCase(),
      'but for lower-case hex',
    )
  }
})

t.test('it reads the attribute name __proto__ as a name like others', async (t) => {
  const node = decodeNode(fromHex('f80513fc095f5f70726f746f5f5ffc0178385a'))
  t.strictSame(Object.entries(node.attrs), [
    ['__proto__', 'x'],
    ['name', 'true'],
  ])
  t.equal(Object.getPrototypeOf(node.attrs), Object.prototype)
  t.strictSame(decodeNode(encodeNode(node)), node)
})

t.test('it keeps attributes with integer-like names', async (t) => {
  const node = decodeNode(
    fromHex('f8071338ff81 1f05fc0132fc0a34323934393637323935fc0133'.replaceAll(' ', '')),
  )
  t.strictSame(node.attrs, { name: '1', 404: '2', 4294967295: '3' })
})

t.test('it reads the bytes 1 and 2 as empty text in attribute values and nowhere else', async (t) => {
  t.strictSame(decodeNode(fromHex('f805133801 3902'.replace(' ', ''))).attrs, { name: '', notification: '' })
  t.equal(hexOf('f80101'), 'TETHER_ERR_NODE_TOKEN', 'tag')
  t.equal(hexOf('f803130138'), 'TETHER_ERR_NODE_TOKEN', 'attribute name')
  t.equal(hexOf('f8021302'), 'TETHER_ERR_NODE_TOKEN', 'content')
  t.equal(hexOf('f80313 2dfa0150'.replace(' ', '')), 'TETHER_ERR_NODE_TOKEN', 'user part')
})

t.test('it refuses text that is not UTF-8, in short and in long texts', async (t) => {
  t.equal(hexOf('f8031338fc01ff'), 'TETHER_ERR_NODE_TEXT')
  t.equal(hexOf(`f8031338fc10${'61'.repeat(15)}ff`), 'TETHER_ERR_NODE_TEXT')
  t.equal(hexOf(`f8031338fd0000c8${'c3a9'.repeat(99)}eda0`), 'TETHER_ERR_NODE_TEXT')
  t.equal(decodeNode(fromHex('f8031338fc03efbfbd')).attrs['name'], '\uFFFD', 'U+FFFD itself is text')
  t.equal(decodeNode(fromHex('f8031338fc04efbbbf61')).attrs['name'], '\uFEFFa', 'a mark at the start is kept')
})

t.test(
  'it puts a message that was taken for a JID together as bytes, however often it is split',
  async (t) => {
    const pairs = 100_000
    const bytes = fromHex(`f80234${'fafc01ff'.repeat(pairs)}fc0100`)
    const { content } = decodeNode(bytes) as { content: Uint8Array }
    t.equal(content.length, 2 * pairs + 1)
    t.strictSame([...content.subarray(0, 4)], [0xff, 0x40, 0xff, 0x40])
    t.strictSame(decodeNode(fromHex('f80234fa0afc0161')).content, new Uint8Array(Buffer.from('add@a')))
    t.equal(decodeNode(fromHex('f80213fa0afc0161')).content, 'add@a', 'content of other nodes is text')
  },
)

t.test('it reads long chains of JID parts without recursion', async (t) => {
  const pairs = 60_000
  const node = decodeNode(fromHex(`f803132d${'fafc0161'.repeat(pairs)}50`))
  t.equal(node.attrs['jid'].length, 2 * pairs + 's.whatsapp.net'.length)
})

t.test('it holds the limit NODE_DEPTH', async (t) => {
  const nested = (depth: number) => `${'f80213f801'.repeat(depth - 1)}f80113`
  t.equal(hexOf(nested(limit('NODE_DEPTH'))), 'no error')
  t.equal(hexOf(nested(limit('NODE_DEPTH') + 1)), 'TETHER_ERR_NODE_DEPTH')
  const left = (depth: number) => `f803132d${'fa'.repeat(depth)}13${'50'.repeat(depth)}`
  t.equal(hexOf(left(limit('NODE_DEPTH'))), 'no error')
  t.equal(hexOf(left(limit('NODE_DEPTH') + 1)), 'TETHER_ERR_NODE_DEPTH')
  t.equal(hexOf(`f803132d${'f70000'.repeat(limit('NODE_DEPTH') + 1)}13`), 'TETHER_ERR_NODE_DEPTH')
  t.equal(hexOf('f80213f801'.repeat(50_000)), 'TETHER_ERR_NODE_DEPTH')
  t.equal(hexOf(`f803132d${'fa'.repeat(200_000)}`), 'TETHER_ERR_NODE_DEPTH')
})

t.test('it holds the limit NODE_COUNT', async (t) => {
  const lists = (counts: number[]) => {
    const children = counts.map((count) => `f80213${list16(count)}${'f80113'.repeat(count)}`)
    return `f80213${list16(counts.length)}${children.join('')}`
  }
  const rest = limit('NODE_COUNT') - 3 - 60_000
  t.equal(hexOf(lists([60_000, rest])), 'no error')
  t.equal(hexOf(lists([60_000, rest + 1])), 'TETHER_ERR_NODE_COUNT')
})

t.test('it holds the limit NODE_LIST, the most that two bytes can count', async (t) => {
  const count = limit('NODE_LIST')
  const node = decodeNode(fromHex(`f80213${list16(count)}${'f80113'.repeat(count)}`))
  t.equal((node.content as Node[]).length, count)
  t.equal(hexOf('f80213f9ffff'), 'TETHER_ERR_NODE_TRUNCATED', 'a count alone reserves nothing')
  t.equal(hexOf('f9ffff13'), 'TETHER_ERR_NODE_TRUNCATED')
})

t.test('it holds the limits NODE_OUTPUT_RATIO and NODE_OUTPUT_FLOOR', async (t) => {
  const longest = tokenOfByte.reduce(
    (max, token, byte) => (token && token.length > tokenOfByte[max]!.length ? byte : max),
    3,
  )
  const token = longest.toString(16)
  const length = tokenOfByte[longest]!.length
  const bomb = (pairs: number) =>
    `f9${(1 + 2 * pairs).toString(16).padStart(4, '0')}13${`${token}${token}`.repeat(pairs)}`
  const underFloor = Math.floor((limit('NODE_OUTPUT_FLOOR') - 'chat'.length) / (2 * length))
  t.equal(hexOf(bomb(underFloor)), 'no error')
  t.equal(hexOf(bomb(underFloor + 1)), 'TETHER_ERR_NODE_OUTPUT')
  const rest = limit('NODE_OUTPUT_FLOOR') - 'chat'.length - 2 * length * underFloor
  const atFloor = (more: number) =>
    `f9${(2 + 2 * underFloor).toString(16).padStart(4, '0')}${bomb(underFloor).slice(6)}fc${(rest + more).toString(16).padStart(2, '0')}${'61'.repeat(rest + more)}`
  t.ok(limit('NODE_OUTPUT_RATIO') * (atFloor(1).length / 2) < limit('NODE_OUTPUT_FLOOR'))
  t.equal(hexOf(atFloor(0)), 'no error')
  t.equal(hexOf(atFloor(1)), 'TETHER_ERR_NODE_OUTPUT')
  const filler = (bytes: number) => `f80213fd${bytes.toString(16).padStart(6, '0')}${'00'.repeat(bytes)}`
  const padded = (bytes: number) => `f80213f802${bomb(1_000)}${filler(bytes)}`
  const most = (bytes: number) =>
    12 + 1_000 * 2 * length + bytes <= limit('NODE_OUTPUT_RATIO') * (padded(bytes).length / 2)
  let bytes = 300
  while (!most(bytes)) bytes++
  t.equal(hexOf(padded(bytes)), 'no error')
  t.equal(hexOf(padded(bytes - 1)), 'TETHER_ERR_NODE_OUTPUT')
})

t.test('it describes every byte of every vector once and in order, and reads the same node', async (t) => {
  for (const { id, hex } of vectors) {
    if (hex === undefined) continue
    const bytes = fromHex(hex)
    const notes: Annotation[] = []
    const annotate = (annotation: Annotation) => notes.push(annotation)
    const code = codeFrom(() => decodeNode(bytes))
    if (code !== 'no error') {
      t.equal(
        codeFrom(() => decodeNode(bytes, { annotate })),
        code,
      )
    } else t.strictSame(decodeNode(bytes, { annotate }), decodeNode(bytes))
    let at = 0
    for (const note of notes) {
      if (note.offset !== at || note.length < 1) t.fail(`${id}: ${JSON.stringify(note)} at ${at}`)
      at += note.length
    }
    if (code === 'no error') t.equal(at, bytes.length, id)
  }
})

t.test('it says what the bytes of the worked example mean', async (t) => {
  const notes: string[] = []
  decodeNode(fromHex('f806095b526bfc0131f801f803415b0e'), {
    annotate: ({ offset, name, meaning }) => notes.push(`${offset} ${name} ${meaning}`),
  })
  t.strictSame(notes, [
    '0 LIST_8 list of parts of the node',
    '1 count 6 parts of the node',
    '2 token tag: action',
    '3 token attribute name: type',
    '4 token value of type: set',
    '5 token attribute name: epoch',
    '6 BINARY_8 a length and so many bytes',
    '7 length 1 bytes',
    '8 text value of epoch: 1',
    '9 LIST_8 list of children',
    '10 count 1 children',
    '11 LIST_8 list of parts of the node',
    '12 count 3 parts of the node',
    '13 token tag: presence',
    '14 token attribute name: type',
    '15 token value of type: available',
  ])
})

t.test('it can be called from its own annotate callback', async (t) => {
  const bytes = fromHex('f806095b526bfc0131f801f803415b0e')
  let calls = 0
  decodeNode(bytes, { annotate: () => (calls += decodeNode(bytes).tag.length) })
  t.equal(calls, 16 * 'action'.length)
})

function list16(count: number): string {
  return `f9${count.toString(16).padStart(4, '0')}`
}

const TEXTS = [
  'type',
  '15550002222',
  'a@b',
  'x@y@z',
  '@home',
  'mail@',
  'é€😀',
  '',
  'CAFE',
  'n'.repeat(300),
  '1-2.3',
  '200',
  'ab cd',
]

function randomNode(random: () => number, depth: number): Node {
  const text = () => TEXTS[random() % TEXTS.length]
  const attrs: Record<string, string> = {}
  for (let left = random() % 4; left > 0; left--) attrs[text()] = text()
  const kind = random() % 4
  const content =
    kind === 0
      ? null
      : kind === 1 || depth === 0
        ? Uint8Array.from({ length: random() * 2 }, random)
        : Array.from({ length: random() % 4 }, () => randomNode(random, depth - 1))
  return { tag: text() || 'user', attrs, content }
}
