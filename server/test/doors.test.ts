import t from 'tap'
import { LEGACY_ORIGIN, readConfig } from '../src/config.ts'
import { assertHttpDoor, assertMediaDoor, assertPhoneDoor, assertSocketDoor } from '../src/doors.ts'
import { LEGACY_NAMES } from '../src/legacy-names.ts'

const config = readConfig({ TETHER_ALLOWED_HOSTS: 'tether.example' })
const HOST = { code: 'TETHER_ERR_HOST' }
const ORIGIN = { code: 'TETHER_ERR_ORIGIN' }

t.test('lets programs and its own pages through the HTTP doors, under its own names', async (t) => {
  for (const host of ['localhost:8080', '127.0.0.1:8080', '[::1]:8080', '192.168.1.5', 'tether.example']) {
    assertHttpDoor({ host }, config, 'plain')
    assertHttpDoor({ host, origin: `http://${host}` }, config, 'plain')
  }
  for (const host of [undefined, '', 'evil.example', 'localhost.evil.example', 'tether.example.evil'])
    t.throws(() => assertHttpDoor({ host }, config, 'plain'), HOST, String(host))
  const host = 'localhost:8080'
  for (const origin of ['null', 'http://localhost', 'http://localhost:8081', 'https://web.whatsapp.com'])
    t.throws(() => assertHttpDoor({ host, origin }, config, 'plain'), ORIGIN, origin)
})

t.test('lets phones in, and no page, not even its own', async (t) => {
  const host = 'localhost:8080'
  assertPhoneDoor({ host }, config)
  t.throws(() => assertPhoneDoor({ host: 'evil.example' }, config), HOST)
  for (const origin of [`http://${host}`, 'https://web.whatsapp.com', 'null'])
    t.throws(() => assertPhoneDoor({ host, origin }, config), ORIGIN, origin)
})

t.test('wants an Origin at the socket, and its own one only under its own name', async (t) => {
  assertSocketDoor({ host: 'web.whatsapp.com', origin: LEGACY_ORIGIN }, config, 'plain')
  assertSocketDoor({ host: 'tether.example', origin: 'https://tether.example' }, config, 'plain')
  const refused = [
    { host: 'localhost:8080' },
    { host: 'evil.example', origin: 'http://evil.example' },
    { host: 'localhost:8080', origin: 'http://tether.example' },
    { host: 'localhost:8080', origin: 'https://web.whatsapp.com.' },
  ]
  for (const headers of refused)
    t.throws(() => assertSocketDoor(headers, config, 'plain'), ORIGIN, JSON.stringify(headers))
})

t.test('takes the legacy names for its own at the TLS door only', async (t) => {
  for (const name of LEGACY_NAMES) {
    for (const host of [name, `${name}:443`]) {
      const own = `https://${host}`
      assertHttpDoor({ host, origin: own }, config, 'legacyTls')
      assertMediaDoor('GET', { host }, config, 'legacyTls')
      assertMediaDoor('POST', { host, origin: own }, config, 'legacyTls')
      assertSocketDoor({ host, origin: own }, config, 'legacyTls')
      t.throws(() => assertHttpDoor({ host }, config, 'plain'), HOST, `${host} at the plain door`)
      t.throws(() => assertMediaDoor('GET', { host }, config, 'plain'), HOST, `media under ${host}`)
    }
  }
})

t.test(
  'lets the legacy origin in at the TLS door whatever the setting says, for /ws and media',
  async (t) => {
    const closed = readConfig({ TETHER_ALLOWED_ORIGINS: '' })
    for (const host of ['web.whatsapp.com', 'mmg.whatsapp.net', '127.0.0.1:8443']) {
      const headers = { host, origin: LEGACY_ORIGIN }
      assertSocketDoor(headers, closed, 'legacyTls')
      assertMediaDoor('POST', headers, closed, 'legacyTls')
      t.throws(() => assertSocketDoor(headers, closed, 'plain'), ORIGIN, host)
    }
    const headers = { host: '127.0.0.1:8443', origin: LEGACY_ORIGIN }
    t.throws(() => assertMediaDoor('POST', headers, closed, 'plain'), ORIGIN)
    t.throws(
      () => assertHttpDoor(headers, closed, 'legacyTls'),
      ORIGIN,
      'everything else is not for that page',
    )
  },
)

t.test('keeps everybody else out of the TLS door too, and legacy names away from phones', async (t) => {
  const evil = 'https://evil.example'
  t.throws(() => assertHttpDoor({ host: 'evil.example' }, config, 'legacyTls'), HOST)
  const foreign = { host: 'web.whatsapp.com', origin: evil }
  t.throws(() => assertHttpDoor(foreign, config, 'legacyTls'), ORIGIN)
  t.throws(() => assertMediaDoor('POST', foreign, config, 'legacyTls'), ORIGIN)
  t.throws(() => assertSocketDoor(foreign, config, 'legacyTls'), ORIGIN)
  t.throws(() => assertSocketDoor({ host: 'web.whatsapp.com' }, config, 'legacyTls'), ORIGIN)
  t.throws(() => assertPhoneDoor({ host: 'web.whatsapp.com' }, config), HOST)
})
