/** What phones read of Signal messages before the library sees them, and what they keep of sessions. */
import { isDeepStrictEqual } from 'node:util'
import { parsePrekey, parseWhisper, identityOf } from 'phone-sim/signal-envelope'
import { chooseSessions, findOpen } from 'phone-sim/signal-choice'
import { isPublicKey, keyPairOf } from 'phone-sim/signal-crypto'
import { arrayBuffer, formatRecord, OPEN, parseRecord, prune, RECEIVING } from 'phone-sim/signal-record'
import { concat } from 'proto/bytes'
import { seededEntropy } from 'proto/entropy'
import { codeOf } from 'proto/errors'
import { limit } from 'proto/limits'
import { textOf, words } from './input-forms.ts'
import { must, type Target } from './target.ts'

const entropy = seededEntropy('signal')
const { publicKey } = keyPairOf(entropy.bytes(32))
const modules = ['signal-envelope', 'signal-crypto'].map((name) => `/phone-sim/dist/src/${name}.js`)

const field = (number: number, body: Uint8Array) => concat(Uint8Array.of(number * 8 + 2, body.length), body)
const whisperBody = () =>
  concat(
    Uint8Array.of(0x33),
    field(1, publicKey),
    Uint8Array.of(0x10, 3, 0x18, 2),
    field(4, entropy.bytes(32)),
    entropy.bytes(8),
  )
const prekeyBody = () =>
  concat(
    Uint8Array.of(0x33, 0x08, 2),
    field(2, publicKey),
    field(3, publicKey),
    field(4, whisperBody()),
    Uint8Array.of(0x28, 7, 0x30, 1),
  )
const tokens = [
  publicKey,
  field(1, publicKey),
  Uint8Array.of(0x33),
  Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0xff, 0x0f),
  Uint8Array.of(0x80, 0),
]

const whisper: Target = {
  name: 'signal-message',
  about: 'the header of a message in a session; its key is canonical and its numbers fit in 32 bits',
  modules,
  codes: ['TETHER_ERR_SIGNAL_MESSAGE'],
  maxBytes: 300,
  tokens,
  seeds: () => [whisperBody()],
  weight: 1,
  run(input) {
    const envelope = parseWhisper(input)
    must(isPublicKey(envelope.ratchetKey), 'the ratchet key is no public key')
    must(
      envelope.counter <= 0xffff_ffff && envelope.previousCounter <= 0xffff_ffff,
      'a counter of more than 32 bits',
    )
    return envelope
  },
}

const prekey: Target = {
  name: 'signal-first-message',
  about: 'the header of a first message, and of the message in it',
  modules,
  codes: ['TETHER_ERR_SIGNAL_MESSAGE'],
  maxBytes: 500,
  tokens,
  seeds: () => [prekeyBody()],
  weight: 1,
  run(input) {
    const envelope = parsePrekey(input)
    must(isPublicKey(envelope.identityKey) && isPublicKey(envelope.baseKey), 'a key is no public key')
    must(isDeepStrictEqual(identityOf(input), envelope.identityKey), 'two identities')
    must(
      isDeepStrictEqual(parseWhisper(envelope.message), envelope.whisper),
      'the message in it reads otherwise alone',
    )
    return envelope
  },
}

/** A record with an open and a closed session, as the library writes them. */
function recordText(): string {
  const key = () => arrayBuffer(entropy.bytes(33))
  const session = (closed: number) => {
    const remote = arrayBuffer(publicKey)
    return {
      registrationId: 5,
      currentRatchet: {
        rootKey: key(),
        ephemeralKeyPair: { pubKey: key(), privKey: key() },
        lastRemoteEphemeralKey: remote,
        previousCounter: 0,
      },
      indexInfo: { remoteIdentityKey: key(), closed, baseKey: key(), baseKeyType: 1 },
      pendingPreKey: { baseKey: key(), preKeyId: 2, signedKeyId: 1 },
      oldRatchetList: [{ added: 1_559_390_400_000, ephemeralKey: key() }],
      chains: {
        [Buffer.from(publicKey).toString('base64')]: {
          messageKeys: { 1: key() },
          chainKey: { counter: 2, key: key() },
          chainType: RECEIVING,
        },
      },
    }
  }
  return formatRecord({ a: session(OPEN), b: session(1_559_390_400_000) })
}

const record: Target = {
  name: 'session-record',
  isJson: true,
  about:
    'the stored record of sessions; written, pruned and read it stays the same, and serves to choose a session',
  modules: ['signal-record', 'signal-choice'].map((name) => `/phone-sim/dist/src/${name}.js`),
  codes: ['TETHER_ERR_STORE_DAMAGED'],
  maxBytes: 4_096,
  tokens: words(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    'null',
    '-1',
    '1e12',
    '"__proto__":',
    '"chains":{',
    '"closed":',
    '"messageKeys":{',
    '"sessions":{',
    '"version":"v1"',
    'AAAA',
  ),
  seeds: () => words('{"sessions":{},"version":"v1"}', recordText()),
  weight: 0.5,
  run(input) {
    const sessions = parseRecord(textOf(input))
    const written = formatRecord(sessions)
    must(formatRecord(parseRecord(written)) === written, 'another record after writing it')
    const kept = parseRecord(written)
    prune(kept)
    const pruned = formatRecord(kept)
    prune(kept)
    must(formatRecord(kept) === pruned, 'pruned once more it is another record')
    const closed = Object.values(kept).filter((session) => session && session.indexInfo.closed !== OPEN)
    must(closed.length <= limit('SIGNAL_CLOSED_SESSIONS'), 'too many closed sessions are kept')
    const header = { ratchetKey: publicKey, counter: 3, previousCounter: 2 }
    return { sessions, kept, open: findOpen(kept) !== undefined, chosen: chosenFrom(kept, header) }
  },
}

function chosenFrom(
  ...[sessions, header]: [Parameters<typeof chooseSessions>[0], Parameters<typeof chooseSessions>[1]]
) {
  try {
    return chooseSessions(sessions, header, undefined)
  } catch (error) {
    const code = codeOf(error)
    must(
      code === 'TETHER_ERR_SIGNAL_MESSAGE' || code === 'TETHER_ERR_IDENTITY_CHANGED',
      `${code} while choosing`,
    )
    return code
  }
}

export const signalTargets: readonly Target[] = [whisper, prekey, record]
