import t from 'tap'
import { seededEntropy } from '../src/entropy.ts'
import { limit } from '../src/limits.ts'
import { formatQr, parseQr } from '../src/qr.ts'
import { bitFlips, codeFrom, fromHex, loadVectors, toHex } from './vectors.ts'

for (const { id, qr, ref, browserPublic, clientId } of loadVectors('pairing')) {
  t.test(`it reads and writes vector ${id}`, async (t) => {
    const content = parseQr(qr)
    t.strictSame([content.ref, toHex(content.publicKey), content.clientId], [ref, browserPublic, clientId])
    t.equal(formatQr({ ref, publicKey: fromHex(browserPublic), clientId }), qr)
  })
}

t.test('it reads a vector cut off or with a bit changed as another code, or refuses it', async (t) => {
  const { qr } = loadVectors('pairing')[0]
  for (let length = 0; length < qr.length; length++) {
    const code = codeFrom(() => parseQr(qr.slice(0, length)))
    if (code !== 'no error') t.equal(code, 'TETHER_ERR_QR')
    else t.ok(length > qr.lastIndexOf(','))
  }
  for (const changed of bitFlips(Buffer.from(qr), Infinity, 'qr')) {
    const text = Buffer.from(changed).toString('latin1')
    const code = codeFrom(() => t.equal(formatQr(parseQr(text)), text, 'one spelling for each content'))
    if (code !== 'no error') t.equal(code, 'TETHER_ERR_QR')
  }
})

t.test('it refuses anything but three parts with a key of 32 bytes', async (t) => {
  const key = Buffer.alloc(32, 7).toString('base64')
  t.equal(parseQr(`r,${key},c`).ref, 'r')
  for (const text of [
    '',
    'r',
    `r,${key}`,
    `r,${key},c,`,
    `r,${key},c,1`,
    `,${key},c`,
    `r,${key},`,
    `r,,c`,
    `r,${key.slice(0, -1)},c`,
    `r,${Buffer.alloc(31).toString('base64')},c`,
    `r,${Buffer.alloc(33).toString('base64')},c`,
    `r,${key.replace('=', '')},c`,
    `r, ${key},c`,
    `r ,${key},c`,
    `r,${key},c\n`,
    `r\0,${key},c`,
    `ré,${key},c`,
    `https://example.com/?${key}`,
  ]) {
    t.equal(
      codeFrom(() => parseQr(text)),
      'TETHER_ERR_QR',
      JSON.stringify(text),
    )
  }
})

t.test('it holds the limit QR_TEXT_BYTES', async (t) => {
  const publicKey = seededEntropy('qr').bytes(32)
  const rest = limit('QR_TEXT_BYTES') - 44 - 3
  const longest = formatQr({ ref: 'r'.repeat(rest), publicKey, clientId: 'c' })
  t.equal(longest.length, limit('QR_TEXT_BYTES'))
  t.strictSame(parseQr(longest).publicKey, publicKey)
  t.equal(
    codeFrom(() => parseQr(`r${longest}`)),
    'TETHER_ERR_QR',
  )
  t.equal(
    codeFrom(() => formatQr({ ref: 'r'.repeat(rest + 1), publicKey, clientId: 'c' })),
    'TETHER_ERR_QR',
  )
  t.equal(
    codeFrom(() => formatQr({ ref: 'r,', publicKey, clientId: 'c' })),
    'TETHER_ERR_QR',
  )
  t.equal(
    codeFrom(() => formatQr({ ref: 'r', publicKey: publicKey.subarray(1), clientId: 'c' })),
    'TETHER_ERR_QR',
  )
})
