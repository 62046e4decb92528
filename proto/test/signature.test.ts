import t from 'tap'
import { createRequire } from 'node:module'
import { generateKeyPairSync, sign } from 'node:crypto'
import { seededEntropy } from '../src/entropy.ts'
import { verifyEd25519, verifyXeddsa } from '../src/signature.ts'
import { bitFlips, codeFrom, fromHex } from './vectors.ts'

interface SignalCurve {
  keyPair(privateKey: ArrayBuffer): { pubKey: ArrayBuffer; privKey: ArrayBuffer }
  sign(privateKey: ArrayBuffer, message: ArrayBuffer): ArrayBuffer
}
const { Curve25519Wrapper } = createRequire(import.meta.url)('@privacyresearch/curve25519-typescript') as {
  Curve25519Wrapper: { create(): Promise<SignalCurve> }
}

const entropy = seededEntropy('signature')
const curve = await Curve25519Wrapper.create()
const memory = (bytes: Uint8Array) => bytes.slice().buffer

function signed(length: number) {
  const pair = curve.keyPair(memory(entropy.bytes(32)))
  const message = entropy.bytes(length)
  const signature = new Uint8Array(curve.sign(pair.privKey, memory(message)))
  return { publicKey: new Uint8Array(pair.pubKey), message, signature }
}

t.test('it verifies signatures that the Signal library made, of keys of both signs', async (t) => {
  const signs = new Set<number>()
  for (let round = 0; round < 60; round++) {
    const { publicKey, message, signature } = signed(round * 3)
    t.equal(verifyXeddsa(publicKey, message, signature), true)
    const raw = publicKey.subarray(publicKey.length - 32)
    t.equal(verifyXeddsa(raw, message, signature), true)
    t.equal(verifyXeddsa(Uint8Array.of(5, ...raw), message, signature), true, 'with its type byte')
    signs.add(signature[63] & 0x80)
  }
  t.equal(signs.size, 2)
})

t.test('it refuses signatures, messages and keys with a bit changed', async (t) => {
  const { publicKey, message, signature } = signed(32)
  for (const wrong of bitFlips(signature, 150, 'signature')) {
    if (verifyXeddsa(publicKey, message, wrong)) t.fail('signature changed')
  }
  for (const wrong of bitFlips(message, 64, 'message')) {
    if (verifyXeddsa(publicKey, wrong, signature)) t.fail('message changed')
  }
  const raw = publicKey.subarray(publicKey.length - 32)
  let same = 0
  for (const wrong of bitFlips(raw, Infinity, 'key')) if (verifyXeddsa(wrong, message, signature)) same++
  t.equal(same, 1, 'only the top bit, which is no part of an X25519 key')
  t.equal(verifyXeddsa(signed(0).publicKey, message, signature), false)
})

t.test('it refuses keys that are no points or anybody’s, and malformed input', async (t) => {
  const { message, signature } = signed(32)
  const forged = new Uint8Array(64)
  forged[0] = 1 // R = the neutral point, S = 0: valid for any message under a key of low order
  for (const hex of [
    '00'.repeat(32),
    `01${'00'.repeat(31)}`,
    `ec${'ff'.repeat(30)}7f`,
    `ed${'ff'.repeat(30)}7f`,
    `ff${'ff'.repeat(31)}`,
  ]) {
    const key = fromHex(hex)
    t.equal(verifyXeddsa(key, message, signature), false)
    t.equal(verifyXeddsa(key, message, forged), false)
  }
  t.equal(verifyXeddsa(new Uint8Array(32), message, new Uint8Array(63)), false)
  for (const length of [0, 31, 34]) {
    t.equal(
      codeFrom(() => verifyXeddsa(new Uint8Array(length), message, signature)),
      'TETHER_ERR_KEY_LENGTH',
    )
  }
  t.equal(
    codeFrom(() => verifyXeddsa(new Uint8Array(33), message, signature)),
    'TETHER_ERR_KEY_LENGTH',
    'type byte 0',
  )
})

t.test('it verifies Ed25519 signatures that node:crypto made, and no others', async (t) => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const key = fromHex(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex'))
  const message = entropy.bytes(100)
  const signature = new Uint8Array(sign(null, message, privateKey))
  t.equal(verifyEd25519(key, message, signature), true)
  for (const wrong of bitFlips(signature, 100, 'ed25519')) {
    if (verifyEd25519(key, message, wrong)) t.fail('signature changed')
  }
  t.equal(verifyEd25519(key, entropy.bytes(100), signature), false)
  t.equal(verifyEd25519(key.subarray(1), message, signature), false)
  t.equal(verifyEd25519(key, message, signature.subarray(1)), false)
  t.equal(verifyEd25519(new Uint8Array(32), message, signature), false)
  t.equal(verifyEd25519(new Uint8Array(32).fill(255), message, signature), false)
})
