import t from 'tap'
import { seededEntropy } from 'proto/entropy'
import { limits } from 'proto/limits'
import { identityOf, parsePrekey, parseWhisper } from '../src/signal-envelope.ts'
import { conversation, party } from './signal-party.ts'

const refused = { code: 'TETHER_ERR_SIGNAL_MESSAGE' }

/** A message in a session, and a first message, as the adapter writes them. */
async function samples(): Promise<{ whisper: Uint8Array; prekey: Uint8Array; identityKey: Uint8Array }> {
  const [alice, bob] = await conversation()
  const { body: whisper } = await alice.encrypt(bob, 'hello')
  const carol = party('carol')
  await carol.start(bob)
  const { body: prekey } = await carol.encrypt(bob, 'hello')
  return { whisper, prekey, identityKey: carol.identity.publicKey }
}

t.test('it reads the header of a message', async (t) => {
  const { whisper } = await samples()
  const { ratchetKey, counter, previousCounter } = parseWhisper(whisper)
  t.equal(ratchetKey.length, 33)
  t.same([counter, previousCounter], [0, 0])
})

t.test('it reads the header of a first message, and of the message inside', async (t) => {
  const { prekey, identityKey } = await samples()
  const envelope = parsePrekey(prekey)
  t.same(envelope.identityKey, identityKey)
  t.same(identityOf(prekey), identityKey)
  t.same([envelope.prekeyId, envelope.signedPrekeyId], [2, 1])
  t.equal(envelope.whisper.counter, 0)
})

t.test('it refuses every length but the right one', async (t) => {
  const { whisper, prekey } = await samples()
  for (let length = 0; length < whisper.length; length++) {
    // from the outside, a message shorter by whole blocks is a message; its MAC will tell
    if (length > 44 && (whisper.length - length) % 16 === 0) continue
    t.throws(() => parseWhisper(whisper.subarray(0, length)), refused)
  }
  for (let length = 0; length < prekey.length; length++) {
    t.throws(() => parsePrekey(prekey.subarray(0, length)), refused)
  }
  t.throws(() => parseWhisper(new Uint8Array(limits.MAIL_BYTES.value + 1).fill(0x33)), refused)
})

t.test('it refuses fields that are unknown, missing, repeated or not in their shortest form', async (t) => {
  const { whisper } = await samples()
  const [version, inner, mac] = [whisper.subarray(0, 1), whisper.subarray(1, -8), whisper.subarray(-8)]
  const withFields = (...parts: (Uint8Array | number[])[]): Uint8Array =>
    new Uint8Array([...version, ...parts.flatMap((part) => [...part]), ...mac])
  const key = inner.subarray(0, 35)
  const rest = inner.subarray(35)
  parseWhisper(withFields(key, rest))
  parseWhisper(withFields(rest, key)) // the order is free in this encoding
  // prettier-ignore
  const bad = {
    'an unknown field':         withFields(inner, [0x28, 1]),
    'a repeated field':         withFields(inner, key),
    'a missing field':          withFields(rest),
    'a number of another type': withFields(key, [0x12, 0], rest.subarray(2)),
    'a padded number':          withFields(key, [0x10, 0x80, 0x00], rest.subarray(2)),
    'a number beyond 32 bits':  withFields(key, [0x10, 0xff, 0xff, 0xff, 0xff, 0x1f], rest.subarray(2)),
    'an endless number':        withFields(key, [0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], rest.subarray(2)),
    'a length beyond the end':  withFields(inner.subarray(0, 1), [0x7f], inner.subarray(2)),
  }
  for (const [name, body] of Object.entries(bad)) t.throws(() => parseWhisper(body), refused, name)
})

t.test('it survives arbitrary bytes', (t) => {
  const entropy = seededEntropy('noise')
  for (let i = 0; i < 5_000; i++) {
    const noise = entropy.bytes(1 + (entropy.bytes(1)[0] % 120))
    noise[0] = 0x33
    for (const parse of [parseWhisper, parsePrekey]) {
      try {
        parse(noise)
      } catch (error) {
        if ((error as { code?: string }).code !== refused.code) t.fail(String(error))
      }
    }
  }
  t.pass('nothing but refusals')
  t.end()
})
