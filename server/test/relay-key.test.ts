import t from 'tap'
import { verifyEd25519 } from 'proto/signature'
import { relayKeyOf } from '../src/relay-key.ts'

// RFC 8032, 7.1, test 2
const SEED = '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'
const PUBLIC = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'
const SIGNATURE =
  '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

t.test('makes the key pair and the signature of the published vector', async (t) => {
  const key = relayKeyOf(Buffer.from(SEED, 'hex'))
  t.equal(hex(key.publicKey), PUBLIC)
  t.equal(hex(key.sign(Uint8Array.of(0x72))), SIGNATURE)
})

t.test('signs so that the check of phones accepts it, and nothing else', async (t) => {
  const key = relayKeyOf(new Uint8Array(32).fill(7))
  const said = new Uint8Array([1, 2, 3])
  const proof = key.sign(said)
  t.equal(verifyEd25519(key.publicKey, said, proof), true)
  t.equal(verifyEd25519(key.publicKey, new Uint8Array([1, 2, 4]), proof), false)
  t.equal(verifyEd25519(relayKeyOf(new Uint8Array(32)).publicKey, said, proof), false)
})
