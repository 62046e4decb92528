/** What was said is read from the system calls, however they cut it. */
import t, { type Test } from 'tap'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readTrace } from 'database/strace'
import { TracedSockets } from '../src/traced-sockets.ts'

const UPGRADE = 'GET /phone HTTP/1.1\r\nUpgrade: websocket\r\n\r\n'
const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'

const quoted = (bytes: Buffer | string): string =>
  [...Buffer.from(bytes)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
const heard = (bytes: Buffer | string) => `read(7<socket:[9]>, "${quoted(bytes)}", 65536) = ${bytes.length}`
const said = (bytes: Buffer | string) =>
  `write(7<socket:[9]>, "${quoted(bytes)}", ${bytes.length}) = ${bytes.length}`

function utterances(t: Test, calls: readonly string[]) {
  const path = join(t.testdir(), 'trace')
  writeFileSync(path, calls.map((call) => `1 ${call}\n`).join(''))
  const sockets = new TracedSockets()
  return readTrace(path)
    .flatMap((call) => sockets.take(call))
    .map(({ said, head, bytes }) => [said, head, bytes.toString('latin1')])
}

t.test('it reads requests and answers with their bodies', async (t) => {
  const request = 'POST /a HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody'
  const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n'
  t.same(utterances(t, [heard(request.slice(0, 30)), heard(request.slice(30)), said(chunked + chunked)]), [
    [false, 'POST /a HTTP/1.1', 'body'],
    [true, 'HTTP/1.1 200 OK', 'abcd'],
    [true, 'HTTP/1.1 200 OK', 'abcd'],
  ])
})

t.test('it reads WebSocket messages, masked or not, in parts and between pings', async (t) => {
  const masked = Buffer.from([0x81, 0x82, 1, 2, 3, 4, 0x68 ^ 1, 0x69 ^ 2])
  const long = Buffer.concat([Buffer.from([0x82, 126, 1, 0]), Buffer.alloc(256, 'z')])
  const parts = Buffer.from([0x01, 1, 0x61, 0x89, 0, 0x80, 1, 0x62])
  const calls = [
    heard(UPGRADE),
    said(SWITCHED),
    heard(masked),
    said(long.subarray(0, 100)),
    said(long.subarray(100)),
  ]
  t.same(utterances(t, [...calls, said(parts)]), [
    [false, 'GET /phone HTTP/1.1', ''],
    [true, 'HTTP/1.1 101 Switching Protocols', ''],
    [false, null, 'hi'],
    [true, null, 'z'.repeat(256)],
    [true, null, 'ab'],
  ])
})

t.test('it counts only what the kernel took, and no socket of another kind', async (t) => {
  const half = said(`${SWITCHED}\u0081\u0002hi`).replace(/= \d+$/, '= 40')
  t.same(utterances(t, [half, 'write(5<pipe:[3]>, "GET / HTTP/1.1\\r\\n\\r\\n", 18) = 18']), [])
  t.same(utterances(t, ['write(5<socket:[3]>, "{\\"type\\":\\"ready\\"}\\n", 17) = 17']), [])
})
