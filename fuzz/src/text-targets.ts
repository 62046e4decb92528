/** Short texts: base64, JIDs, settings. */
import { readConfig as readPhonesConfig, settings as phonesSettings } from 'phone-sim/config'
import { formatBase64, formatBase64Url, parseBase64, parseBase64Url } from 'proto/base64'
import { utf8, utf8Text } from 'proto/bytes'
import { formatJsonJid, isJid, jidParts, numberOfJid, parseJid, sameJid } from 'proto/jid'
import type { Setting } from 'proto/settings'
import { readConfig as readServerConfig, settings as serverSettings } from 'server/config'
import { textOf, words } from './input-forms.ts'
import { must, type Target } from './target.ts'

const base64: Target = {
  name: 'base64',
  about:
    'both alphabets; one text for each byte string, and where the machine reads it too it reads the same',
  modules: ['/proto/dist/src/base64.js'],
  codes: ['TETHER_ERR_BASE64'],
  maxBytes: 200,
  tokens: words('=', '==', '+/', '-_', 'AA==', 'AAA='),
  seeds: () => words('', 'AA==', 'AAA=', 'AAAA', '+/+/', '-_-_'),
  weight: 1,
  run(input) {
    const text = textOf(input)
    const bytes = parseBase64(text)
    must(formatBase64(bytes) === text, 'another text after writing it')
    must(Buffer.compare(Buffer.from(text, 'base64'), bytes) === 0, 'the machine reads other bytes')
    const free = text.replace(/=+$/, '')
    must(
      Buffer.compare(parseBase64(free, { padding: 'forbidden' }), bytes) === 0,
      'without padding, other bytes',
    )
    return bytes
  },
}

const base64Url: Target = {
  name: 'base64-url',
  about: 'the URL-safe alphabet, with padding or without',
  modules: ['/proto/dist/src/base64.js'],
  codes: ['TETHER_ERR_BASE64'],
  maxBytes: 200,
  tokens: words('=', '==', '+/', '-_', 'AA==', 'AAA='),
  seeds: () => words('', 'AA', 'AAA=', 'AAAA', '-_-_'),
  weight: 0.5,
  run(input) {
    const text = textOf(input)
    const bytes = parseBase64Url(text)
    must(formatBase64Url(bytes) === text.replace(/=+$/, ''), 'another text after writing it')
    return bytes
  },
}

const jid: Target = {
  name: 'jid',
  about: 'an address in any spelling; read again it is the same, and both spellings are the same person',
  modules: ['/proto/dist/src/jid.js'],
  codes: ['TETHER_ERR_JID'],
  maxBytes: 200,
  tokens: words(
    '@',
    ':',
    '@c.us',
    '@s.whatsapp.net',
    '@g.us',
    '@broadcast',
    '15550001111',
    '-1600000000',
    ':255',
  ),
  seeds: () =>
    words(
      '15550001111@c.us',
      '15550001111:7@s.whatsapp.net',
      '15550001111-1600000000@g.us',
      'status@broadcast',
    ),
  weight: 1,
  run(input) {
    const text = textOf(input)
    const canonical = parseJid(text)
    must(parseJid(canonical) === canonical, 'reading it again changes it')
    must(isJid(text) && sameJid(text, canonical), 'it is not the same as itself')
    must(parseJid(formatJsonJid(canonical)) === canonical, 'the spelling of JSON is another address')
    return { canonical, parts: jidParts(text) }
  },
}

const number: Target = {
  name: 'jid-number',
  about: 'the number of a person, or nobody',
  modules: ['/proto/dist/src/jid.js'],
  codes: ['TETHER_ERR_JID'],
  maxBytes: 100,
  tokens: words('@', '@c.us', '@s.whatsapp.net', '0', ':1'),
  seeds: () => words('15550001111@c.us', '15550001111:7@s.whatsapp.net'),
  weight: 0.25,
  run(input) {
    const digits = numberOfJid(textOf(input))
    must(/^[0-9]{5,15}$/.test(digits), 'not a number')
    return digits
  },
}

const utf8Target: Target = {
  name: 'utf8',
  about: 'text on the wire; written again it is the same bytes',
  modules: ['/proto/dist/src/bytes.js'],
  codes: ['TETHER_ERR_NODE_TEXT'],
  maxBytes: 200,
  tokens: words('\u00e4', '\u20ac', '\u{1f600}', '\ufeff', '\ufffd'),
  seeds: () => words('plain', '\ufeffmark', '\u{1f600}'),
  weight: 0.5,
  run(input) {
    const text = utf8Text(input)
    must(Buffer.compare(utf8(text), input) === 0, 'other bytes after writing it')
    return text
  },
}

const allSettings: readonly Setting[] = [...Object.values(serverSettings), ...Object.values(phonesSettings)]

const settings: Target = {
  name: 'settings',
  about:
    'lines NAME=value as the environment of both programs; a refusal names the setting and never the value',
  modules: ['/proto/dist/src/settings.js', '/server/dist/src/config.js', '/phone-sim/dist/src/config.js'],
  codes: ['TETHER_ERR_CONFIG'],
  maxBytes: 400,
  tokens: words(
    '\n',
    '=',
    ',',
    'http://',
    '[::1]',
    '1e3',
    '0x10',
    ' ',
    ...allSettings.map(({ env }) => `\n${env}=`),
  ),
  seeds: () =>
    words(
      'TETHER_SERVER_PORT=0\nTETHER_HOST=::1\nTETHER_ALLOWED_HOSTS=a, b',
      'TETHER_SERVER_URL=https://x/y/\nTETHER_CAST=off',
    ),
  weight: 0.5,
  run(input) {
    const env: Record<string, string> = {}
    for (const line of textOf(input).split('\n')) {
      const sign = line.indexOf('=')
      // never a name that objects have by themselves: the environment of a process has none of them either
      if (sign > 0 && line.startsWith('TETHER_')) env[line.slice(0, sign)] = line.slice(sign + 1)
    }
    return [readServerConfig(env), readPhonesConfig(env)]
  },
}

export const textTargets: readonly Target[] = [base64, base64Url, jid, number, utf8Target, settings]
