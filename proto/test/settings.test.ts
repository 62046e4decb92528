import t from 'tap'
import { describeSettings, listenError, LOG_LEVELS, settingsReader, sharedSettings } from '../src/settings.ts'

const settings = {
  ...sharedSettings,
  port: { env: 'TETHER_PORT', fallback: '80', about: 'port' },
  hidden: { env: 'TETHER_HIDDEN', fallback: '', about: 'a secret' },
}

t.test('gives fallbacks where the environment is silent', async (t) => {
  const read = settingsReader(settings, {})
  t.equal(read.text('host'), '127.0.0.1')
  t.equal(read.whole('port', 0, 100), 80)
  t.equal(read.optional('hidden'), null)
  t.equal(read.oneOf('logLevel', LOG_LEVELS), 'info')
  t.same(read.list('allowedHosts'), [])
})

t.test('reads what the environment says', async (t) => {
  const env = {
    TETHER_PORT: '100',
    TETHER_HIDDEN: 'x',
    TETHER_LOG_LEVEL: 'trace',
    TETHER_ALLOWED_HOSTS: 'a, b,,',
  }
  const read = settingsReader(settings, env)
  t.equal(read.whole('port', 0, 100), 100)
  t.equal(read.optional('hidden'), 'x')
  t.equal(read.oneOf('logLevel', LOG_LEVELS), 'trace')
  t.same(read.list('allowedHosts'), ['a', 'b'])
})

t.test('refuses with the name of the variable and what it should be, never its value', async (t) => {
  for (const value of ['', ' ', '-1', '101', '1.5', 'http', '0x1g', 'NaN']) {
    const read = settingsReader(settings, { TETHER_PORT: value, TETHER_LOG_LEVEL: `loud ${value}` })
    const refused = {
      code: 'TETHER_ERR_CONFIG',
      message: /TETHER_PORT must be a whole number from 0 to 100$/,
    }
    t.throws(() => read.whole('port', 0, 100), refused, `'${value}'`)
    t.throws(() => read.oneOf('logLevel', LOG_LEVELS), {
      message: /TETHER_LOG_LEVEL must be one of trace, .*silent$/,
    })
  }
})

t.test('says in words that a port is taken, and leaves other failures as they are', async (t) => {
  const taken = Object.assign(new Error('listen EADDRINUSE: 127.0.0.1:80'), { code: 'EADDRINUSE' })
  t.match(listenError(taken, settings.port), {
    code: 'TETHER_ERR_PORT',
    message: /127\.0\.0\.1:80; TETHER_PORT chooses/,
  })
  const other = new Error('no')
  t.equal(listenError(other, settings.port), other)
})

t.test('describes every setting in a line', async (t) => {
  const lines = describeSettings(settings).split('\n')
  t.equal(lines.length, Object.keys(settings).length)
  t.match(
    lines.find((line) => line.includes('TETHER_PORT')),
    /port \(80\)$/,
  )
  t.match(
    lines.find((line) => line.includes('TETHER_HIDDEN')),
    /a secret$/,
  )
})
