import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import t from 'tap'
import { AnswersDue } from '../src/answers-due.ts'

const HEALTH = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'

/** A server that answers when it is told to, and a connection to it. */
async function held(t: { teardown(task: () => void): void }) {
  const responses: ServerResponse[] = []
  const server = createServer((_request, response) => void responses.push(response))
  const due = new AnswersDue(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const caller = connect((server.address() as AddressInfo).port, '127.0.0.1')
  let heard = ''
  caller.on('data', (data) => (heard += String(data)))
  t.teardown(() => {
    caller.destroy()
    server.close()
  })
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve))
  }
  return { due, caller, responses, until, heard: () => heard }
}

t.test('what is to come behind the answers comes behind all of them, whatever their order', async (t) => {
  const { due, caller, responses, until, heard } = await held(t)
  caller.write(HEALTH.repeat(3))
  await until(() => responses.length === 3)
  const { socket } = responses[0].req
  due.behind(socket, () => socket.end('and last'))
  for (const at of [2, 0, 1]) {
    t.notMatch(heard(), /last/)
    responses[at].end(`answer ${at}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await once(caller, 'end')
  t.match(heard(), /answer 0[^]*answer 1[^]*answer 2[^]*and last$/)
})

t.test(
  'does not wait for the answer to a request that is not all there, nor where none is due',
  async (t) => {
    const { due, caller, responses, until, heard } = await held(t)
    caller.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf')
    await until(() => responses.length === 1)
    const { socket } = responses[0].req
    due.behind(socket, () => socket.write('at once'))
    await until(() => heard() === 'at once')
  },
)

t.test('says nothing to a connection that ended first', async (t) => {
  const { due, caller, responses, until } = await held(t)
  caller.write(HEALTH)
  await until(() => responses.length === 1)
  const { socket } = responses[0].req
  due.behind(socket, () => t.fail('nobody is there'))
  caller.resetAndDestroy()
  await until(() => socket.destroyed)
  await new Promise((resolve) => setImmediate(resolve))
})
