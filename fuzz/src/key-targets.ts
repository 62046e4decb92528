/** What carries keys: the code on the screen, the secret, media, challenges, signatures (spec 5, 7.3, 16). */
import { concat, utf8 } from 'proto/bytes'
import { answerChallenge, fitsChallenge } from 'proto/challenge'
import { aesCbcEncrypt, hkdfSha256, hmacSha256, x25519, x25519PublicKey } from 'proto/crypto-node'
import { seededEntropy } from 'proto/entropy'
import { decryptMedia, encryptMedia } from 'proto/media'
import { formatQr, parseQr } from 'proto/qr'
import { buildSecret, openSecret } from 'proto/secret'
import { verifyEd25519, verifyXeddsa } from 'proto/signature'
import { textOf, words } from './input-forms.ts'
import { must, type Target } from './target.ts'

const entropy = seededEntropy('keys')
const browserPrivate = entropy.bytes(32)
const phonePrivate = entropy.bytes(32)
const [encKey, macKey, mediaKey] = [entropy.bytes(32), entropy.bytes(32), entropy.bytes(32)]
const browserPublic = x25519PublicKey(browserPrivate)

const qr: Target = {
  name: 'qr',
  about: 'the text of the code; written again it is the same',
  modules: ['/proto/dist/src/qr.js', '/proto/dist/src/base64.js'],
  codes: ['TETHER_ERR_QR'],
  maxBytes: 600,
  tokens: words(',', '=', '1@', 'AAAA', '\u00e4', '\u0000'),
  seeds: () => [
    utf8(formatQr({ ref: '1@abc', publicKey: browserPublic, clientId: 'c2l4dGVlbiBieXRlcyBoZQ==' })),
  ],
  weight: 1,
  run(input) {
    const text = textOf(input)
    const content = parseQr(text)
    must(formatQr(content) === text, 'another text after writing it')
    return content
  },
}

/** The secret with a right MAC, whatever its other parts are. */
function withMac(phonePublic: Uint8Array, keys: Uint8Array): Uint8Array {
  const expanded = hkdfSha256(x25519(browserPrivate, phonePublic), 80)
  return concat(phonePublic, hmacSha256(expanded.slice(32, 64), concat(phonePublic, keys)), keys)
}

const secret: Target = {
  name: 'secret',
  about: 'the first byte says: the 144 bytes as they are, or a right MAC over the rest',
  modules: ['/proto/dist/src/secret.js', '/proto/dist/src/crypto-node.js'],
  codes: ['TETHER_ERR_SECRET_LENGTH', 'TETHER_ERR_SECRET_MAC', 'TETHER_ERR_KEY_LOW_ORDER'],
  maxBytes: 180,
  tokens: [new Uint8Array(32), concat(Uint8Array.of(1), new Uint8Array(31))],
  seeds: () => {
    const built = buildSecret({ browserPublic, phonePrivate, encKey, macKey })
    const short = aesCbcEncrypt(encKey, encKey.slice(0, 16), new Uint8Array(79))
    return [
      concat(Uint8Array.of(0), built),
      concat(Uint8Array.of(1), built.subarray(64)),
      concat(Uint8Array.of(1), short.subarray(0, 80)),
      concat(Uint8Array.of(0), new Uint8Array(144)),
    ]
  },
  weight: 0.1,
  run(input) {
    const body = input.subarray(1)
    if ((input[0] ?? 0) % 2 === 0) return openSecret({ browserPrivate, secret: body })
    return openSecret({ browserPrivate, secret: withMac(x25519PublicKey(phonePrivate), body) })
  },
}

const media: Target = {
  name: 'media',
  about:
    'the first byte says: as it was uploaded, blocks with a right MAC, or a good file announced in another length',
  modules: ['/proto/dist/src/media.js'],
  codes: ['TETHER_ERR_MEDIA_LENGTH', 'TETHER_ERR_MEDIA_MAC', 'TETHER_ERR_MEDIA_HASH'],
  maxBytes: 600,
  tokens: [new Uint8Array(16).fill(16)],
  seeds: () => {
    const { uploaded } = encryptMedia({ data: utf8('a small picture'), mediaKey, type: 'image' })
    return [0, 1, 2].map((how) => concat(Uint8Array.of(how), uploaded))
  },
  weight: 0.5,
  run(input) {
    const [how = 0] = input
    const body = input.subarray(1)
    if (how % 3 === 0) return decryptMedia({ data: body, mediaKey, type: 'image' })
    if (how % 3 === 1) {
      const { uploaded } = encryptMedia({ data: body, mediaKey, type: 'video' })
      return decryptMedia({ data: uploaded, mediaKey, type: 'videoMessage', fileLength: body.length & ~1 })
    }
    const expanded = hkdfSha256(mediaKey, 112, 'WhatsApp Image Keys')
    const mac = hmacSha256(expanded.slice(48, 80), concat(expanded.slice(0, 16), body)).subarray(0, 10)
    return decryptMedia({ data: concat(body, mac), mediaKey, type: 'image' })
  },
}

const challenge: Target = {
  name: 'challenge',
  about: 'is answered only when it cannot be the body of a frame',
  modules: ['/proto/dist/src/challenge.js'],
  codes: ['TETHER_ERR_CHALLENGE_SHAPE'],
  maxBytes: 100,
  tokens: [],
  seeds: () => [entropy.bytes(20), entropy.bytes(32)],
  weight: 0.25,
  run(input) {
    const answer = answerChallenge(macKey, input)
    must(fitsChallenge(input) && input.length % 16 !== 0, 'the body of a frame was signed')
    return answer
  },
}

const signature: Target = {
  name: 'signature',
  about:
    'key (32), signature (64) and message: false, never an exception, and never true for what nobody signed',
  modules: ['/proto/dist/src/signature.js'],
  codes: ['TETHER_ERR_KEY_LENGTH'],
  maxBytes: 160,
  tokens: [new Uint8Array(32), new Uint8Array(32).fill(0xff)],
  seeds: () => [
    concat(browserPublic, entropy.bytes(64), utf8('message')),
    concat(new Uint8Array(32), entropy.bytes(64)),
  ],
  weight: 0.05,
  // curve arithmetic in JavaScript: milliseconds on an idle machine
  slowMs: 50,
  run(input) {
    const [key, signed, message] = [input.subarray(0, 32), input.subarray(32, 96), input.subarray(96)]
    const verify = input.length % 2 === 0 ? verifyEd25519 : verifyXeddsa
    const verdict = verify(key, message, signed)
    must(!verdict, 'a signature out of nothing')
    return verdict
  },
}

export const keyTargets: readonly Target[] = [qr, secret, media, challenge, signature]
