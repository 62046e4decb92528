import t from 'tap'
import { describeSettings } from 'proto/settings'
import { databasePath, readConfig, settings } from '../src/config.ts'

t.test('has a default for every setting, on loopback', async (t) => {
  const config = readConfig({})
  t.match(config, { host: '127.0.0.1', port: 8080, challenge: 'never', refTtlMs: 20_000, smsCodeDigits: 6 })
  t.equal(config.seed, null)
  t.ok(Object.isFrozen(config))
})

t.test('reads every setting from the environment', async (t) => {
  const config = readConfig({
    TETHER_HOST: '0.0.0.0',
    TETHER_SERVER_PORT: '0',
    TETHER_DATA_DIR: ':memory:',
    TETHER_SEED: 'seed',
    TETHER_CHALLENGE: 'always',
    TETHER_SMS_DIGITS: '4',
    TETHER_MAIL_RATES: 'off',
    TETHER_ADDRESS_SOCKETS: 'everywhere',
    TETHER_ALLOWED_HOSTS: 'tether.test, other.test',
    TETHER_ALLOWED_ORIGINS: '',
    TETHER_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8,fd00::/8',
    TETHER_LEGACY_TLS_PORT: '0',
    TETHER_LEGACY_PROXY_PORT: '1',
  })
  t.match(config, {
    host: '0.0.0.0',
    port: 0,
    seed: 'seed',
    challenge: 'always',
    smsCodeDigits: 4,
    mailRates: false,
    addressSockets: 'everywhere',
  })
  t.same(config.allowedHosts, ['tether.test', 'other.test'])
  t.same(config.allowedOrigins, [])
  t.same(config.trustedProxies, ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'])
  t.match(config, { legacyTlsPort: 0, legacyProxyPort: 1 })
  t.equal(databasePath(config), ':memory:')
})

t.test('challenges never, when needed or always', async (t) => {
  for (const challenge of ['never', 'when-needed', 'always'])
    t.equal(readConfig({ TETHER_CHALLENGE: challenge }).challenge, challenge)
})

t.test('refuses what makes no sense, naming the setting', async (t) => {
  const bad: Record<string, string[]> = {
    TETHER_SERVER_PORT: ['-1', '65536', '1.5', 'http', ''],
    TETHER_LEGACY_TLS_PORT: ['65536'],
    TETHER_LEGACY_PROXY_PORT: ['-1'],
    TETHER_CHALLENGE: ['sometimes'],
    TETHER_ADDRESS_SOCKETS: ['on'],
    TETHER_SMS_DIGITS: ['3', '9'],
    TETHER_REF_TTL_MS: ['0'],
    TETHER_LOG_LEVEL: ['loud'],
    TETHER_TRUSTED_PROXIES: ['proxy', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '::1/129', '10.0.0'],
  }
  for (const [name, values] of Object.entries(bad)) {
    for (const value of values) {
      if (value === '') continue
      t.throws(
        () => readConfig({ [name]: value }),
        { code: 'TETHER_ERR_CONFIG', message: new RegExp(name) },
        value,
      )
    }
  }
})

t.test('lists every setting in --help', async (t) => {
  const text = describeSettings(settings)
  for (const { env } of Object.values(settings)) t.match(text, env)
})
