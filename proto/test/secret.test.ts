import t from 'tap'
import { hkdfSha256, x25519, x25519PublicKey } from '#crypto'
import { parseBase64 } from '../src/base64.ts'
import { seededEntropy } from '../src/entropy.ts'
import { buildSecret, openSecret } from '../src/secret.ts'
import { bitFlips, codeFrom, fromHex, loadVectors, toHex } from './vectors.ts'

const vectors = loadVectors('pairing')
const entropy = seededEntropy('secret')

for (const vector of vectors) {
  t.test(`it builds and opens vector ${vector.id}`, async (t) => {
    const phonePrivate = fromHex(vector.phonePrivate)
    const browserPublic = fromHex(vector.browserPublic)
    const secret = buildSecret({
      browserPublic,
      phonePrivate,
      encKey: fromHex(vector.encKey),
      macKey: fromHex(vector.macKey),
    })
    t.equal(toHex(secret), vector.secretHex)
    t.strictSame(secret, parseBase64(vector.secretBase64))
    const opened = openSecret({ browserPrivate: fromHex(vector.browserPrivate), secret })
    t.equal(toHex(opened.encKey), vector.encKey)
    t.equal(toHex(opened.macKey), vector.macKey)
    t.equal(toHex(opened.phonePublic), vector.phonePublic)
    t.equal(toHex(x25519PublicKey(fromHex(vector.browserPrivate))), vector.browserPublic)
    t.equal(toHex(x25519(phonePrivate, browserPublic)), vector.sharedSecret)
    t.equal(toHex(hkdfSha256(fromHex(vector.sharedSecret), 80)), vector.expanded)
  })
}

t.test('it refuses all 1,152 changes of one bit', async (t) => {
  const vector = vectors[0]
  const browserPrivate = fromHex(vector.browserPrivate)
  let tried = 0
  for (const secret of bitFlips(fromHex(vector.secretHex), Infinity, 'secret')) {
    const code = codeFrom(() => openSecret({ browserPrivate, secret }))
    if (code !== 'TETHER_ERR_SECRET_MAC') t.equal(code, 'TETHER_ERR_SECRET_MAC')
    tried++
  }
  t.equal(tried, 1152)
})

t.test('it refuses every length but 144', async (t) => {
  const vector = vectors[0]
  const browserPrivate = fromHex(vector.browserPrivate)
  const long = fromHex(vector.secretHex.repeat(3))
  for (let length = 0; length <= 300; length++) {
    if (length === 144) continue
    const code = codeFrom(() => openSecret({ browserPrivate, secret: long.subarray(0, length) }))
    t.equal(code, 'TETHER_ERR_SECRET_LENGTH')
  }
})

t.test('it refuses a secret for another browser, and swapped halves', async (t) => {
  const [a, b] = [vectors[0], vectors[1]]
  const open = (browser: string, secret: string) =>
    codeFrom(() => openSecret({ browserPrivate: fromHex(browser), secret: fromHex(secret) }))
  t.equal(open(b.browserPrivate, a.secretHex), 'TETHER_ERR_SECRET_MAC')
  t.equal(open(a.browserPrivate, a.secretHex.slice(0, 64) + b.secretHex.slice(64)), 'TETHER_ERR_SECRET_MAC')
  t.equal(open(a.browserPrivate, b.secretHex.slice(0, 64) + a.secretHex.slice(64)), 'TETHER_ERR_SECRET_MAC')
  t.equal(open(a.browserPrivate, a.secretHex.slice(144) + a.secretHex.slice(0, 144)), 'TETHER_ERR_SECRET_MAC')
})

t.test('it refuses public keys of low order on both sides', async (t) => {
  const zero = new Uint8Array(32)
  const [phonePrivate, encKey, macKey] = [entropy.bytes(32), entropy.bytes(32), entropy.bytes(32)]
  t.equal(
    codeFrom(() => buildSecret({ browserPublic: zero, phonePrivate, encKey, macKey })),
    'TETHER_ERR_KEY_LOW_ORDER',
  )
  t.equal(
    codeFrom(() => openSecret({ browserPrivate: phonePrivate, secret: new Uint8Array(144) })),
    'TETHER_ERR_KEY_LOW_ORDER',
  )
})

t.test('it refuses keys of wrong length', async (t) => {
  const good = {
    browserPublic: x25519PublicKey(entropy.bytes(32)),
    phonePrivate: entropy.bytes(32),
    encKey: entropy.bytes(32),
    macKey: entropy.bytes(32),
  }
  t.equal(buildSecret(good).length, 144)
  for (const name of Object.keys(good)) {
    t.equal(
      codeFrom(() => buildSecret({ ...good, [name]: entropy.bytes(31) })),
      'TETHER_ERR_KEY_LENGTH',
      name,
    )
  }
})
