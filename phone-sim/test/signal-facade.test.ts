import t from 'tap'
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { seededEntropy } from 'proto/entropy'
import { beginDrawing, curve, endDrawing, primitives, webCrypto } from '../src/signal-facade.ts'
import { bareLibrary, PACKAGE } from './bare-library.ts'

interface LibraryCrypto {
  sign(key: ArrayBuffer, data: ArrayBuffer): Promise<ArrayBuffer>
  encrypt(key: ArrayBuffer, data: ArrayBuffer, iv: ArrayBuffer): Promise<ArrayBuffer>
  decrypt(key: ArrayBuffer, data: ArrayBuffer, iv: ArrayBuffer): Promise<ArrayBuffer>
  HKDF(input: ArrayBuffer, salt: ArrayBuffer, info: ArrayBuffer): Promise<ArrayBuffer[]>
}

t.test('it computes what the library computes with WebCrypto', async (t) => {
  bareLibrary({ fast: false })
  const require = createRequire(import.meta.url)
  const { crypto } = require(`${PACKAGE}/lib/internal/crypto`) as { crypto: LibraryCrypto }
  const bytes = (label: string, length: number): ArrayBuffer =>
    new Uint8Array(createHash('shake256', { outputLength: length }).update(label).digest()).buffer
  for (let length = 1; length < 100; length += 9) {
    const [key, iv, data] = [bytes('key', 32), bytes('iv', 16), bytes('data', length)]
    t.same(primitives.sign(key, data), await crypto.sign(key, data))
    const sealed = primitives.encrypt(key, data, iv)
    t.same(sealed, await crypto.encrypt(key, data, iv))
    t.same(primitives.decrypt(key, sealed, iv), data)
    t.same(primitives.HKDF(data, key, bytes('info', 14)), await crypto.HKDF(data, key, bytes('info', 14)))
  }
})

t.test('it draws random bytes only while a phone is at work, and only from its source', (t) => {
  const draw = (): Uint8Array => webCrypto.getRandomValues(new Uint8Array(32))
  t.throws(draw, { code: 'TETHER_ERR_INTERNAL' })
  beginDrawing(seededEntropy('phone'))
  t.same(draw(), seededEntropy('phone').bytes(32))
  endDrawing()
  t.throws(draw, { code: 'TETHER_ERR_INTERNAL' })
  t.end()
})

t.test('it never signs for the library', (t) => {
  t.throws(() => curve.sign(), { code: 'TETHER_ERR_INTERNAL' })
  t.end()
})
