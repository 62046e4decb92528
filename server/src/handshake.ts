/**
 * Requests and handshakes that are well-formed only at first sight: what Node and `ws` read too kindly (RFC 9112 3.2 and
 * 6.1, RFC 6455 4.2.1).
 */
import type { IncomingMessage } from 'node:http'
import { TetherError } from 'proto/errors'

interface Rule {
  readonly about: string
  /** Whether the request keeps to it. */
  readonly holds: (request: IncomingMessage) => boolean
}

const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/

const requestRules: readonly Rule[] = [
  { about: 'HTTP/1.1 is spoken', holds: ({ httpVersion }) => /^1\.[01]$/.test(httpVersion) },
  { about: 'chunks are of HTTP/1.1', holds: ({ httpVersion, headers }) => httpVersion === '1.1' || headers['transfer-encoding'] === undefined },
  { about: 'one Host', holds: (request) => hostsOf(request) === 1 || (hostsOf(request) === 0 && request.httpVersion === '1.0') },
] // prettier-ignore

const handshakeRules: readonly Rule[] = [
  { about: 'a WebSocket is opened in HTTP/1.1', holds: ({ httpVersion }) => httpVersion === '1.1' },
  { about: 'Upgrade: websocket', holds: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket' },
  { about: 'a handshake has no body', holds: ({ headers }) => headers['content-length'] === undefined && headers['transfer-encoding'] === undefined },
  { about: 'Sec-WebSocket-Version: 13', holds: ({ headers }) => String(headers['sec-websocket-version']) === '13' },
  { about: 'Sec-WebSocket-Key: 16 bytes in base64', holds: ({ headers }) => KEY.test(headers['sec-websocket-key'] ?? '') },
] // prettier-ignore

/** Every request. Throws TETHER_ERR_BODY. */
export function assertRequest(request: IncomingMessage): void {
  assertRules(requestRules, request)
}

/** A request that wants to become a WebSocket. Throws TETHER_ERR_BODY. */
export function assertHandshake(request: IncomingMessage): void {
  assertRules(handshakeRules, request)
}

function assertRules(rules: readonly Rule[], request: IncomingMessage): void {
  const broken = rules.find(({ holds }) => !holds(request))
  if (broken) throw new TetherError('TETHER_ERR_BODY', broken.about)
}

/** How often the header is there; Node keeps the first only. */
function hostsOf({ rawHeaders, headers }: IncomingMessage): number {
  // a request that was injected has no raw headers
  if (rawHeaders === undefined) return headers.host === undefined ? 0 : 1
  return rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length
}
