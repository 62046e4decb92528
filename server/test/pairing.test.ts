import t from 'tap'
import { formatBase64, parseBase64 } from 'proto/base64'
import { seededEntropy } from 'proto/entropy'
import { codeOf } from 'proto/errors'
import { limit } from 'proto/limits'
import { Pairing } from '../src/pairing.ts'
import { ManualClock } from './manual-clock.ts'

const TTL = 20_000
const REF_PREFIX = '1@'

function pairing(): { clock: ManualClock; pairing: Pairing } {
  const clock = new ManualClock()
  return { clock, pairing: new Pairing(clock, seededEntropy('pairing'), TTL) }
}

t.test('issues a ref without a comma, and the same one when asked again', async (t) => {
  const { pairing: refs, clock } = pairing()
  const first = refs.issue(1, 'client')
  t.equal(first.ttl, TTL)
  t.notMatch(first.ref, /,/)
  await clock.pass(5_000)
  t.same(refs.issue(1, 'client'), { ref: first.ref, ttl: TTL - 5_000 })
})

t.test('claims a ref once; the second scan is told that it was used', async (t) => {
  const { pairing: refs } = pairing()
  const { ref } = refs.issue(1, 'client')
  t.equal(refs.claim(ref, 'client'), 1)
  t.throws(() => refs.claim(ref, 'client'), { code: 'TETHER_ERR_REF_USED' })
})

t.test('knows neither a ref it did not issue nor one with another client id', async (t) => {
  const { pairing: refs } = pairing()
  const { ref } = refs.issue(1, 'client')
  t.throws(() => refs.claim('1@guess', 'client'), { code: 'TETHER_ERR_REF_UNKNOWN' })
  t.throws(() => refs.claim(ref, 'other'), { code: 'TETHER_ERR_REF_UNKNOWN' })
  t.equal(refs.claim(ref, 'client'), 1, 'a wrong scan does not burn the ref')
})

t.test('keeps the previous ref claimable for one more period, and not the one before', async (t) => {
  const { pairing: refs, clock } = pairing()
  const first = refs.issue(1, 'client').ref
  await clock.pass(TTL)
  const second = refs.reissue(1, 'client')
  t.equal(second.status, 200)
  t.equal(refs.look(first, 'client'), 1)
  await clock.pass(TTL)
  refs.reissue(1, 'client')
  t.throws(() => refs.look(first, 'client'), { code: 'TETHER_ERR_REF_UNKNOWN' })
})

t.test('lets a ref be claimed at the last instant of its grace, and not later', async (t) => {
  const { pairing: refs, clock } = pairing()
  const { ref } = refs.issue(1, 'client')
  await clock.pass(TTL + limit('REF_GRACE_MS'))
  t.equal(refs.look(ref, 'client'), 1)
  await clock.pass(1)
  t.throws(() => refs.look(ref, 'client'), { code: 'TETHER_ERR_REF_UNKNOWN' })
})

t.test('answers 304 when asked early, and the old ref lives a whole period from then', async (t) => {
  const { pairing: refs, clock } = pairing()
  const { ref } = refs.issue(1, 'client')
  await clock.pass(TTL / 2 - 1)
  t.same(refs.reissue(1, 'client'), { status: 304, ttl: TTL })
  await clock.pass(TTL)
  t.equal(refs.look(ref, 'client'), 1)
  t.equal(refs.current(1), ref)
})

t.test('answers 429 after REFS_PER_CONNECTION refs', async (t) => {
  const { pairing: refs, clock } = pairing()
  refs.issue(1, 'client')
  for (let renewals = 1; renewals < limit('REFS_PER_CONNECTION'); renewals++) {
    await clock.pass(TTL)
    t.equal(refs.reissue(1, 'client').status, 200)
  }
  await clock.pass(TTL)
  t.same(refs.reissue(1, 'client'), { status: 429 })
})

t.test('forgets the refs of a connection that has ended', async (t) => {
  const { pairing: refs } = pairing()
  const { ref } = refs.issue(1, 'client')
  t.equal(refs.shows(1), true)
  refs.expire(1)
  t.equal(refs.shows(1), false)
  t.throws(() => refs.claim(ref, 'client'), { code: 'TETHER_ERR_REF_UNKNOWN' })
})

t.test('never issues a ref twice in 20 000', async (t) => {
  const { pairing: refs } = pairing()
  const seen = new Set<string>()
  for (let connection = 1; connection <= 20_000; connection++) seen.add(refs.issue(connection, 'client').ref)
  t.equal(seen.size, 20_000)
})

t.test('knows none of 100,000 guesses while a thousand refs are shown', async (t) => {
  const { pairing: refs } = pairing()
  const entropy = seededEntropy('guesses')
  const shown: string[] = []
  for (let connection = 1; connection <= 1_000; connection++) shown.push(refs.issue(connection, 'client').ref)
  const secretBytes = parseBase64(shown[0].slice(REF_PREFIX.length)).length
  t.equal(secretBytes, 24)
  let hits = 0
  for (let guess = 0; guess < 100_000; guess++) {
    const at = REF_PREFIX.length + (guess % (shown[0].length - REF_PREFIX.length))
    const ref =
      guess % 2 === 0
        ? `${REF_PREFIX}${formatBase64(entropy.bytes(secretBytes))}`
        : changed(shown[guess % 1_000], at)
    try {
      refs.look(ref, 'client')
      hits++
    } catch (error) {
      if (codeOf(error) !== 'TETHER_ERR_REF_UNKNOWN') throw error
    }
  }
  t.equal(hits, 0)
  t.equal(refs.look(shown[999], 'client'), 1_000, 'those that are shown are known')
})

/** A ref with one character exchanged for another of base64. */
function changed(ref: string, at: number): string {
  return `${ref.slice(0, at)}${ref[at] === 'A' ? 'B' : 'A'}${ref.slice(at + 1)}`
}
