/** HTTP/1.1 by hand: what a parser may disagree about with the one before it, sizes, and times. */
import { limit } from 'proto/limits'
import { FIN, HEARD, type CaseClass, type Counts, type SocketCase, type Step } from '../socket-case.ts'
import { HEALTH, http, register, singly } from './http-text.ts'

const BODY: Counts = { 'errors TETHER_ERR_BODY': 1 }
const LATE: Counts = { 'limits HTTP_REQUEST_MS': 1 }
const HEADERS: Counts = { 'errors TETHER_ERR_TOO_LARGE': 1, 'limits HTTP_HEADER_BYTES': 1 }
const TOO_LARGE: Counts = { 'errors TETHER_ERR_TOO_LARGE': 1, 'limits HTTP_BODY_BYTES': 1 }

const answered = (
  does: string,
  answers: readonly number[],
  counts: Counts,
  ...writes: Step[]
): SocketCase => ({
  does,
  from: 'tcp',
  writes,
  back: { answers, goesOn: true },
  counts,
})
/** Answered, and the connection is over. */
const refused = (
  does: string,
  answers: readonly number[],
  counts: Counts,
  ...writes: Step[]
): SocketCase => ({
  does,
  from: 'tcp',
  writes,
  back: { answers },
  counts,
})
const malformed = (does: string, ...writes: Step[]): SocketCase => refused(does, [400], BODY, ...writes)

const ASK = JSON.stringify({ number: '15559990000' })
const LENGTH = `Content-Length: ${ASK.length}`
const CHUNKED = 'Transfer-Encoding: chunked'
const chunk = (body: string, end = '0\r\n\r\n'): string => `${body.length.toString(16)}\r\n${body}\r\n${end}`
/** The number is registered at most SMS_PER_HOUR times. */
let numbers = 0
const ask = (): string => JSON.stringify({ number: `1555888${String(++numbers).padStart(4, '0')}` })

export const framing: CaseClass = {
  title: 'Requests and their lengths',
  policy: 'one length, one reading of it: everything else is 400 and the end of the connection, so nothing can be smuggled past a proxy',
  cases: [
    answered('asks three times in one write', [200, 200, 200], {}, HEALTH.repeat(3)),
    answered('asks one byte at a time', [200], {}, ...singly(HEALTH)),
    answered('begins with empty lines', [200], {}, `\r\n\r\n${HEALTH}`),
    answered('asks with a length', [202], {}, register(ask(), LENGTH)),
    answered('asks in one chunk', [202], {}, register(chunk(ask()), CHUNKED)),
    answered('asks in chunks of one byte', [202], {}, register(`${ask().replace(/./g, '1\r\n$&\r\n')}0\r\n\r\n`, CHUNKED)),
    answered('adds extensions to its chunks, and a trailer', [202], {}, register(chunk(ask(), '0;x=y\r\nx: y\r\n\r\n'), CHUNKED)),
    answered('asks twice, each with a body', [202, 202], {}, register(ask(), LENGTH) + register(ask(), LENGTH)),
    answered('expects to be told to go on', [100, 202], {}, register('', LENGTH, 'Expect: 100-continue'), HEARD, ask()),
    malformed('names a length and chunks', register(chunk(ask()), LENGTH, CHUNKED)),
    malformed('names chunks and a length', register(chunk(ask()), CHUNKED, LENGTH)),
    malformed('names two lengths', register(ask(), LENGTH, 'Content-Length: 5')),
    malformed('names the same length twice', register(ask(), LENGTH, LENGTH)),
    ...['5, 5', '+5', '-1', '0x1c', '1e1', '5 5', '5;', '', '18446744073709551616', '٣'].map((length) => malformed(`names the length ${JSON.stringify(length)}`, register(ask(), `Content-Length: ${Buffer.from(length).toString('latin1')}`))),
    ...['identity', 'chunked, identity', 'xchunked', 'chunkedx', '"chunked"', 'chunked;q=1', '\x0bchunked', 'chunked\0'].map((coding) => malformed(`names the coding ${JSON.stringify(coding)}`, register(chunk(ask()), `Transfer-Encoding: ${coding}`))),
    malformed('names chunks in HTTP/1.0', register(chunk(ask()), CHUNKED).replace('HTTP/1.1', 'HTTP/1.0')),
    malformed('puts a space before the colon', register(chunk(ask()), 'Transfer-Encoding : chunked')),
    malformed('goes on with a header in the next line', register(chunk(ask()), 'Transfer-Encoding:\r\n chunked', 'Content-Length: 5')),
    malformed('puts a space before the first header', HEALTH.replace('Host', ' Host')),
    malformed('has a header without a colon', HEALTH.replace('Host: ', 'Host')),
    malformed('has a header without a name', HEALTH.replace('Host: localhost', ': x')),
    malformed('has a NUL in a header', HEALTH.replace('localhost', 'local\0host')),
    malformed('has a bare CR in a header', HEALTH.replace('localhost', 'localhost\rX: y')),
    malformed('ends its lines with LF', HEALTH.replaceAll('\r\n', '\n')),
    malformed('sends a chunk whose size is no number', register('zz\r\nx\r\n0\r\n\r\n', CHUNKED)),
    malformed('sends a chunk of a negative size', register('-1\r\nx\r\n0\r\n\r\n', CHUNKED)),
    malformed('sends a chunk beyond all numbers', register('fffffffffffffffff\r\nx\r\n0\r\n\r\n', CHUNKED)),
    malformed('sends a chunk longer than its size', register('1\r\nxyz\r\n0\r\n\r\n', CHUNKED)),
    { does: 'hides a request in a body that is too long for its length', from: 'tcp', writes: [register(`${ask()}${http('GET /nowhere HTTP/1.1', 'Host: localhost')}`, LENGTH)], back: { answers: [202, 404], goesOn: true }, counts: { 'errors TETHER_ERR_NOT_FOUND': 1 } },
    answered('sends a body where none belongs', [200], {}, http('GET /healthz HTTP/1.1', 'Host: localhost', 'Content-Length: 3') + 'abc'),
  ],
} // prettier-ignore

export const lines: CaseClass = {
  title: 'Request lines and strangers',
  policy: 'what is not HTTP/1.1 is 400; what is not here is 404; no Host that is not ours',
  cases: [
    answered('asks in HTTP/1.0 and keeps alive', [200], {}, http('GET /healthz HTTP/1.0', 'Host: localhost', 'Connection: keep-alive')),
    refused('asks in HTTP/1.0', [200], {}, http('GET /healthz HTTP/1.0', 'Host: localhost')),
    malformed('asks in HTTP/0.9', 'GET /healthz\r\n\r\n'),
    malformed('asks in HTTP/2.0', HEALTH.replace('1.1', '2.0')),
    malformed('asks in HTTP/9.9', HEALTH.replace('1.1', '9.9')),
    malformed('begins with the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    malformed('begins a TLS handshake', Uint8Array.of(0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0)),
    malformed('says hello as SSH does', 'SSH-2.0-OpenSSH_9.2\r\n'),
    malformed('sends a WebSocket frame without a handshake', Uint8Array.of(0x81, 0x83, 1, 2, 3, 4, 5, 6, 7)),
    malformed('writes the method in small letters', HEALTH.replace('GET', 'get')),
    malformed('uses a method that does not exist', HEALTH.replace('GET', 'BREW')),
    malformed('names no path', HEALTH.replace('/healthz', '')),
    malformed('names a path without a slash', HEALTH.replace('/healthz', 'healthz')),
    malformed('has a space in its path', HEALTH.replace('/healthz', '/health z')),
    malformed('asks for a connection to elsewhere', http('CONNECT evil.example:443 HTTP/1.1', 'Host: evil.example:443')),
    answered('asks for everything', [404], { 'errors TETHER_ERR_NOT_FOUND': 1 }, http('OPTIONS * HTTP/1.1', 'Host: localhost')),
    answered('wants its request back', [404], { 'errors TETHER_ERR_NOT_FOUND': 1 }, http('TRACE /healthz HTTP/1.1', 'Host: localhost')),
    answered('names a whole address', [200], {}, http('GET http://localhost/healthz HTTP/1.1', 'Host: localhost')),
    answered('writes its path with a wrong escape', [400], BODY, http('GET /%zz HTTP/1.1', 'Host: localhost')),
    answered('climbs out of the folder of the page', [404], { 'errors TETHER_ERR_NOT_FOUND': 1 }, http('GET /..%2f..%2fpackage.json HTTP/1.1', 'Host: localhost')),
    answered('asks for a socket without an upgrade', [404], { 'errors TETHER_ERR_NOT_FOUND': 1 }, http('GET /ws HTTP/1.1', 'Host: localhost', 'Origin: https://web.whatsapp.com')),
    answered('upgrades without saying so', [404], { 'errors TETHER_ERR_NOT_FOUND': 1 }, http('GET /ws HTTP/1.1', 'Host: localhost', 'Origin: https://web.whatsapp.com', 'Upgrade: websocket')),
    answered('names no Host', [400], BODY, http('GET /healthz HTTP/1.1')),
    answered('names two Hosts', [400], BODY, http('GET /healthz HTTP/1.1', 'Host: localhost', 'Host: evil.example')),
    answered('names a Host that is not ours', [421], { 'errors TETHER_ERR_HOST': 1 }, http('GET /healthz HTTP/1.1', 'Host: evil.example')),
    answered('expects something else, which has no meaning', [202], {}, register(ask(), LENGTH, 'Expect: x')),
  ],
} // prettier-ignore

/** A request with so many bytes of address, names and values. */
const padded = (bytes: number): string => {
  const fixed = '/healthz' + 'Host' + 'localhost' + 'X'
  return http('GET /healthz HTTP/1.1', 'Host: localhost', `X: ${'x'.repeat(bytes - fixed.length)}`)
}

export const sizes: CaseClass = {
  title: 'Sizes and times of requests',
  policy: 'headers of 16 KiB (431), bodies of HTTP_BODY_BYTES (413), each within HTTP_REQUEST_MS (408); all of it counted',
  cases: [
    answered('sends headers of HTTP_HEADER_BYTES', [200], {}, padded(limit('HTTP_HEADER_BYTES'))),
    refused('sends a byte more', [431], HEADERS, padded(limit('HTTP_HEADER_BYTES') + 1)),
    refused('names a path of 17 KiB', [431], HEADERS, HEALTH.replace('healthz', 'x'.repeat(17_000))),
    refused('sends headers without end', [431], HEADERS, HEALTH.slice(0, -2), ...Array.from({ length: 20 }, (_, at) => `X${at}: ${'x'.repeat(1_000)}\r\n`)),
    answered('hides an Origin behind 2,100 headers', [403], { 'errors TETHER_ERR_ORIGIN': 1 }, http('GET /healthz HTTP/1.1', 'Host: localhost', ...Array.from({ length: 2_100 }, () => 'x:'), 'Origin: https://evil.example')),
    answered('sends a body of HTTP_BODY_BYTES', [202], {}, register(ask().padEnd(limit('HTTP_BODY_BYTES')), `Content-Length: ${limit('HTTP_BODY_BYTES')}`)),
    refused('announces a byte more', [413], TOO_LARGE, register('', `Content-Length: ${limit('HTTP_BODY_BYTES') + 1}`)),
    refused('sends a byte more in chunks', [413], TOO_LARGE, register(chunk(ask().padEnd(limit('HTTP_BODY_BYTES') + 1)), CHUNKED)),
    refused('sends a body that is no JSON', [400], BODY, register('x'.repeat(ASK.length), LENGTH)),
    refused('sends a body that is no text', [400], BODY, register('\xff'.repeat(ASK.length), LENGTH)),
    answered('sends a body under a type that is not known here', [400], BODY, register(ask(), LENGTH).replace('application/json', 'text/html')),
    refused('sends a body that would change a prototype', [400], BODY, register('{"__proto__":{"number":"15550"}}', 'Content-Length: 32')),
    refused('stops amid its body', [408], LATE, register(ask().slice(0, 9), LENGTH), { passMs: limit('HTTP_REQUEST_MS') }),
    refused('stops amid a chunk', [408], LATE, register('ff\r\nabc', CHUNKED), { passMs: limit('HTTP_REQUEST_MS') }),
    { ...refused('stops amid its headers', [408], LATE, HEALTH.slice(0, 40)), hurry: 'headersTimeout' },
    { ...refused('sends a header now and then', [408], LATE, HEALTH.slice(0, -2), 'x: y\r\n', { passMs: 1 }, 'x: y\r\n'), hurry: 'headersTimeout' },
    { ...refused('says nothing', [408], LATE), hurry: 'headersTimeout' },
    { ...refused('stops amid an upgrade', [408], LATE, 'GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n'), hurry: 'headersTimeout' },
    { ...refused('stops while nothing moves', [], { 'limits HTTP_CONNECTION_MS': 1 }, register(ask().slice(0, 9), LENGTH)), hurry: 'timeout' },
    { ...refused('stops after an answer', [200], {}, HEALTH), hurry: 'keepAliveTimeout' },
  ],
} // prettier-ignore

export const halves: SocketCase[] = [
  refused('ends its half of the connection at once', [], {}, FIN),
  refused('ends its half amid a request line', [400], BODY, 'GET /hea', FIN),
  refused('ends its half amid its headers', [400], BODY, HEALTH.slice(0, -2), FIN),
  refused('ends its half amid its body', [400], BODY, register(ask().slice(0, 9), LENGTH), FIN),
  refused('ends its half amid a chunk', [400], BODY, register('ff\r\nabc', CHUNKED), FIN),
  refused('asks, and ends its half', [200], {}, HEALTH, FIN),
  refused('asks three times, and ends its half', [200, 200, 200], {}, HEALTH.repeat(3), FIN),
  refused('asks with a body, and ends its half', [202], {}, register(ask(), LENGTH), FIN),
  refused('is answered, and ends its half', [200], {}, HEALTH, HEARD, FIN),
] // prettier-ignore
