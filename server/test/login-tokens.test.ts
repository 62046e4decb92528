import { createHash } from 'node:crypto'
import t from 'tap'
import { seededEntropy } from 'proto/entropy'
import { credentials, newTokens, withBrowserToken } from '../src/login-tokens.ts'

t.test('makes tokens of 32 random bytes that no one token tells another of', async (t) => {
  const entropy = seededEntropy('tokens')
  const [first, second] = [newTokens(entropy), newTokens(entropy)]
  const all = [first, second].flatMap(({ clientToken, serverToken, browserToken }) => [
    clientToken,
    serverToken.replace('1@', ''),
    browserToken.replace('1@', ''),
  ])
  for (const token of all) t.equal(Buffer.from(token, 'base64').length, 32)
  t.equal(new Set(all).size, 6)
})

t.test('gives a resuming browser the browser token of its pairing', async (t) => {
  const tokens = newTokens(seededEntropy('tokens'))
  t.same(withBrowserToken({ clientToken: tokens.clientToken, serverToken: tokens.serverToken }), tokens)
})

t.test('hands the store hashes only', async (t) => {
  const hash = (text: string) => new Uint8Array(createHash('sha256').update(text).digest())
  const kept = credentials('client id', { clientToken: 'a', serverToken: 'b' })
  t.equal(kept.clientId, 'client id')
  t.same([...kept.clientTokenHash], [...hash('a')])
  t.same([...kept.serverTokenHash], [...hash('b')])
})
