import t from 'tap'
import * as browser from '../src/crypto-browser.ts'
import * as node from '../src/crypto-node.ts'
import type { Crypto } from '../src/crypto.ts'
import { seededEntropy } from '../src/entropy.ts'
import { codeFrom, toHex } from './vectors.ts'

const both: Record<string, Crypto> = { node, browser }
const entropy = seededEntropy('crypto')
const LENGTHS = [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 300, 5_000]

t.test('it gives the same bytes as node:crypto for random inputs', async (t) => {
  const same = (name: string, call: (crypto: Crypto) => Uint8Array) => {
    const [a, b] = [call(node), call(browser)]
    if (!Buffer.from(a).equals(b) || a.constructor !== b.constructor) t.fail(`${name} of ${b.length} bytes`)
  }
  for (let round = 0; round < 20; round++) {
    for (const length of LENGTHS) {
      const data = entropy.bytes(length)
      const key = entropy.bytes(32)
      const iv = entropy.bytes(16)
      same('sha256', (crypto) => crypto.sha256(data))
      same('hmac', (crypto) => crypto.hmacSha256(key, data))
      same('hmac with a key of any length', (crypto) => crypto.hmacSha256(data, key))
      same('hkdf', (crypto) => crypto.hkdfSha256(data, 1 + length))
      same('hkdf with info and salt', (crypto) => crypto.hkdfSha256(key, 112, 'Ünïcode', data))
      same('aes', (crypto) => crypto.aesCbcEncrypt(key, iv, data))
      const sealed = node.aesCbcEncrypt(key, iv, data)
      same('aes back', (crypto) => crypto.aesCbcDecrypt(key, iv, sealed))
      t.ok(Buffer.from(browser.aesCbcDecrypt(key, iv, sealed)).equals(data))
    }
  }
})

t.test('it agrees with node:crypto about X25519, for random and for malformed keys', async (t) => {
  for (let round = 0; round < 100; round++) {
    const ours = entropy.bytes(32)
    const theirs = entropy.bytes(32)
    t.strictSame(browser.x25519PublicKey(ours), node.x25519PublicKey(ours))
    t.strictSame(browser.x25519(ours, theirs), node.x25519(ours, theirs), 'any 32 bytes are a public key')
    const publicKey = node.x25519PublicKey(theirs)
    t.strictSame(browser.x25519(ours, publicKey), node.x25519(theirs, browser.x25519PublicKey(ours)))
  }
})

t.test('it agrees with node:crypto about padding, for every last block', async (t) => {
  const key = entropy.bytes(32)
  const iv = entropy.bytes(16)
  let refused = 0
  for (let round = 0; round < 2_000; round++) {
    const sealed = entropy.bytes(16 * (1 + (round % 3)))
    const code = codeFrom(() => browser.aesCbcDecrypt(key, iv, sealed))
    if (code !== codeFrom(() => node.aesCbcDecrypt(key, iv, sealed))) t.fail(`browser: ${code}`)
    if (code === 'TETHER_ERR_PADDING') refused++
  }
  t.ok(refused > 1_900 && refused < 2_000, `${refused} refused`)
})

/** The points of low order and their spellings that are not reduced, with the top bit clear and set. */
const LOW_ORDER = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
]

t.test('it refuses public keys of low order, as node:crypto does', async (t) => {
  for (const hex of LOW_ORDER) {
    for (const top of [0, 0x80]) {
      const point = new Uint8Array(Buffer.from(hex, 'hex'))
      point[31] |= top
      for (const [name, crypto] of Object.entries(both)) {
        t.equal(
          codeFrom(() => crypto.x25519(entropy.bytes(32), point)),
          'TETHER_ERR_KEY_LOW_ORDER',
          `${name} ${hex}`,
        )
      }
    }
  }
})

t.test('it refuses keys and IVs of wrong length, as node:crypto does', async (t) => {
  for (const crypto of Object.values(both)) {
    for (const length of [0, 16, 31, 33, 64]) {
      const key = entropy.bytes(length)
      const good = entropy.bytes(32)
      for (const call of [
        () => crypto.aesCbcEncrypt(key, good.subarray(16), good),
        () => crypto.aesCbcDecrypt(key, good.subarray(16), good),
        () => crypto.x25519PublicKey(key),
        () => crypto.x25519(key, good),
        () => crypto.x25519(good, key),
      ]) {
        t.equal(codeFrom(call), 'TETHER_ERR_KEY_LENGTH')
      }
    }
    const key = entropy.bytes(32)
    t.equal(
      codeFrom(() => crypto.aesCbcEncrypt(key, entropy.bytes(15), key)),
      'TETHER_ERR_KEY_LENGTH',
    )
    t.equal(
      codeFrom(() => crypto.aesCbcDecrypt(key, entropy.bytes(17), key)),
      'TETHER_ERR_KEY_LENGTH',
    )
  }
})

t.test('it compares bytes', async (t) => {
  for (const crypto of Object.values(both)) {
    const equalBytes = (a: Uint8Array, b: Uint8Array) => crypto.equalBytes(a, b)
    const bytes = entropy.bytes(32)
    t.equal(equalBytes(bytes, bytes.slice()), true)
    t.equal(equalBytes(new Uint8Array(0), new Uint8Array(0)), true)
    t.equal(equalBytes(bytes, bytes.subarray(1)), false)
    for (let at = 0; at < 32; at++) {
      const other = bytes.slice()
      other[at] ^= 1 << (at % 8)
      t.equal(equalBytes(bytes, other), false)
    }
  }
})

t.test('it exports exactly the functions that node:crypto gives', async (t) => {
  t.strictSame(Object.keys(browser).sort(), Object.keys(node).sort())
  t.equal(toHex(browser.sha256(new Uint8Array(0))).slice(0, 8), 'e3b0c442')
})
