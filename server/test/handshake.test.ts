import type { IncomingMessage } from 'node:http'
import t from 'tap'
import { assertHandshake, assertRequest } from '../src/handshake.ts'

const GOOD = {
  httpVersion: '1.1',
  rawHeaders: ['Host', 'localhost'],
  headers: {
    host: 'localhost',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  },
}
const request = (changed: object): IncomingMessage => ({ ...GOOD, ...changed }) as unknown as IncomingMessage
const headers = (changed: Record<string, string | undefined>): IncomingMessage =>
  request({ headers: { ...GOOD.headers, ...changed } })

t.test('takes a request of HTTP/1.0 and 1.1 that names one Host', async (t) => {
  assertRequest(request({}))
  assertRequest(request({ rawHeaders: ['HOST', 'Host'] }))
  assertRequest(request({ httpVersion: '1.0', rawHeaders: [], headers: {} }))
  assertRequest(request({ rawHeaders: undefined }))
  const wrong: Record<string, IncomingMessage> = {
    'HTTP/1.1': request({ httpVersion: '2.0' }),
    chunks: request({ httpVersion: '1.0', headers: { ...GOOD.headers, 'transfer-encoding': 'chunked' } }),
    'one Host': request({ rawHeaders: ['Host', 'localhost', 'hOST', 'localhost'] }),
    'Host: one': request({ rawHeaders: ['X', 'Host'] }),
    'one Host, injected': request({ rawHeaders: undefined, headers: {} }),
  }
  for (const [name, each] of Object.entries(wrong))
    t.throws(() => assertRequest(each), { code: 'TETHER_ERR_BODY' }, name)
})

t.test('takes a handshake that keeps every rule, and names the one that is broken', async (t) => {
  assertHandshake(request({}))
  assertHandshake(headers({ upgrade: 'WebSocket' }))
  const wrong: [IncomingMessage, RegExp][] = [
    [request({ httpVersion: '1.0' }), /HTTP\/1\.1/],
    [headers({ upgrade: undefined }), /Upgrade/],
    [headers({ upgrade: 'h2c' }), /Upgrade/],
    [headers({ 'content-length': '0' }), /body/],
    [headers({ 'transfer-encoding': 'chunked' }), /body/],
    [headers({ 'sec-websocket-version': '8' }), /Version: 13/],
    [headers({ 'sec-websocket-version': undefined }), /Version: 13/],
    [headers({ 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAB==' }), /Key/],
    [headers({ 'sec-websocket-key': undefined }), /Key/],
  ]
  for (const [each, message] of wrong)
    t.throws(() => assertHandshake(each), { code: 'TETHER_ERR_BODY', message })
})
