import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import t from 'tap'
import { limit } from 'proto/limits'
import { createWorld, uploadRight } from './world.ts'

t.test('it gives a request HTTP_REQUEST_MS, and an upload of media longer', async (t) => {
  const world = await createWorld()
  t.teardown(() => world.server.close())
  const { app, counters } = world.server
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const open = async (path: string) => {
    const socket = connect(port, '127.0.0.1')
    let said = ''
    socket.setEncoding('utf8').on('data', (text: string) => (said += text))
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{`,
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
    return { socket, said: () => said }
  }
  const token = 'A'.repeat(43)
  const auth = await uploadRight(world)
  const [slow, upload] = [await open('/v1/register'), await open(`/mms/image/${token}?auth=${auth}`)]
  await world.clock.pass(limit('HTTP_REQUEST_MS') - 1)
  t.equal(slow.said(), '')
  const ended = once(slow.socket, 'close')
  await world.clock.pass(1)
  await ended
  t.match(slow.said(), /^HTTP\/1.1 408 /)
  t.equal(counters.value('limits', 'HTTP_REQUEST_MS'), 1)
  t.notOk(upload.socket.closed)
  upload.socket.destroy()
  const quick = await app.inject({ method: 'POST', url: '/v1/register', payload: { number: '15550001111' } })
  t.equal(quick.statusCode, 202)
  await world.clock.pass(limit('HTTP_REQUEST_MS'))
  t.equal(counters.value('limits', 'HTTP_REQUEST_MS'), 1, 'one that has arrived is not late')
})
