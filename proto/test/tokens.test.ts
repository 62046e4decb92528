import t from 'tap'
import { byteOfToken, LONGEST_TOKEN, tokenOfByte } from '../src/tokens.ts'

t.test('it has 173 words, the bytes 3 to 175', async (t) => {
  t.equal(byteOfToken.size, 173)
  t.equal(tokenOfByte.length, 176)
  t.strictSame(tokenOfByte.slice(0, 4), [undefined, undefined, undefined, '200'])
  t.equal(tokenOfByte[175], 'recent')
})

t.test('it finds each byte by its word and each word by its byte', async (t) => {
  for (const [word, byte] of byteOfToken) t.equal(tokenOfByte[byte], word)
  t.equal(byteOfToken.get('s.whatsapp.net'), 80)
  t.equal(byteOfToken.get('c.us'), undefined)
  t.equal(byteOfToken.get('constructor'), undefined)
  t.equal(LONGEST_TOKEN, Math.max(...[...byteOfToken.keys()].map((word) => word.length)))
})
