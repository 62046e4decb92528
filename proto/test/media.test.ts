import t from 'tap'
import { formatBase64, parseBase64 } from '../src/base64.ts'
import { seededEntropy } from '../src/entropy.ts'
import { decryptMedia, encryptMedia, type MediaType } from '../src/media.ts'
import { bitFlips, codeFrom, fromHex, loadVectors, sha256Hex, toHex, type MediaVector } from './vectors.ts'

const vectors = loadVectors('media')
const entropy = seededEntropy('media')

function dataOf({ plaintext }: MediaVector): Uint8Array {
  if (plaintext.hex !== undefined) return fromHex(plaintext.hex)
  const pattern = fromHex(plaintext.repeatHex!)
  return Uint8Array.from({ length: plaintext.length! }, (_, index) => pattern[index % pattern.length])
}

for (const vector of vectors) {
  t.test(
    `it encrypts and decrypts vector ${vector.id}, a ${vector.type} of ${vector.fileLength} bytes`,
    async (t) => {
      const data = dataOf(vector)
      const mediaKey = fromHex(vector.mediaKey)
      const { type } = vector
      const media = encryptMedia({ data, mediaKey, type })
      t.equal(media.fileLength, vector.fileLength)
      t.equal(media.uploaded.length, vector.uploadedLength)
      if (vector.uploaded !== undefined) t.equal(toHex(media.uploaded), vector.uploaded)
      else t.equal(sha256Hex(media.uploaded), vector.uploadedSha256)
      t.equal(toHex(media.mac), vector.mac)
      t.equal(formatBase64(media.fileSha256), vector.fileSha256)
      t.equal(formatBase64(media.fileEncSha256), vector.fileEncSha256)
      t.equal(media.uploadToken, vector.uploadToken)
      t.equal(media.sidecar && toHex(media.sidecar), vector.sidecar)
      const announced = {
        fileSha256: parseBase64(vector.fileSha256),
        fileEncSha256: parseBase64(vector.fileEncSha256),
        fileLength: vector.fileLength,
      }
      const opened = decryptMedia({ data: media.uploaded, mediaKey, type, ...announced })
      t.ok(Buffer.from(opened).equals(data))
      t.equal(decryptMedia({ data: media.uploaded, mediaKey, type }).length, data.length)
    },
  )
}

t.test('it refuses uploads with a bit changed or cut off', async (t) => {
  for (const vector of vectors) {
    const mediaKey = fromHex(vector.mediaKey)
    const { type } = vector
    const { uploaded } = encryptMedia({ data: dataOf(vector), mediaKey, type })
    const sample = uploaded.length > 1_000 ? 20 : Infinity
    for (const changed of bitFlips(uploaded, sample, vector.id)) {
      const code = codeFrom(() => decryptMedia({ data: changed, mediaKey, type }))
      if (code !== 'TETHER_ERR_MEDIA_MAC') t.equal(code, 'TETHER_ERR_MEDIA_MAC')
    }
    for (let cut = 1; cut <= Math.min(uploaded.length, 100); cut++) {
      const data = uploaded.subarray(0, uploaded.length - cut)
      const whole = data.length >= 26 && cut % 16 === 0
      t.equal(
        codeFrom(() => decryptMedia({ data, mediaKey, type })),
        whole ? 'TETHER_ERR_MEDIA_MAC' : 'TETHER_ERR_MEDIA_LENGTH',
      )
    }
  }
})

t.test('it refuses another key, another type, and media other than announced', async (t) => {
  const mediaKey = entropy.bytes(32)
  const { uploaded: data, ...media } = encryptMedia({ data: entropy.bytes(100), mediaKey, type: 'image' })
  const good = { data, mediaKey, type: 'image' as MediaType }
  const hash = entropy.bytes(32)
  t.equal(
    codeFrom(() => decryptMedia({ ...good, mediaKey: hash })),
    'TETHER_ERR_MEDIA_MAC',
  )
  t.equal(
    codeFrom(() => decryptMedia({ ...good, type: 'video' })),
    'TETHER_ERR_MEDIA_MAC',
  )
  t.equal(
    codeFrom(() => decryptMedia({ ...good, fileSha256: hash })),
    'TETHER_ERR_MEDIA_HASH',
  )
  t.equal(
    codeFrom(() => decryptMedia({ ...good, fileEncSha256: hash })),
    'TETHER_ERR_MEDIA_HASH',
  )
  t.equal(
    codeFrom(() => decryptMedia({ ...good, fileSha256: hash.subarray(1) })),
    'TETHER_ERR_MEDIA_HASH',
  )
  t.equal(
    codeFrom(() => decryptMedia({ ...good, fileLength: 99 })),
    'TETHER_ERR_MEDIA_HASH',
  )
  t.equal(
    codeFrom(() => decryptMedia({ ...good, mediaKey: hash.subarray(1) })),
    'TETHER_ERR_KEY_LENGTH',
  )
  t.equal(decryptMedia({ ...good, ...media }).length, 100)
})

t.test('it takes both names of a type, and encrypts stickers as images', async (t) => {
  const input = { data: entropy.bytes(50), mediaKey: entropy.bytes(32) }
  for (const type of ['image', 'sticker', 'video', 'audio', 'document'] as const) {
    t.strictSame(encryptMedia({ ...input, type }), encryptMedia({ ...input, type: `${type}Message` }))
    t.equal('sidecar' in encryptMedia({ ...input, type }), type === 'video' || type === 'audio')
  }
  t.strictSame(encryptMedia({ ...input, type: 'sticker' }), encryptMedia({ ...input, type: 'image' }))
})
