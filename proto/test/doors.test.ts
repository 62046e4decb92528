import t from 'tap'
import { checkHost, checkOrigin } from '../src/doors.ts'
import { codeFrom } from './vectors.ts'

const allowed = ['https://web.whatsapp.com', 'http://localhost:8080']
const origin = (header: string | undefined, required = true) =>
  codeFrom(() => checkOrigin(header, { allowed, required }))

t.test('it passes an allowed origin, alone or among several', async (t) => {
  for (const header of [
    'https://web.whatsapp.com',
    'http://localhost:8080',
    'http://web.whatsapp.com, https://web.whatsapp.com',
    'http://web.whatsapp.com,https://web.whatsapp.com',
    'https://web.whatsapp.com, null',
  ]) {
    t.equal(origin(header), 'no error', header)
  }
})

const REFUSED = [
  '',
  ' ',
  ',',
  'null',
  'NULL',
  '*',
  'https://',
  'web.whatsapp.com',
  '//web.whatsapp.com',
  'http://web.whatsapp.com',
  'HTTPS://web.whatsapp.com',
  'https://WEB.whatsapp.com',
  'https://Web.WhatsApp.com',
  'https://web.whatsapp.com:443',
  'https://web.whatsapp.com:8443',
  'https://web.whatsapp.com:',
  'https://web.whatsapp.com/',
  'https://web.whatsapp.com/ws',
  'https://web.whatsapp.com?',
  'https://web.whatsapp.com#',
  'https://web.whatsapp.com.',
  'https://web.whatsapp.com.evil.example',
  'https://web.whatsapp.com.evil.example, http://web.whatsapp.com',
  'https://evil.example/https://web.whatsapp.com',
  'https://evilweb.whatsapp.com',
  'https://evil-web.whatsapp.com',
  'https://whatsapp.com',
  'https://x.web.whatsapp.com',
  'https://user@web.whatsapp.com',
  'https://user:password@web.whatsapp.com',
  'https://web.whatsapp.com@evil.example',
  'https://web.whatsapp.com%00.evil.example',
  'https://web.whatsapp.com\0',
  'https://web.whatsapp.com\xa0',
  'https://web․whatsapp.com',
  'https://wéb.whatsapp.com',
  'https://xn--wb-bja.whatsapp.com',
  'https://web.whatsаpp.com',
  'https://web.whatsapp.com https://evil.example',
  'https://web.whatsapp.com;',
  'wss://web.whatsapp.com',
  'file://',
  'chrome-extension://web.whatsapp.com',
  'http://localhost',
  'http://localhost:80',
  'https://localhost:8080',
  'http://127.0.0.1:8080',
  'http://[::1]:8080',
  'http://localhost.:8080',
]

t.test(`it refuses ${REFUSED.length} other origins`, async (t) => {
  t.ok(REFUSED.length >= 40)
  for (const header of REFUSED) {
    t.equal(origin(header), 'TETHER_ERR_ORIGIN', JSON.stringify(header))
    t.equal(origin(header, false), 'TETHER_ERR_ORIGIN', 'also where none is required')
  }
})

t.test('it takes a missing origin only where none is required', async (t) => {
  t.equal(origin(undefined), 'TETHER_ERR_ORIGIN')
  t.equal(origin(undefined, false), 'no error')
  t.equal(
    codeFrom(() => checkOrigin('null', { allowed: ['null'], required: true })),
    'TETHER_ERR_ORIGIN',
  )
})

const host = (header: string | undefined) =>
  codeFrom(() => checkHost(header, ['tether.example', 'Relay.Example']))

t.test('it passes addresses, localhost and allowed names, with or without port', async (t) => {
  for (const name of [
    'localhost',
    'LocalHost',
    '127.0.0.1',
    '192.168.1.20',
    '255.255.255.255',
    '0.0.0.0',
    '[::1]',
    '[fe80::1]',
    '[::ffff:127.0.0.1]',
    'tether.example',
    'TETHER.example',
    'relay.example',
  ]) {
    t.equal(host(name), 'no error', name)
    t.equal(host(`${name}:8080`), 'no error', `${name} with port`)
  }
})

t.test('it refuses every other name', async (t) => {
  for (const name of [
    undefined,
    '',
    ':8080',
    'evil.example',
    'localhost.evil.example',
    'evil.localhost',
    'localhost.',
    'tether.example.',
    'xtether.example',
    'tether.example.evil.example',
    'tether.example:80:80',
    'tether.example:',
    'tether.example:port',
    'tether.example, evil.example',
    'user@localhost',
    '127.0.0.1.evil.example',
    '127.0.0.1.',
    '127.0.0',
    '127.1',
    '256.0.0.1',
    '1.2.3.4.5',
    '2130706433',
    '0x7f.0.0.1',
    '::1',
    '[::1',
    '[]',
    '[evil.example]',
    '[::1].evil.example',
    'localhost/',
    'localhost ',
    '１２７.0.0.1',
  ]) {
    t.equal(host(name), 'TETHER_ERR_HOST', JSON.stringify(name))
    if (name) t.equal(host(`${name}:8080`), 'TETHER_ERR_HOST', `${JSON.stringify(name)} with port`)
  }
})

t.test('it allows no name of its own', async (t) => {
  t.equal(
    codeFrom(() => checkHost('tether.example', [])),
    'TETHER_ERR_HOST',
  )
  t.equal(
    codeFrom(() => checkHost('', [''])),
    'TETHER_ERR_HOST',
  )
})
