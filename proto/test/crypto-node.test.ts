import t from 'tap'
import * as resolved from '#crypto'
import * as crypto from '../src/crypto-node.ts'
import { utf8 } from '../src/bytes.ts'
import { fromHex, toHex } from './vectors.ts'

const ALICE = '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'
const ALICE_PUBLIC = '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'
const BOB = '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'
const BOB_PUBLIC = 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'
const SHARED = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742'

t.test('it is what #crypto means in Node', async (t) => {
  t.equal(resolved.sha256, crypto.sha256)
})

t.test('it computes SHA-256 and HMAC as FIPS 180 and RFC 4231 say', async (t) => {
  t.equal(
    toHex(crypto.sha256(utf8('abc'))),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
  t.equal(
    toHex(crypto.hmacSha256(utf8('Jefe'), utf8('what do ya want for nothing?'))),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  )
})

t.test('it derives keys as RFC 5869, test case 3, says', async (t) => {
  t.equal(
    toHex(crypto.hkdfSha256(fromHex('0b'.repeat(22)), 42)),
    '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  )
})

t.test('it multiplies as RFC 7748, section 6.1, says', async (t) => {
  const alice = fromHex(ALICE)
  const bob = fromHex(BOB)
  t.equal(toHex(crypto.x25519PublicKey(alice)), ALICE_PUBLIC)
  t.equal(toHex(crypto.x25519PublicKey(bob)), BOB_PUBLIC)
  t.equal(toHex(crypto.x25519(alice, fromHex(BOB_PUBLIC))), SHARED)
  t.equal(toHex(crypto.x25519(bob, fromHex(ALICE_PUBLIC))), SHARED)
})

t.test('it encrypts as NIST SP 800-38A, F.2.5, says', async (t) => {
  const key = fromHex('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4')
  const iv = fromHex('000102030405060708090a0b0c0d0e0f')
  const sealed = crypto.aesCbcEncrypt(key, iv, fromHex('6bc1bee22e409f96e93d7e117393172a'))
  t.equal(toHex(sealed.subarray(0, 16)), 'f58c4c04d6e5f1ba779eabfb5f7bfbd6')
  t.equal(sealed.length, 32)
})
