import t from 'tap'
import { ByteReader } from '../src/byte-reader.ts'
import { codeFrom } from './vectors.ts'

function open(bytes: Uint8Array): ByteReader {
  const reader = new ByteReader()
  reader.open(bytes, false)
  return reader
}

t.test('it reads big-endian numbers of two to four bytes', async (t) => {
  const reader = open(Uint8Array.of(1, 2, 255, 255, 255, 254, 253, 252, 251))
  t.equal(reader.number(2), 0x0102)
  t.equal(reader.number(3), 0xffffff)
  t.equal(reader.number(4), 0xfefdfcfb)
  t.equal(
    codeFrom(() => reader.byte()),
    'TETHER_ERR_NODE_TRUNCATED',
  )
})

t.test('it reads the same text at every place and of every length, ASCII or not', async (t) => {
  const text = 'Zoë Ångström: naïve café 😀 0123456789 abcdefghijklmnopqrstuvwxyz '.repeat(40)
  const ascii = '0123456789 abcdefghijklmnopqrstuvwxyz '.repeat(80)
  for (const whole of [ascii, text]) {
    const bytes = new TextEncoder().encode(whole)
    for (const memory of [bytes, Buffer.from(bytes)]) {
      const reader = open(memory)
      let read = ''
      for (let size = 1; reader.at < bytes.length; size = (size % 150) + 1) {
        let end = Math.min(bytes.length, reader.at + size)
        while (end < bytes.length && (bytes[end] & 0xc0) === 0x80) end++
        read += reader.text(end - reader.at)
      }
      t.equal(read, whole)
    }
  }
})

t.test('it gives views, not copies', async (t) => {
  const bytes = Uint8Array.of(0, 1, 2, 3)
  const reader = open(bytes.subarray(1))
  t.equal(reader.byte(), 1)
  const view = reader.view(2)
  bytes[2] = 9
  t.strictSame(view, Uint8Array.of(9, 3))
})

t.test('it lets go of the bytes on close and reads others after it', async (t) => {
  const reader = open(new TextEncoder().encode('first text'))
  t.equal(reader.text(10), 'first text')
  reader.close()
  t.equal(reader.bytes.length, 0)
  reader.open(new TextEncoder().encode('other text'), false)
  t.equal(reader.text(10), 'other text')
})

t.test('it reads texts without the native calls of Node as it does with them', async (t) => {
  const { Buffer: native } = globalThis
  Reflect.deleteProperty(globalThis, 'Buffer')
  let portable: { ByteReader: typeof ByteReader }
  try {
    const { href } = new URL('../src/byte-reader.js', import.meta.url)
    portable = (await import(`${href}?portable`)) as typeof portable
  } finally {
    globalThis.Buffer = native
  }
  t.not(portable.ByteReader, ByteReader)
  const text = 'plain and naïve, long enough for all paths'
  const bytes = new TextEncoder().encode(text)
  const reader = new portable.ByteReader()
  reader.open(bytes, false)
  t.equal(reader.text(bytes.length), text)
  reader.open(bytes, false)
  t.strictSame([reader.text(3), reader.text(12)], ['pla', 'in and naïv'])
  reader.open(Uint8Array.of(0x61, 0x62, 0x63, 0x64, 0x65, 0xff), false)
  t.equal(
    codeFrom(() => reader.text(6)),
    'TETHER_ERR_NODE_TEXT',
  )
})
