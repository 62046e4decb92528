import t from 'tap'
import { formatBase64, parseBase64 } from '../src/base64.ts'
import { answerChallenge, challengeMac, checkChallenge, fitsChallenge } from '../src/challenge.ts'
import { seededEntropy } from '../src/entropy.ts'
import { limit } from '../src/limits.ts'
import { codeFrom, fromHex, loadVectors } from './vectors.ts'

for (const { id, macKey, challenge, answer } of loadVectors('challenge')) {
  t.test(`it computes vector ${id}, and answers it only if it may`, async (t) => {
    const [key, bytes] = [fromHex(macKey), parseBase64(challenge)]
    t.equal(formatBase64(challengeMac(key, bytes)), answer)
    t.equal(checkChallenge(key, bytes, parseBase64(answer)), true)
    if (fitsChallenge(bytes)) t.equal(formatBase64(answerChallenge(key, bytes)), answer)
    else
      t.equal(
        codeFrom(() => answerChallenge(key, bytes)),
        'TETHER_ERR_CHALLENGE_SHAPE',
      )
  })
}

t.test('it answers lengths from 20 to 64 that are not whole blocks, of all lengths to 256', async (t) => {
  const answered: number[] = []
  for (let length = 0; length <= 256; length++) {
    const code = codeFrom(() => answerChallenge(new Uint8Array(32), new Uint8Array(length)))
    if (code === 'no error') answered.push(length)
    else t.equal(code, 'TETHER_ERR_CHALLENGE_SHAPE')
  }
  const range = Array.from({ length: 45 }, (_, index) => index + 20)
  t.strictSame(
    answered,
    range.filter((length) => ![32, 48, 64].includes(length)),
  )
  t.ok(answered.includes(limit('CHALLENGE_BYTES')), 'what our server sends')
})

t.test('it refuses a wrong answer, bit by bit, and answers of other lengths', async (t) => {
  const entropy = seededEntropy('challenge')
  const [key, challenge] = [entropy.bytes(32), entropy.bytes(20)]
  const answer = answerChallenge(key, challenge)
  t.equal(checkChallenge(key, challenge, answer), true)
  for (let bit = 0; bit < 256; bit++) {
    const wrong = answer.slice()
    wrong[bit >> 3] ^= 1 << (bit & 7)
    t.equal(checkChallenge(key, challenge, wrong), false)
  }
  t.equal(checkChallenge(key, challenge, answer.subarray(1)), false)
  t.equal(checkChallenge(entropy.bytes(32), challenge, answer), false)
})
