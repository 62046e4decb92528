import { TetherError } from 'proto/errors'
import t from 'tap'
import { refusalOf } from '../src/refusals.ts'

t.test('it gives a coded error the status of its row, else by whose fault it is', (t) => {
  t.match(refusalOf(new TetherError('TETHER_ERR_REF_USED')), {
    status: 409,
    body: { code: 'TETHER_ERR_REF_USED' },
  })
  t.match(refusalOf(new TetherError('TETHER_ERR_QR')), { status: 400, body: { code: 'TETHER_ERR_QR' } })
  t.match(refusalOf(new TetherError('TETHER_ERR_VAULT')), { status: 500, body: { code: 'TETHER_ERR_VAULT' } })
  t.end()
})

t.test('it tells nothing of an error that is not ours', (t) => {
  for (const error of [
    new Error('the key is 1234'),
    Object.assign(new Error('1234'), { statusCode: 503 }),
    '1234',
  ]) {
    const { status, body } = refusalOf(error)
    t.equal(status, 500)
    t.strictSame(body, { code: 'TETHER_ERR_INTERNAL', message: 'an error of this program' })
  }
  t.end()
})
