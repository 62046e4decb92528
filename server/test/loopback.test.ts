import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import t from 'tap'
import { limit, type LimitName } from 'proto/limits'
import { Counters } from '../src/counters.ts'
import { isLoopback, listenOnLoopback } from '../src/loopback.ts'

const SOCKETS = ['LEGACY_TLS_SOCKETS', 'LEGACY_PROXY_SOCKETS'] as const

async function listening(sockets: LimitName = SOCKETS[0]) {
  const server = createServer()
  const counters = new Counters()
  const listener = await listenOnLoopback(server, { port: 0, sockets, counters })
  const join = async (): Promise<Socket> => {
    const socket = connect(listener.port, '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    return socket
  }
  return { server, counters, listener, join }
}

t.test('tells addresses of this machine from those of networks', async (t) => {
  for (const host of ['127.0.0.1', '127.1.2.3', 'localhost', '::1']) t.ok(isLoopback(host), host)
  for (const host of ['0.0.0.0', '::', '', '192.168.1.5', '127.0.0.1.example', 'example'])
    t.notOk(isLoopback(host), host)
})

t.test('listens on loopback alone', async (t) => {
  const { server, listener } = await listening()
  t.match(server.address(), { address: '127.0.0.1', port: listener.port })
  await listener.stop()
})

for (const name of SOCKETS) {
  t.test(`takes ${name} connections, closes one more and counts it`, async (t) => {
    const { counters, listener, join } = await listening(name)
    const sockets: Socket[] = []
    for (let n = 0; n < limit(name); n++) sockets.push(await join())
    t.equal(counters.value('limits', name), 0)
    const beyond = await join()
    await once(beyond, 'close')
    t.equal(counters.value('limits', name), 1)
    t.ok(sockets.every((socket) => !socket.destroyed))
    const stopped = listener.stop()
    listener.destroy()
    await stopped
  })
}

t.test('lets connections go on when it stops, and ends them when it is told to', async (t) => {
  const { server, listener, join } = await listening()
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const socket = await join()
  const [far] = await accepted
  const stopped = listener.stop()
  await t.rejects(join(), { code: 'ECONNREFUSED' })
  far.write('still here')
  t.equal(String(await once(socket, 'data')), 'still here')
  listener.destroy()
  await Promise.all([stopped, once(socket, 'close')])
})

t.test('says so when the port is taken', async (t) => {
  const { listener } = await listening()
  const parts = { port: listener.port, sockets: SOCKETS[0], counters: new Counters() } as const
  await t.rejects(listenOnLoopback(createServer(), parts), { code: 'EADDRINUSE' })
  await listener.stop()
})
