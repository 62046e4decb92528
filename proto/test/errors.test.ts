import t from 'tap'
import { codeOf, type ErrorCode, errors, TetherError } from '../src/errors.ts'

const rows: [string, { fault: string; about: string; status?: number; close?: number }][] =
  Object.entries(errors)

t.test('it names every code in one way and says what it means, each differently', (t) => {
  for (const [code, { about }] of rows) {
    t.match(code, /^TETHER_ERR(_[A-Z]+[0-9]*)+$/)
    t.match(about, /^[^A-Z\s].{4,160}$/, code)
    t.notMatch(about, /\.$/, code)
  }
  t.equal(new Set(rows.map(([, { about }]) => about)).size, rows.length)
  t.end()
})

t.test('it gives only statuses and close codes that the protocols allow', (t) => {
  for (const [code, { fault, status, close }] of rows) {
    if (status !== undefined)
      t.ok(fault === 'local' ? status >= 500 : status >= 400 && status < 600, `${code} status`)
    if (close !== undefined)
      t.ok(
        [1001, 1008, 1009, 1011, 1012, 1013].includes(close) || (close >= 4000 && close < 5000),
        `${code} close`,
      )
  }
  t.end()
})

t.test('it carries code, meaning, detail and cause', (t) => {
  const cause = new Error('deep')
  const error = new TetherError('TETHER_ERR_QR', 'two parts', { cause })
  t.equal(error.code, 'TETHER_ERR_QR')
  t.equal(error.message, `${errors.TETHER_ERR_QR.about}: two parts`)
  t.equal(new TetherError('TETHER_ERR_QR').message, errors.TETHER_ERR_QR.about)
  t.equal(error.cause, cause)
  t.equal(error.row, errors.TETHER_ERR_QR)
  t.end()
})

t.test('it takes whatever is not ours for an internal error', (t) => {
  t.equal(codeOf(new TetherError('TETHER_ERR_JID')), 'TETHER_ERR_JID')
  const internal: ErrorCode = 'TETHER_ERR_INTERNAL'
  for (const thrown of [new Error('x'), 'text', null, undefined, { code: 'TETHER_ERR_JID' }])
    t.equal(codeOf(thrown), internal)
  t.end()
})
