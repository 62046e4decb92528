import t from 'tap'
import { aesCbcEncrypt, hmacSha256 } from '#crypto'
import type { Annotation } from '../src/annotation.ts'
import { concat } from '../src/bytes.ts'
import { seededEntropy } from '../src/entropy.ts'
import { openBytes, openFrame, sealBytes, sealFrame } from '../src/seal.ts'
import { bitFlips, buildNode, codeFrom, fromHex, loadVectors, toHex, type FrameVector } from './vectors.ts'

const vectors = loadVectors('frames')
const entropy = seededEntropy('seal')
const keysOf = ({ encKey, macKey }: FrameVector) => ({ encKey: fromHex(encKey), macKey: fromHex(macKey) })
const fromOf = ({ direction }: FrameVector) =>
  ({ from: direction === 'client-to-server' ? 'client' : 'server' }) as const

for (const vector of vectors) {
  t.test(`it seals and opens vector ${vector.id}`, async (t) => {
    const { tag, metric, flags } = vector
    const input = { tag, node: buildNode(vector.node), iv: fromHex(vector.iv), ...keysOf(vector) }
    const sealed =
      metric === undefined || flags === undefined ? sealFrame(input) : sealFrame({ ...input, metric, flags })
    t.equal(toHex(sealed), vector.frame)
    const opened = openFrame(sealed, keysOf(vector), fromOf(vector))
    t.strictSame(opened.node, input.node)
    t.strictSame([opened.tag, opened.metric, opened.flags], [tag, metric, flags])
    t.equal(
      toHex(openBytes(fromHex(vector.hmac + vector.iv + vector.ciphertext), keysOf(vector))),
      vector.plaintext,
    )
  })
}

t.test(
  'it refuses every vector with one bit of its sealed body changed, always with the same code',
  async (t) => {
    for (const vector of vectors) {
      const body = fromHex(vector.hmac + vector.iv + vector.ciphertext)
      for (const changed of bitFlips(body, Infinity, vector.id)) {
        const code = codeFrom(() => openBytes(changed, keysOf(vector)))
        if (code !== 'TETHER_ERR_FRAME_MAC') t.equal(code, 'TETHER_ERR_FRAME_MAC')
      }
    }
  },
)

t.test('it refuses every vector that is cut off', async (t) => {
  for (const vector of vectors) {
    const body = fromHex(vector.hmac + vector.iv + vector.ciphertext)
    for (let length = 0; length < body.length; length++) {
      const code = codeFrom(() => openBytes(body.subarray(0, length), keysOf(vector)))
      const whole = length >= 64 && length % 16 === 0
      t.equal(code, whole ? 'TETHER_ERR_FRAME_MAC' : 'TETHER_ERR_FRAME_LENGTH')
    }
  }
})

t.test('it refuses 10,000 random MACs', async (t) => {
  const vector = vectors[0]
  const body = fromHex(vector.iv + vector.ciphertext)
  for (let round = 0; round < 10_000; round++) {
    const code = codeFrom(() => openBytes(concat(entropy.bytes(32), body), keysOf(vector)))
    if (code !== 'TETHER_ERR_FRAME_MAC') t.equal(code, 'TETHER_ERR_FRAME_MAC')
  }
})

t.test('it refuses frames of other keys, and one key in the place of the other', async (t) => {
  const [a, b] = [vectors[0], vectors[1]]
  const bytes = fromHex(a.frame)
  const { encKey, macKey } = keysOf(a)
  t.equal(
    codeFrom(() => openFrame(bytes, keysOf(b), { from: 'client' })),
    'TETHER_ERR_FRAME_MAC',
  )
  t.equal(
    codeFrom(() => openFrame(bytes, { encKey: macKey, macKey: encKey }, { from: 'client' })),
    'TETHER_ERR_FRAME_MAC',
  )
  t.equal(
    codeFrom(() => openFrame(bytes, { encKey, macKey }, { from: 'server' })),
    'TETHER_ERR_FRAME_LENGTH',
  )
})

t.test('it gives bad padding under a right MAC the same code as a wrong MAC', async (t) => {
  const keys = { encKey: entropy.bytes(32), macKey: entropy.bytes(32) }
  let refused = 0
  for (let round = 0; round < 300; round++) {
    const body = entropy.bytes(32 + 16 * (round % 4))
    const code = codeFrom(() => openBytes(concat(hmacSha256(keys.macKey, body), body), keys))
    if (code === 'TETHER_ERR_FRAME_MAC') refused++
    else t.equal(code, 'no error')
  }
  t.ok(refused > 280, `${refused}`)
})

t.test('it names what is wrong with a node only to those who hold the keys', async (t) => {
  const keys = { encKey: entropy.bytes(32), macKey: entropy.bytes(32) }
  const frame = concat(Buffer.from('1,'), sealBytes(Uint8Array.of(0xf8), keys, entropy.bytes(16)))
  t.equal(
    codeFrom(() => openFrame(frame, keys, { from: 'server' })),
    'TETHER_ERR_NODE_TRUNCATED',
  )
})

t.test('it seals and opens bytes of any length, with a MAC over IV and ciphertext', async (t) => {
  const keys = { encKey: entropy.bytes(32), macKey: entropy.bytes(32) }
  for (let length = 0; length < 100; length++) {
    const [plaintext, iv] = [entropy.bytes(length), entropy.bytes(16)]
    const sealed = sealBytes(plaintext, keys, iv)
    t.strictSame(openBytes(sealed, keys), plaintext)
    const body = concat(iv, aesCbcEncrypt(keys.encKey, iv, plaintext))
    t.strictSame(sealed, concat(hmacSha256(keys.macKey, body), body))
  }
})

t.test('it writes metric and flags only when both are given, and either node style', async (t) => {
  const input = {
    tag: 't',
    node: { tag: 'chat', attrs: { count: '12' }, content: null },
    iv: entropy.bytes(16),
  }
  const keys = { encKey: entropy.bytes(32), macKey: entropy.bytes(32) }
  t.equal(sealFrame({ ...input, ...keys }).length, 2 + 64)
  t.equal(sealFrame({ ...input, ...keys, metric: 1, flags: 0 }).length, 4 + 64)
  t.equal(sealFrame({ ...input, ...keys, metric: 1 }).length, 2 + 64)
  const packed = sealFrame({ ...input, ...keys, style: 'packed' })
  t.equal(toHex(openBytes(packed.subarray(2), keys)), 'f8031318ff0112')
})

t.test('it describes the frame and the node inside it', async (t) => {
  const vector = vectors[2]
  const notes: Annotation[] = []
  openFrame(fromHex(vector.frame), keysOf(vector), { from: 'client', annotate: (note) => notes.push(note) })
  const total = (layer: string) =>
    notes.filter((note) => note.layer === layer).reduce((sum, note) => sum + note.length, 0)
  t.equal(total('frame'), vector.frame.length / 2)
  t.equal(total('node'), vector.plaintext.length / 2)
})

t.test('it refuses keys and IVs of wrong length', async (t) => {
  const good = { encKey: entropy.bytes(32), macKey: entropy.bytes(32) }
  const iv = entropy.bytes(16)
  t.equal(
    codeFrom(() => sealBytes(iv, { ...good, encKey: entropy.bytes(16) }, iv)),
    'TETHER_ERR_KEY_LENGTH',
  )
  t.equal(
    codeFrom(() => sealBytes(iv, { ...good, macKey: entropy.bytes(31) }, iv)),
    'TETHER_ERR_KEY_LENGTH',
  )
  t.equal(
    codeFrom(() => sealBytes(iv, good, entropy.bytes(12))),
    'TETHER_ERR_KEY_LENGTH',
  )
  const sealed = sealBytes(iv, good, iv)
  t.equal(
    codeFrom(() => openBytes(sealed, { ...good, macKey: new Uint8Array(0) })),
    'TETHER_ERR_KEY_LENGTH',
  )
})
