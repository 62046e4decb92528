/** How a WebSocket is opened (RFC 6455 4.2), and how not. */
import { HEALTH, http, singly } from './http-text.ts'
import { handshake } from '../raw-socket.ts'
import { rawFrame } from '../raw-frame.ts'
import { HEARD, type CaseClass, type Counts, type SocketCase, type Step } from '../socket-case.ts'

const OPEN = { answers: [101], goesOn: true } as const
const BODY: Counts = { 'errors TETHER_ERR_BODY': 1 }
const NOT_FOUND: Counts = { 'errors TETHER_ERR_NOT_FOUND': 1 }

const opens = (does: string, ...writes: Step[]): SocketCase => ({ does, from: 'tcp', writes, back: OPEN })
const refused = (does: string, status: number, counts: Counts, ...writes: string[]): SocketCase => ({
  does,
  from: 'tcp',
  writes,
  back: { answers: [status] },
  counts,
})

const WS = handshake('/ws')
const lines = (...changed: string[]): string =>
  http(
    'GET /ws HTTP/1.1',
    'Host: localhost',
    'Origin: https://web.whatsapp.com',
    'Connection: Upgrade',
    'Upgrade: websocket',
    ...changed,
  )

const KEY = 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='
const VERSION = 'Sec-WebSocket-Version: 13'
const keyed = (does: string, ...keys: string[]) => refused(does, 400, BODY, lines(VERSION, ...keys))
const versioned = (does: string, ...versions: string[]) => refused(does, 400, BODY, lines(KEY, ...versions))

export const handshakes: CaseClass = {
  title: 'Handshake',
  policy:
    'HTTP/1.1, one Host, `Upgrade: websocket` in a GET without a body, version 13, one key of 16 bytes; no extension, no sub-protocol',
  cases: [
    opens('opens /ws', WS),
    { ...opens('opens /phone', handshake('/phone')), back: { ...OPEN, hears: [/^text \{"type":"welcome"/] } },
    opens('opens /ws under a longer path', handshake('/ws/chat')),
    opens('opens /ws by its whole address', handshake('/ws').replace('/ws', 'http://localhost/ws')),
    opens('opens /ws with a query', handshake('/ws?x=1')),
    opens('opens /ws one byte at a time', ...singly(WS)),
    opens('opens /ws with names of headers in capitals', WS.replace(/^[\w-]+:/gm, (name) => name.toUpperCase())),
    opens('writes WebSocket in mixed case', handshake('/ws', { Upgrade: 'WebSocket' })),
    opens('asks to keep alive and to upgrade', handshake('/ws', { Connection: 'keep-alive, Upgrade' })),
    opens('names a Host that is not ours at /ws', handshake('/ws', { Host: 'web.whatsapp.com' })),
    opens('offers compression, which is not taken', handshake('/ws', { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' })),
    opens('offers sub-protocols, of which none is taken', handshake('/ws', { 'Sec-WebSocket-Protocol': 'chat, binary' })),
    { ...opens('asks for another page first, on the same connection', HEALTH, WS), back: { answers: [200, 101], goesOn: true } },
    refused('upgrades in HTTP/1.0', 400, BODY, WS.replace('HTTP/1.1', 'HTTP/1.0')),
    refused('upgrades in HTTP/2.0 by its name', 400, BODY, WS.replace('HTTP/1.1', 'HTTP/2.0')),
    refused('upgrades in HTTP/1.2', 400, BODY, WS.replace('HTTP/1.1', 'HTTP/1.2')),
    refused('sends no Host', 400, BODY, handshake('/ws', { Host: null })),
    refused('sends two Hosts', 400, BODY, handshake('/ws', { host: 'evil.example' })),
    refused('sends the same Host twice', 400, BODY, handshake('/ws', { host: 'localhost' })),
    refused('names a Host that is not ours at /phone', 421, { 'errors TETHER_ERR_HOST': 1 }, handshake('/phone', { Host: 'evil.example' })),
    refused('POSTs an upgrade', 404, NOT_FOUND, handshake('/ws', {}, 'POST')),
    refused('PUTs an upgrade', 404, NOT_FOUND, handshake('/phone', {}, 'PUT')),
    // the answer to a HEAD has no body, and is none for who does not know that
    { ...refused('asks for the HEAD of an upgrade', 404, NOT_FOUND, handshake('/ws', {}, 'HEAD')), back: {} },
    refused('sends a body with its upgrade', 400, BODY, `${handshake('/ws', { 'Content-Length': '3' })}abc`),
    refused('sends a chunked body with its upgrade', 400, BODY, `${handshake('/ws', { 'Transfer-Encoding': 'chunked' })}3\r\nabc\r\n0\r\n\r\n`),
    refused('upgrades to HTTP/2', 400, BODY, handshake('/ws', { Upgrade: 'h2c' })),
    refused('upgrades to two protocols', 400, BODY, handshake('/ws', { Upgrade: 'websocket, h2c' })),
    versioned('sends no version'),
    versioned('speaks version 8', 'Sec-WebSocket-Version: 8'),
    versioned('speaks version 0', 'Sec-WebSocket-Version: 0'),
    versioned('speaks version 14', 'Sec-WebSocket-Version: 14'),
    versioned('speaks version 13 or 8', 'Sec-WebSocket-Version: 13, 8'),
    versioned('speaks version 13 twice', VERSION, VERSION),
    versioned('writes version 13 in hexadecimal', 'Sec-WebSocket-Version: 0x0d'),
    versioned('writes version 13 with a fraction', 'Sec-WebSocket-Version: 13.0'),
    keyed('sends no key'),
    keyed('sends an empty key', 'Sec-WebSocket-Key:'),
    keyed('sends a key of 15 bytes', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA'),
    keyed('sends a key of 17 bytes', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA='),
    keyed('sends a key in base64 of URLs', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA-_=='),
    keyed('sends two keys', KEY, KEY),
    refused('offers a sub-protocol without a name', 400, BODY, handshake('/ws', { 'Sec-WebSocket-Protocol': ',' })),
    {
      does: 'compresses although nothing was agreed',
      from: 'tcp',
      writes: [
        handshake('/ws', { 'Sec-WebSocket-Extensions': 'permessage-deflate' }),
        HEARD,
        rawFrame({ opcode: 1, payload: '?,,', rsv: 4 }),
      ],
      back: { answers: [101], close: 1002 },
      counts: BODY,
    },
    ...['/', '/healthz', '/metrics', '/v1/register', '/sim/sms/15550000000', '/mms/image/x', '/pictures/x', '/logout', '/relay-view', '/app.js', '/nowhere', '/ws2', '/WS', '/phone/', '//ws', '/x/../ws'].map(
      (path) => refused(`upgrades at ${path}`, 404, NOT_FOUND, handshake(path, { Origin: null })),
    ),
  ],
} // prettier-ignore
