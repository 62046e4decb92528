import { TetherError } from 'proto/errors'
import t from 'tap'
import { describeSettings } from 'proto/settings'
import { phonesFolder, readConfig, settings } from '../src/config.ts'

t.test('it has a default for every setting', (t) => {
  t.strictSame(readConfig({}), {
    host: '127.0.0.1',
    port: 8081,
    dataDir: '.tether',
    seed: null,
    logLevel: 'info',
    serverUrl: 'http://127.0.0.1:8080',
    browserUrl: 'http://127.0.0.1:8080',
    vaultPassphrase: null,
    cast: true,
    linkPreviews: false,
    allowedHosts: [],
    receiptDelayMs: 3_000,
    receiptsTo: 'neighbours',
    batteryCosts: { perMinute: 67, perFrame: 20 },
  })
  t.end()
})

t.test('it takes what the environment says', (t) => {
  const config = readConfig({
    TETHER_HOST: '0.0.0.0',
    TETHER_PHONES_PORT: '0',
    TETHER_DATA_DIR: '/var/tether',
    TETHER_SEED: 'autumn',
    TETHER_LOG_LEVEL: 'silent',
    TETHER_SERVER_URL: 'https://relay.example/',
    TETHER_VAULT_PASSPHRASE: 'plum jam',
    TETHER_CAST: 'off',
    TETHER_ALLOWED_HOSTS: 'phones, phones.example,',
  })
  t.match(config, { host: '0.0.0.0', port: 0, seed: 'autumn', logLevel: 'silent', cast: false })
  t.match(config, { serverUrl: 'https://relay.example', vaultPassphrase: 'plum jam' })
  t.strictSame(config.allowedHosts, ['phones', 'phones.example'])
  t.equal(phonesFolder(config), '/var/tether/phones')
  t.equal(phonesFolder(readConfig({ TETHER_DATA_DIR: ':memory:' })), null)
  t.end()
})

const bad: readonly (readonly [name: string, value: string])[] = [
  ['TETHER_PHONES_PORT', '65536'],
  ['TETHER_PHONES_PORT', '-1'],
  ['TETHER_PHONES_PORT', '80.5'],
  ['TETHER_PHONES_PORT', ' '],
  ['TETHER_PHONES_PORT', 'http'],
  ['TETHER_LOG_LEVEL', 'loud'],
  ['TETHER_CAST', 'yes'],
  ['TETHER_RECEIPT_DELAY_MS', '60001'],
  ['TETHER_RECEIPTS_TO', 'friends'],
  ['TETHER_SERVER_URL', 'localhost:8080'],
  ['TETHER_SERVER_URL', 'ftp://localhost'],
]
for (const [name, value] of bad) {
  t.test(`it refuses ${name}=${JSON.stringify(value)} and names the setting`, (t) => {
    t.throws(() => readConfig({ [name]: value }), { code: 'TETHER_ERR_CONFIG', message: new RegExp(name) })
    t.end()
  })
}

t.test('it never repeats a value, which could be a secret in the wrong place', (t) => {
  try {
    readConfig({ TETHER_SERVER_URL: 'plum jam' })
    t.fail('accepted')
  } catch (error) {
    t.ok(error instanceof TetherError)
    t.notMatch((error as Error).message, /plum/)
  }
  t.end()
})

t.test('it lists every setting', (t) => {
  for (const { env } of Object.values(settings)) t.match(describeSettings(settings), env)
  t.end()
})
