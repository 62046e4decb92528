import t from 'tap'
import { limit } from 'proto/limits'
import { MediaAuth } from '../src/media-auth.ts'

const noon = 1_600_000_000_000
const auth = new MediaAuth(new Uint8Array(32).fill(1))

t.test('it names the number for as long as clients keep the right, and a minute more', async (t) => {
  const token = auth.grant('15550001111', noon)
  const end = noon + limit('MEDIA_AUTH_MS') + 60_000
  t.equal(auth.check(token, noon), '15550001111')
  t.equal(auth.check(token, end), '15550001111')
  t.equal(auth.check(token, end + 1), null)
  t.match(token, /^[A-Za-z0-9._-]{60,90}$/, 'nothing in it needs escaping')
})

t.test('it refuses what another server granted, what was changed and what is no token', async (t) => {
  const token = auth.grant('15550001111', noon)
  t.equal(new MediaAuth(new Uint8Array(32).fill(2)).check(token, noon), null)
  for (let at = 0; at < token.length; at++) {
    const other = token[at] === '1' ? '2' : '1'
    const changed = token.slice(0, at) + other + token.slice(at + 1)
    if (auth.check(changed, noon) !== null) t.same(changed, token, `place ${at}`)
  }
  for (const text of [
    '',
    '.',
    'x'.repeat(200),
    `${token}=`,
    ` ${token}`,
    token.slice(0, -1),
    '15550001111..',
  ])
    t.equal(auth.check(text, noon), null, text)
})

t.test('it is the same right after a restart with the same seed', async (t) => {
  t.equal(new MediaAuth(new Uint8Array(32).fill(1)).grant('1', noon), auth.grant('1', noon))
})
