/** Refs in large (research P3): a million without a pair, and a hundred thousand guesses at the relay. */
import { formatBase64 } from 'proto/base64'
import { systemEntropy } from 'proto/system'
import { limit } from 'proto/limits'
import t from 'tap'
import { Pairing } from '../src/pairing.ts'
import { ManualClock, settled } from '../test/manual-clock.ts'
import { createWorld, INIT, refOf } from '../test/world.ts'

const REFS = 1_000_000
const GUESSES = 100_000
const AT_ONCE = 500
const REF_BYTES = 24

t.test(`no two of ${REFS} refs are the same`, async (t) => {
  const refs = new Pairing(new ManualClock(), systemEntropy, 20_000)
  const seen = new Set<string>()
  for (let connection = 1; connection <= REFS; connection++) {
    seen.add(refs.issue(connection, 'client').ref)
    refs.expire(connection)
  }
  t.equal(seen.size, REFS)
})

t.test(
  `none of ${GUESSES} guesses of a phone hits one of 1,000 codes, nearly all are not even looked up`,
  async (t) => {
    const world = await createWorld({ TETHER_REF_TTL_MS: '600000' }) // the codes outlive the guesses
    const phone = await (await world.phone('15550001111')).attach()
    const clientId = formatBase64(new Uint8Array(16))
    const refs: string[] = []
    for (let n = 0; n < 1_000; n++) {
      const browser = world.browser()
      await browser.say(INIT.replace(/"[A-Za-z0-9+/=]{24}"/, `"${clientId}"`))
      refs.push(refOf(browser))
    }
    phone.link.take()
    const answers = { hit: 0, unknown: 0, limited: 0 }
    for (let guess = 0; guess < GUESSES; guess += AT_ONCE) {
      for (let id = guess + 1; id <= guess + AT_ONCE; id++) {
        const ref = `1@${formatBase64(systemEntropy.bytes(REF_BYTES))}`
        void phone.link.say(JSON.stringify({ type: 'lookRef', id, ref, clientId }))
      }
      await settled()
      await settled()
      await world.clock.pass(2_000)
      for (const text of phone.link.take()) {
        const { type, error } = JSON.parse(text) as { type: string; error?: { code: string } }
        if (type !== 'reply') continue
        if (error === undefined) answers.hit++
        else if (error.code === 'TETHER_ERR_LIMIT') answers.limited++
        else if (error.code === 'TETHER_ERR_REF_UNKNOWN') answers.unknown++
      }
    }
    t.equal(answers.hit, 0)
    t.equal(answers.unknown + answers.limited, GUESSES, 'each is answered')
    const minutes = (GUESSES / AT_ONCE) * (2_000 / 60_000)
    const most = limit('REF_LOOKUPS_PER_MINUTE') * (minutes + 1)
    t.ok(
      answers.unknown <= most,
      `${answers.unknown} looked up in ${minutes.toFixed(1)} minutes, at most ${most}`,
    )
    t.equal(world.server.counters.value('limits', 'REF_LOOKUPS_PER_MINUTE'), answers.limited)
    t.comment(JSON.stringify(answers))
    await world.clock.pass(60_000 / limit('REF_LOOKUPS_PER_MINUTE'))
    t.match(
      await phone.ask({ type: 'lookRef', ref: refs[0], clientId }),
      { ok: { address: String } },
      'the codes are there still',
    )
    await world.server.close()
  },
)
