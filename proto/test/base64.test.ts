import t from 'tap'
import { formatBase64, formatBase64Url, parseBase64, parseBase64Url } from '../src/base64.ts'
import { seededEntropy } from '../src/entropy.ts'
import { codeFrom } from './vectors.ts'

const entropy = seededEntropy('base64')

t.test('it agrees with Buffer for every length, in both alphabets', async (t) => {
  for (let length = 0; length < 200; length++) {
    const bytes = entropy.bytes(length)
    const standard = Buffer.from(bytes).toString('base64')
    const url = Buffer.from(bytes).toString('base64url')
    t.equal(formatBase64(bytes), standard)
    t.equal(formatBase64Url(bytes), url)
    t.strictSame(parseBase64(standard), bytes)
    t.strictSame(parseBase64Url(url), bytes)
    t.strictSame(parseBase64Url(standard.replaceAll('+', '-').replaceAll('/', '_')), bytes, 'with padding')
  }
})

t.test('it formats without Buffer as it does with it', async (t) => {
  const { Buffer: native } = globalThis
  Reflect.deleteProperty(globalThis, 'Buffer')
  let portable: { formatBase64: typeof formatBase64 }
  try {
    portable = (await import(
      `${new URL('../src/base64.js', import.meta.url).href}?portable`
    )) as typeof portable
  } finally {
    globalThis.Buffer = native
  }
  t.not(portable.formatBase64, formatBase64)
  for (let length = 0; length < 64; length++) {
    const bytes = entropy.bytes(length)
    t.equal(portable.formatBase64(bytes), formatBase64(bytes))
  }
})

t.test('it refuses every other spelling', async (t) => {
  for (const text of [
    'A',
    'AA',
    'AAA',
    'AA=',
    'AA==A',
    'AAAA=',
    'AAA==',
    '====',
    '=',
    'AB==',
    'AAB=',
    'A A=',
    'AAA=\n',
  ]) {
    t.equal(
      codeFrom(() => parseBase64(text)),
      'TETHER_ERR_BASE64',
      JSON.stringify(text),
    )
  }
  for (const text of ['-_-_', 'éAAA', 'AA\0=', 'A===', '\uFF21AAA']) {
    t.equal(
      codeFrom(() => parseBase64(text)),
      'TETHER_ERR_BASE64',
      JSON.stringify(text),
    )
  }
  t.equal(
    codeFrom(() => parseBase64Url('+/+/')),
    'TETHER_ERR_BASE64',
  )
  t.equal(
    codeFrom(() => parseBase64Url('AA=')),
    'TETHER_ERR_BASE64',
  )
})

t.test('it asks for padding, forbids it or leaves it free', async (t) => {
  t.strictSame(parseBase64('AA', { padding: 'optional' }), Uint8Array.of(0))
  t.strictSame(parseBase64('AA==', { padding: 'optional' }), Uint8Array.of(0))
  t.equal(
    codeFrom(() => parseBase64('AA==', { padding: 'forbidden' })),
    'TETHER_ERR_BASE64',
  )
  t.equal(
    codeFrom(() => parseBase64Url('AA', { padding: 'required' })),
    'TETHER_ERR_BASE64',
  )
})
