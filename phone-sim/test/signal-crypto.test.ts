import t from 'tap'
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { seededEntropy } from 'proto/entropy'
import {
  agree,
  assertPublicKey,
  assertSignature,
  generateIdentity,
  generatePrekeys,
  generateSignedPrekey,
  keyPairOf,
  signWithIdentity,
} from '../src/signal-crypto.ts'
import { flipped } from './signal-party.ts'

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))

t.test('it computes the keys and the secret of RFC 7748, section 6.1', (t) => {
  const a = keyPairOf(hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'))
  const b = keyPairOf(hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'))
  t.same(a.publicKey, hex('058520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'))
  t.same(b.publicKey, hex('05de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'))
  const secret = hex('4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742')
  t.same(new Uint8Array(agree(b.publicKey.subarray(1), a.privateKey)), secret)
  t.same(new Uint8Array(agree(a.publicKey.subarray(1), b.privateKey)), secret)
  t.end()
})

t.test('it agrees with another implementation on random keys', (t) => {
  const entropy = seededEntropy('pairs')
  for (let i = 0; i < 200; i++) {
    const random = entropy.bytes(32)
    const own = keyPairOf(random)
    const remote = keyPairOf(entropy.bytes(32))
    t.same(own.publicKey.subarray(1), x25519.getPublicKey(random))
    const raw = remote.publicKey.slice(1)
    t.same(new Uint8Array(agree(raw, own.privateKey)), x25519.getSharedSecret(own.privateKey, raw))
  }
  t.end()
})

t.test('it signs so that an Ed25519 verifier accepts', (t) => {
  const entropy = seededEntropy('signers')
  for (let i = 0; i < 50; i++) {
    const identity = generateIdentity(entropy)
    const message = entropy.bytes(i)
    const signature = signWithIdentity(identity, message)
    t.same(signWithIdentity(identity, message), signature, 'deterministic')
    const point = x25519ToEd25519(identity.publicKey.subarray(1))
    t.ok(ed25519.verify(signature, message, point))
    t.ok(signature[63] < 0x20, 'less than the order of the group, sign bit 0')
  }
  t.end()
})

// RFC 7748 section 4.1 with the arithmetic of the other implementation.
function x25519ToEd25519(u: Uint8Array): Uint8Array {
  const { Fp } = ed25519.Point
  const value = Fp.fromBytes(u)
  return Fp.toBytes(Fp.div(Fp.sub(value, Fp.ONE), Fp.add(value, Fp.ONE)))
}

t.test('it refuses to sign with halves of two pairs', (t) => {
  const [a, b] = [generateIdentity(seededEntropy('a')), generateIdentity(seededEntropy('b'))]
  const mixed = { publicKey: a.publicKey, privateKey: b.privateKey }
  t.throws(() => signWithIdentity(mixed, new Uint8Array(1)), { code: 'TETHER_ERR_INTERNAL' })
  t.end()
})

t.test('it refuses signatures of another key, message or scalar', (t) => {
  const [a, b] = [generateIdentity(seededEntropy('a')), generateIdentity(seededEntropy('b'))]
  const message = new Uint8Array([1, 2, 3])
  const signature = signWithIdentity(a, message)
  assertSignature(a.publicKey, message, signature)
  const invalid = { code: 'TETHER_ERR_SIGNATURE' }
  t.throws(() => assertSignature(b.publicKey, message, signature), invalid)
  for (let bit = 0; bit < 264; bit++) {
    t.throws(() => assertSignature(flipped(a.publicKey, bit), message, signature), invalid)
  }
  const order = 2n ** 252n + 27742317777372353535851937790883648493n
  const s = BigInt(`0x${Buffer.from(signature.slice(32)).reverse().toString('hex')}`) + order
  const other = new Uint8Array([
    ...signature.subarray(0, 32),
    ...hex(s.toString(16).padStart(64, '0')).reverse(),
  ])
  t.throws(() => assertSignature(a.publicKey, message, other), invalid, 'the same scalar in another spelling')
  t.end()
})

t.test('it knows a public key by type, length, canonical form and order', (t) => {
  const { publicKey } = keyPairOf(seededEntropy('x').bytes(32))
  assertPublicKey(publicKey, 'key')
  const wrong = { code: 'TETHER_ERR_KEY_LENGTH' }
  t.throws(() => assertPublicKey(publicKey.subarray(1), 'key'), wrong)
  t.throws(() => assertPublicKey(flipped(publicKey, 0), 'key'), wrong)
  t.throws(() => assertPublicKey(flipped(publicKey, 33 * 8 - 1), 'key'), wrong, 'the bit X25519 ignores')
  const low = new Uint8Array(33)
  low[0] = 5
  t.throws(() => assertPublicKey(low, 'key'), { code: 'TETHER_ERR_KEY_LOW_ORDER' })
  t.end()
})

t.test('it draws the same keys from the same seed, with ids from 1 and a signature', (t) => {
  const make = () => {
    const entropy = seededEntropy('phone')
    const identity = generateIdentity(entropy)
    const prekeys = generatePrekeys(entropy, [41, 42, 43])
    return { identity, prekeys, signed: generateSignedPrekey(entropy, identity, 7) }
  }
  const { identity, prekeys, signed } = make()
  t.same(make(), { identity, prekeys, signed })
  t.ok(identity.registrationId >= 1 && identity.registrationId <= 16_380)
  t.same(
    prekeys.map(({ id }) => id),
    [41, 42, 43],
  )
  assertSignature(identity.publicKey, signed.publicKey, signed.signature)
  for (const id of [0, -1, 1.5]) {
    t.throws(() => generatePrekeys(seededEntropy('x'), [id]), { code: 'TETHER_ERR_INTERNAL' })
  }
  t.end()
})
