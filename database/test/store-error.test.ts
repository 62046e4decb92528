import { codeOf, TetherError } from 'proto/errors'
import t from 'tap'
import { isDiskFailure, storeError } from '../src/store-error.ts'

const failure = (rawCode: number): Error => Object.assign(new Error('from SQLite'), { rawCode })

t.test('it gives the code of ours, for extended result codes too', async (t) => {
  const rows = [
    [5, 'TETHER_ERR_STORE_LOCKED'],
    [5 | (2 << 8), 'TETHER_ERR_STORE_LOCKED'],
    [8, 'TETHER_ERR_STORE_WRITE'],
    [10 | (4 << 8), 'TETHER_ERR_STORE_WRITE'],
    [13, 'TETHER_ERR_STORE_WRITE'],
    [11, 'TETHER_ERR_STORE_DAMAGED'],
    [26, 'TETHER_ERR_STORE_DAMAGED'],
  ] as const
  for (const [rawCode, code] of rows) {
    const cause = failure(rawCode)
    const error = storeError(cause)
    t.equal(codeOf(error), code)
    t.equal((error as Error).cause, cause)
  }
})

t.test('it leaves bugs and our own errors as they are', async (t) => {
  for (const error of [failure(1), failure(19), new TypeError('x'), new TetherError('TETHER_ERR_LIMIT')]) {
    t.equal(storeError(error), error)
  }
})

t.test('it tells a failing disk from a full one', async (t) => {
  t.ok(isDiskFailure(storeError(failure(10 | (4 << 8)))))
  t.notOk(isDiskFailure(storeError(failure(13))))
  t.notOk(isDiskFailure(new TypeError('x')))
})
