import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { limit } from 'proto/limits'
import { createWorld } from './world.ts'

/** A relay that listens; `say` gives everything that it answers until it closes. */
async function relay(t: Test) {
  const world = await createWorld()
  t.teardown(() => world.server.close())
  const { app, counters } = world.server
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const say = async (...pieces: readonly string[]): Promise<string> => {
    const socket = connect(port, '127.0.0.1')
    t.teardown(() => socket.destroy())
    let said = ''
    socket.setEncoding('utf8').on('data', (text: string) => (said += text))
    socket.on('error', () => undefined)
    for (const piece of pieces) {
      socket.write(piece)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    if (!socket.closed) await once(socket, 'close')
    return said
  }
  return { say, counters }
}

/** A request whose path, names and values are so many bytes together. */
function request(bytes: number): string {
  const lines = { host: 'localhost', connection: 'close', 'x-pad': '' }
  const told = '/healthz'.length + Object.entries(lines).flat().join('').length
  const text = Object.entries({ ...lines, 'x-pad': 'a'.repeat(bytes - told) })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
  return `GET /healthz HTTP/1.1\r\n${text}\r\n`
}

t.test('takes HTTP_HEADER_BYTES of request line and headers, and refuses one more with 431', async (t) => {
  const { say, counters } = await relay(t)
  const most = limit('HTTP_HEADER_BYTES')
  t.match(await say(request(most)), /^HTTP\/1.1 200 /)
  t.equal(counters.value('limits', 'HTTP_HEADER_BYTES'), 0)
  t.match(await say(request(most + 1)), /^HTTP\/1.1 431 .*"code":"TETHER_ERR_TOO_LARGE"/s)
  t.equal(counters.value('limits', 'HTTP_HEADER_BYTES'), 1)
  t.equal(counters.value('errors', 'TETHER_ERR_TOO_LARGE'), 1)
})

t.test('refuses what is no HTTP with 400, however it comes', async (t) => {
  const { say, counters } = await relay(t)
  for (const pieces of [
    ['\u0016\u0003\u0001\r\n\r\n'],
    ['GET / HTTP/9.9\r\n', 'Host: x\r\n\r\n'],
    ['HELO', ' example\r\n'],
  ])
    t.match(await say(...pieces), /^HTTP\/1.1 400 .*"code":"TETHER_ERR_BODY"/s, pieces.join(''))
  t.equal(counters.value('errors', 'TETHER_ERR_BODY'), 3)
})
