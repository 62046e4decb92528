import { Writable } from 'node:stream'
import { pino } from 'pino'
import t from 'tap'
import { REDACTED } from '../src/redaction.ts'

const MARK = 'do-not-log-me'

/** What a logger with these settings writes for `fields`. */
function written(fields: object): string {
  let text = ''
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString()
      done()
    },
  })
  pino({ redact: REDACTED }, sink).info(fields, 'event')
  return text
}

const names = [...new Set(REDACTED.map((path) => path.replace(/^(\*\.)*/, '')))]

t.test('keeps every secret name out of a log line, at three depths', async (t) => {
  t.ok(names.length > 10)
  for (const name of names) {
    for (const fields of [{ [name]: MARK }, { a: { [name]: MARK } }, { a: { b: { [name]: MARK } } }]) {
      const line = written(fields)
      t.notMatch(line, MARK, JSON.stringify(fields))
      t.match(line, '[Redacted]')
    }
  }
})

t.test('covers what pairing, resume, registration and relaying hold, whole objects included', async (t) => {
  for (const name of [
    'secret',
    'clientToken',
    'serverToken',
    'browserToken',
    'smsCode',
    'identityKey',
    'body',
    'frame',
  ])
    t.ok(names.includes(name), name)
  const conn = {
    conn: { clientToken: MARK, serverToken: MARK, browserToken: MARK, secret: MARK, battery: 77 },
  }
  t.match(written(conn), /"battery":77/)
  t.notMatch(written(conn), MARK)
  t.notMatch(written({ req: { headers: { authorization: MARK, cookie: MARK } } }), MARK)
})

t.test('leaves what may be read', async (t) => {
  t.match(written({ code: 'TETHER_ERR_BODY', connection: 7 }), /"code":"TETHER_ERR_BODY","connection":7/)
})
