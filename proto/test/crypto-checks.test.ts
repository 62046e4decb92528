import t from 'tap'
import { assertLength, isZero } from '../src/crypto-checks.ts'
import { type TetherError } from '../src/errors.ts'

t.test('it names the part and the lengths, never the bytes', async (t) => {
  assertLength(new Uint8Array(32), 32, 'key')
  try {
    assertLength(Uint8Array.of(222, 173), 32, 'MAC key')
    t.fail('accepted')
  } catch (error) {
    t.equal((error as TetherError).code, 'TETHER_ERR_KEY_LENGTH')
    t.match((error as TetherError).message, /MAC key of 2 bytes, expected 32$/)
    t.notMatch((error as TetherError).message, /222|173|dead/i)
  }
})

t.test('it sees any bit that is set', async (t) => {
  t.equal(isZero(new Uint8Array(32)), true)
  for (let at = 0; at < 32; at++) {
    const bytes = new Uint8Array(32)
    bytes[at] = 1 << (at % 8)
    t.equal(isZero(bytes), false)
  }
})
