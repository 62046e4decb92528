import t from 'tap'
import { goodJson, refusal } from '../src/refusal.ts'
import { node } from './scripted-phone.ts'

t.test('a status has its code, and one that nobody expects says that the answer is bent', async (t) => {
  const expected = { 401: 'GROUP_MEMBER', 403: 'CONSENT_DENIED', 404: 'NOT_FOUND', 413: 'TOO_LARGE' }
  for (const [status, code] of Object.entries(expected))
    t.match(refusal(Number(status)), { code: `TETHER_ERR_${code}` })
  t.match(refusal(429), { code: 'TETHER_ERR_LIMIT' })
  t.match(refusal(503), { code: 'TETHER_ERR_PHONE_AWAY' })
  for (const status of [null, 200, 418]) t.match(refusal(status), { code: 'TETHER_ERR_BODY' })
  t.match(refusal(404, { 404: 'TETHER_ERR_GROUP_UNKNOWN' }), { code: 'TETHER_ERR_GROUP_UNKNOWN' })
})

t.test('a good answer gives its JSON, and no other does', async (t) => {
  t.same(goodJson({ json: { status: 200, a: 1 }, status: 200 }), { status: 200, a: 1 })
  t.throws(() => goodJson({ json: {}, status: null }), { code: 'TETHER_ERR_BODY' })
  t.throws(() => goodJson({ json: {}, status: 404 }), { code: 'TETHER_ERR_NOT_FOUND' })
  t.throws(() => goodJson({ node: node('response') }), { code: 'TETHER_ERR_BODY' })
})
