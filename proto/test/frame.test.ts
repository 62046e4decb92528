import t from 'tap'
import type { Annotation } from '../src/annotation.ts'
import { seededEntropy } from '../src/entropy.ts'
import {
  formatBinaryFrame,
  formatKeepAliveAnswer,
  formatTextFrame,
  KEEP_ALIVE,
  parseBinaryFrame,
  parseFrameJson,
  parseTextFrame,
  tagEnd,
  tagOf,
  type BinaryFrame,
} from '../src/frame.ts'
import { limit } from '../src/limits.ts'
import { bitFlips, codeFrom, fromHex, loadVectors, toHex } from './vectors.ts'

const vectors = loadVectors('frames')
const senderOf = (direction: string) => (direction === 'client-to-server' ? 'client' : 'server')

t.test('it takes text frames apart', async (t) => {
  const json = '["admin","init"]'
  t.strictSame(parseTextFrame(`1.--0,${json}`), { kind: 'json', tag: '1.--0', json })
  t.strictSame(parseTextFrame(`goodbye,,${json}`), { kind: 'json', tag: 'goodbye', json }, 'an extra comma')
  t.strictSame(parseTextFrame('s1,,,1'), { kind: 'json', tag: 's1', json: ',1' }, 'one, not two')
  t.strictSame(parseTextFrame('3EB0,'), { kind: 'empty', tag: '3EB0' })
  t.strictSame(parseTextFrame('3EB0,,'), { kind: 'empty', tag: '3EB0' })
  t.strictSame(parseTextFrame('?,,'), { kind: 'keepAlive' })
  t.strictSame(parseTextFrame('!1600000000123'), { kind: 'keepAliveAnswer', timeMs: 1600000000123 })
  t.strictSame(parseTextFrame('!x,1'), { kind: 'json', tag: '!x', json: '1' })
})

t.test('it refuses text frames without a usable tag', async (t) => {
  for (const text of [
    '',
    'no comma',
    ',{}',
    '!',
    '!12a',
    `${'x'.repeat(limit('MESSAGE_TAG_BYTES') + 1)},{}`,
  ]) {
    t.equal(
      codeFrom(() => parseTextFrame(text)),
      'TETHER_ERR_FRAME_TAG',
      text,
    )
  }
  const longest = 'x'.repeat(limit('MESSAGE_TAG_BYTES'))
  t.strictSame(parseTextFrame(`${longest},1`), { kind: 'json', tag: longest, json: '1' })
})

t.test('it survives the malformed challenge answer of sigalor', async (t) => {
  const frame = parseTextFrame('["1600000000", ["admin","challenge","x"]]')
  t.equal(frame.kind, 'json')
  if (frame.kind !== 'json') return
  t.equal(frame.tag, '["1600000000"')
  t.equal(
    codeFrom(() => parseFrameJson(frame.json)),
    'TETHER_ERR_FRAME_JSON',
  )
})

t.test('it writes text frames with one comma, and reads what it wrote', async (t) => {
  t.equal(formatTextFrame('s1', ['Conn', {}]), 's1,["Conn",{}]')
  t.equal(formatTextFrame('s1'), 's1,')
  t.equal(formatKeepAliveAnswer(1600000000123), '!1600000000123')
  t.strictSame(parseTextFrame(KEEP_ALIVE), { kind: 'keepAlive' })
  for (const value of [null, 0, '', 'a,b', [',,'], { status: 200 }]) {
    const frame = parseTextFrame(formatTextFrame('tag', value))
    t.strictSame(frame.kind === 'json' && parseFrameJson(frame.json), value)
  }
  for (const tag of ['', 'a,b', 'x'.repeat(limit('MESSAGE_TAG_BYTES') + 1)]) {
    t.equal(
      codeFrom(() => formatTextFrame(tag, 1)),
      'TETHER_ERR_FRAME_TAG',
    )
  }
})

for (const vector of vectors) {
  t.test(`it takes vector ${vector.id} apart and puts it together again`, async (t) => {
    const bytes = fromHex(vector.frame)
    const parts = parseBinaryFrame(bytes, senderOf(vector.direction))
    t.equal(parts.tag, vector.tag)
    t.equal(parts.metric, vector.metric)
    t.equal(parts.flags, vector.flags)
    t.equal(toHex(parts.sealed), vector.hmac + vector.iv + vector.ciphertext)
    t.equal(parts.sealed.buffer, bytes.buffer, 'without a copy')
    t.equal(toHex(formatBinaryFrame(parts)), vector.frame)
    t.equal(tagEnd(bytes), Buffer.byteLength(vector.tag))
  })
}

t.test('it gives parts or a code for every vector cut off or with a bit changed', async (t) => {
  for (const { frame, direction, tag } of vectors) {
    const bytes = fromHex(frame)
    const from = senderOf(direction)
    const header = tag.length + (from === 'client' ? 3 : 1)
    for (let length = 0; length <= bytes.length; length++) {
      const code = codeFrom(() => parseBinaryFrame(bytes.subarray(0, length), from))
      const expected =
        length >= header
          ? 'no error'
          : length > tag.length
            ? 'TETHER_ERR_FRAME_LENGTH'
            : 'TETHER_ERR_FRAME_TAG'
      if (code !== expected) t.equal(code, expected)
    }
    for (const changed of bitFlips(bytes, 10_000, tag)) {
      const code = codeFrom(() => parseBinaryFrame(changed, from))
      if (!['no error', 'TETHER_ERR_FRAME_TAG', 'TETHER_ERR_NODE_TEXT'].includes(code)) t.fail(code)
    }
  }
})

t.test('it finds a tag as long as the limit and none beyond it', async (t) => {
  const longest = limit('MESSAGE_TAG_BYTES')
  t.equal(tagEnd(Buffer.from(`${'x'.repeat(longest)},`)), longest)
  t.equal(tagEnd(Buffer.from(`${'x'.repeat(longest + 1)},`)), -1)
  t.equal(tagEnd(Buffer.from('x'.repeat(10))), -1)
  t.equal(tagEnd(new Uint8Array(0)), -1)
  t.equal(tagEnd(Buffer.from(',abc')), -1)
  t.equal(tagEnd(Buffer.from(',a,c')), -1, 'an empty tag is no tag, whatever follows')
  t.equal(
    codeFrom(() => parseBinaryFrame(Buffer.from(',abc'), 'server')),
    'TETHER_ERR_FRAME_TAG',
  )
  t.equal(
    codeFrom(() => formatBinaryFrame({ tag: 'a,b', sealed: new Uint8Array(1) })),
    'TETHER_ERR_FRAME_TAG',
  )
})

t.test('it puts together and takes apart any parts', async (t) => {
  const entropy = seededEntropy('frame')
  for (let round = 0; round < 500; round++) {
    const sealed = entropy.bytes(round)
    const [metric, flags] = entropy.bytes(2) as unknown as [number, number]
    const parts: BinaryFrame =
      round % 2 ? { tag: `é.${round}`, sealed } : { tag: `${round}`, metric, flags, sealed }
    t.strictSame(parseBinaryFrame(formatBinaryFrame(parts), round % 2 ? 'server' : 'client'), parts)
  }
})

t.test('it describes every byte of every vector once and in order', async (t) => {
  for (const { frame, direction, tag, metric } of vectors) {
    const notes: Annotation[] = []
    parseBinaryFrame(fromHex(frame), senderOf(direction), { annotate: (note) => notes.push(note) })
    let at = 0
    for (const note of notes) {
      t.equal(note.offset, at)
      at += note.length
    }
    t.equal(at, frame.length / 2)
    t.strictSame(
      notes.map(({ name }) => name),
      ['tag', 'comma', ...(metric === undefined ? [] : ['metric', 'flags']), 'hmac', 'iv', 'ciphertext'],
    )
    t.equal(notes[0].meaning, tag)
  }
})

t.test('it tells the tag of a frame of either form, for logs', (t) => {
  t.equal(tagOf('1559390400.--1,["admin","test"]'), '1559390400.--1')
  t.equal(tagOf(Buffer.from('3EB0,\xff\xfe', 'latin1')), '3EB0')
  t.equal(tagOf(Buffer.from('\xff,rest', 'latin1')), '\ufffd', 'a tag that is no text is one all the same')
  const long = 'x'.repeat(limit('MESSAGE_TAG_BYTES'))
  t.equal(tagOf(`${long},1`), long)
  for (const none of ['!1559390400000', ',1', '', `${long}x,1`]) {
    t.equal(tagOf(none), '')
    t.equal(tagOf(Buffer.from(none)), '')
  }
  t.end()
})
