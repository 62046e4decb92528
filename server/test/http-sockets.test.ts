import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { WebSocket } from 'ws'
import { limit } from 'proto/limits'
import { createWorld } from './world.ts'

t.test(
  'takes HTTP_SOCKETS connections and closes the next; WebSockets and those that went are not counted',
  async (t) => {
    const world = await createWorld()
    t.teardown(() => world.server.close())
    const { app, counters } = world.server
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as AddressInfo
    const phone = new WebSocket(`ws://127.0.0.1:${port}/phone`)
    t.teardown(() => phone.terminate())
    await once(phone, 'open')
    const silent = Array.from({ length: limit('HTTP_SOCKETS') - 1 }, () => new PassThrough())
    for (const socket of silent) app.server.emit('connection', socket)
    const open = async (): Promise<Socket> => {
      const socket = connect(port, '127.0.0.1')
      t.teardown(() => socket.destroy())
      await once(socket, 'connect')
      socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n')
      await Promise.race([once(socket, 'data'), once(socket, 'close')])
      return socket
    }
    const last = await open()
    t.ok(last.bytesRead > 0)
    t.equal(counters.value('limits', 'HTTP_SOCKETS'), 0)
    t.equal((await open()).bytesRead, 0)
    t.equal(counters.value('limits', 'HTTP_SOCKETS'), 1)
    silent[0].destroy()
    await once(silent[0], 'close')
    t.ok((await open()).bytesRead > 0)
    for (const socket of silent) socket.destroy()
  },
)
