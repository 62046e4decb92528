import t from 'tap'
import { assertAnswered, consentOf, formatPrompt, isLive, mayWrite, storedConsent } from '../src/consent.ts'
import type { RequesterView } from '../src/phone-views.ts'

const requester: RequesterView = {
  browser: ['Firefox', 'Linux', '1'],
  version: [0],
  address: '10.0.0.9',
  userAgent: 'UA',
  connectedAt: 5,
  program: 'Linux',
  system: 'Firefox',
  addressKind: 'local',
  sameNetwork: false,
}

t.test('it records who asked, what was shown and what was allowed', async (t) => {
  const consent = consentOf({ grant: true, scope: 'read', expiresInMs: 100 }, requester, 1000)
  t.match(consent, { scope: 'read', at: 1000, expiresAt: 1100, requester, prompt: /^[0-9a-f]{64}$/ })
  t.not(consent.prompt, consentOf({ grant: true }, { ...requester, address: '10.0.0.10' }, 1000).prompt)
  for (const shown of ['Firefox', '10.0.0.9', 'UA']) t.match(formatPrompt(requester), shown)
})

t.test('it keeps that the browser was in another network, also of older records', async (t) => {
  const near = { ...requester, sameNetwork: true }
  t.equal(consentOf({ grant: true }, requester, 1).networkDiffers, true)
  t.equal(consentOf({ grant: true }, near, 1).networkDiffers, false)
  const { networkDiffers: _new, ...older } = consentOf({ grant: true }, requester, 1)
  t.equal(storedConsent(older).networkDiffers, true)
})

t.test('it wants another network confirmed by whoever is asked', async (t) => {
  const unconfirmed = { code: 'TETHER_ERR_CONSENT_NETWORK' }
  t.throws(() => assertAnswered({ grant: true }, requester, 1), unconfirmed)
  t.throws(() => assertAnswered({ grant: true, otherNetwork: false }, requester, 1), unconfirmed)
  assertAnswered({ grant: true, otherNetwork: true }, requester, 1)
  assertAnswered({ grant: true }, { ...requester, sameNetwork: true }, 1)
  assertAnswered({ grant: false }, requester, 1)
})

t.test('it ends at the very millisecond', async (t) => {
  const consent = consentOf({ grant: true, expiresInMs: 100 }, requester, 1000)
  t.ok(isLive(consent, 1099))
  t.notOk(isLive(consent, 1100))
  t.ok(isLive(consentOf({ grant: true }, requester, 1000), Number.MAX_SAFE_INTEGER))
})

t.test('it tells reading from writing, and refusal from nonsense', async (t) => {
  t.ok(mayWrite(consentOf({ grant: true }, requester, 1)))
  t.notOk(mayWrite(consentOf({ grant: true, scope: 'read' }, requester, 1)))
  t.throws(() => consentOf({ grant: false }, requester, 1), { code: 'TETHER_ERR_CONSENT_DENIED' })
  for (const scope of ['', 'FULL', 'constructor']) {
    t.throws(() => consentOf({ grant: true, scope }, requester, 1), { code: 'TETHER_ERR_BODY' })
  }
})
