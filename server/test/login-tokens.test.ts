import { createHash } from 'node:crypto'
import t from 'tap'
import { seededEntropy } from 'proto/entropy'
import {
  browserTokenOf,
  credentials,
  fitsBrowserToken,
  loginOfBrowserToken,
  newTokens,
} from '../src/login-tokens.ts'

t.test('makes tokens of 32 random bytes that no one token tells another of', async (t) => {
  const entropy = seededEntropy('tokens')
  const [first, second] = [newTokens(entropy), newTokens(entropy)]
  const all = [first, second].flatMap(({ clientToken, serverToken }) => [
    clientToken,
    serverToken.replace('1@', ''),
  ])
  for (const token of all) t.equal(Buffer.from(token, 'base64').length, 32)
  t.equal(new Set(all).size, 4)
})

t.test('finds the login in a browser token, and takes only the token of that very login', async (t) => {
  const login = Buffer.alloc(16, 7).toString('base64url')
  const owner = { login, serverTokenHash: new Uint8Array(32).fill(3) }
  const token = browserTokenOf(owner)
  t.equal(loginOfBrowserToken(token), login)
  t.ok(fitsBrowserToken(token, owner))
  t.notOk(fitsBrowserToken(token, { ...owner, serverTokenHash: new Uint8Array(32).fill(4) }))
  const other = { ...owner, login: Buffer.alloc(16, 8).toString('base64url') }
  t.notOk(fitsBrowserToken(token, other))
  t.notOk(fitsBrowserToken(browserTokenOf(other), owner))
  t.notOk(
    fitsBrowserToken(`${token.slice(0, -4)}${token.at(-4) === 'A' ? 'B' : 'A'}${token.slice(-3)}`, owner),
    'its last character is looked at, too',
  )
})

t.test('sees no login in what is no browser token', async (t) => {
  for (const text of ['', '1@', '1@AAAA', 'AAAA', '1@%%%', `2@${'A'.repeat(43)}=`, `1@${'A'.repeat(64)}`])
    t.equal(loginOfBrowserToken(text), null, text)
})

t.test('hands the store hashes only', async (t) => {
  const hash = (text: string) => new Uint8Array(createHash('sha256').update(text).digest())
  const kept = credentials('client id', { clientToken: 'a', serverToken: 'b' })
  t.equal(kept.clientId, 'client id')
  t.same([...kept.clientTokenHash], [...hash('a')])
  t.same([...kept.serverTokenHash], [...hash('b')])
})
