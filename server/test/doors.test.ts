import t from 'tap'
import { readConfig } from '../src/config.ts'
import { assertHttpDoor, assertPhoneDoor, assertSocketDoor } from '../src/doors.ts'

const config = readConfig({ TETHER_ALLOWED_HOSTS: 'tether.example' })
const HOST = { code: 'TETHER_ERR_HOST' }
const ORIGIN = { code: 'TETHER_ERR_ORIGIN' }

t.test('lets programs and its own pages through the HTTP doors, under its own names', async (t) => {
  for (const host of ['localhost:8080', '127.0.0.1:8080', '[::1]:8080', '192.168.1.5', 'tether.example']) {
    assertHttpDoor({ host }, config)
    assertHttpDoor({ host, origin: `http://${host}` }, config)
  }
  for (const host of [undefined, '', 'evil.example', 'localhost.evil.example', 'tether.example.evil'])
    t.throws(() => assertHttpDoor({ host }, config), HOST, String(host))
  const host = 'localhost:8080'
  for (const origin of ['null', 'http://localhost', 'http://localhost:8081', 'https://web.whatsapp.com'])
    t.throws(() => assertHttpDoor({ host, origin }, config), ORIGIN, origin)
})

t.test('lets phones in, and no page, not even its own', async (t) => {
  const host = 'localhost:8080'
  assertPhoneDoor({ host }, config)
  t.throws(() => assertPhoneDoor({ host: 'evil.example' }, config), HOST)
  for (const origin of [`http://${host}`, 'https://web.whatsapp.com', 'null'])
    t.throws(() => assertPhoneDoor({ host, origin }, config), ORIGIN, origin)
})

t.test('wants an Origin at the socket, and its own one only under its own name', async (t) => {
  assertSocketDoor({ host: 'web.whatsapp.com', origin: 'https://web.whatsapp.com' }, config)
  assertSocketDoor({ host: 'tether.example', origin: 'https://tether.example' }, config)
  const refused = [
    { host: 'localhost:8080' },
    { host: 'evil.example', origin: 'http://evil.example' },
    { host: 'localhost:8080', origin: 'http://tether.example' },
    { host: 'localhost:8080', origin: 'https://web.whatsapp.com.' },
  ]
  for (const headers of refused)
    t.throws(() => assertSocketDoor(headers, config), ORIGIN, JSON.stringify(headers))
})
