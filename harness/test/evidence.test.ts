import t from 'tap'
import { recordEvidence } from '../src/evidence.ts'
import { faultyLinks } from '../src/faulty-links.ts'
import { memoryLinks } from '../src/memory-link.ts'
import { traceRecorder } from '../src/trace-recorder.ts'
import { VirtualClock } from '../src/virtual-clock.ts'

const INIT = ['admin', 'init', [2, 2142, 12], ['Old', 'Browser', '1.0'], 'BXS7sQ82847FTYM9bvACUw==', true]

/** A browser's end and the server's end of one connection, as the links of a world join them. */
function stage() {
  const clock = new VirtualClock()
  const links = faultyLinks(clock)
  const trace = traceRecorder(clock)
  const evidence = recordEvidence(links, trace)
  const { caller, called } = memoryLinks(clock)
  const server = links.join({ kind: 'browser-server', near: 'server', far: 'browser' }, called)
  server.open({ frame: () => {}, close: () => {} })
  const say = async (tag: string, body: unknown) => {
    caller.send(`${tag},${JSON.stringify(body)}`)
    await clock.runFor(5)
  }
  const answer = (tag: string, body: unknown) => server.send(`${tag},${JSON.stringify(body)}`)
  return { clock, trace, evidence, caller, server, say, answer }
}

t.test('it knows who asked what, and what came under the tag', async (t) => {
  const { evidence, say, answer } = stage()
  await say('1', INIT)
  await say('2', ['query', 'exist', '15550002222'])
  await say('3', ['query', 'exist', '15550003333'])
  await say('4', ['query', 'exist', 7])
  answer('2', { status: 200, jid: '15550002222@c.us' })
  answer('3', { status: 404 })
  answer('3', { status: 500 })
  const client = 'Old Browser 1.0'
  t.strictSame(evidence.read(), [
    { client, row: 'init', fits: true },
    { client, row: 'exist', fits: true, answer: { fits: true, status: 200 } },
    { client, row: 'exist', fits: true, answer: { fits: true, status: 404 } },
    { client, row: 'exist', fits: false },
  ])
})

t.test('it answers the older of two requests under one tag first', async (t) => {
  const { evidence, say, answer } = stage()
  await say('7', INIT)
  await say('7', ['query', 'Status', '15550002222@c.us'])
  answer('7', { status: 401 })
  answer('7', { status: 'busy' })
  t.match(evidence.read(), [
    { row: 'init', answer: { fits: true, status: 401 } },
    { row: 'aboutText', answer: { fits: true, status: null } },
  ])
})

t.test('it sees keep-alive, pushes, and answers of the wrong shape', async (t) => {
  const { evidence, caller, server, clock, say, answer } = stage()
  await say('1', INIT)
  caller.send('?,,')
  await clock.runFor(5)
  server.send('!1559390400000')
  answer('s1', ['Pong', true])
  answer('s2', ['Pong', false])
  await say('5', ['query', 'exist', '15550002222'])
  server.send('5,')
  answer('5', { jid: '15550002222@c.us' })
  const client = 'Old Browser 1.0'
  t.strictSame(evidence.read(), [
    { client, row: 'init', fits: true },
    { client, row: 'keepAlive', fits: true, answer: { fits: true, status: null } },
    { client, row: 'pong', fits: true },
    { client, row: 'pong', fits: false },
    { client, row: 'exist', fits: true, answer: { fits: false, status: null } },
  ])
})

t.test('it survives what is no message, and leaves out what has no row', async (t) => {
  const { evidence, caller, clock, say } = stage()
  for (const text of ['no comma', 'x,{', ',[]', '1,', '!x']) caller.send(text)
  await say('1', ['query', 'weather'])
  await say('2', 'text')
  await clock.runFor(5)
  t.strictSame(evidence.read(), [])
})

t.test('it takes sealed messages from the traces of the phones, each kind once', (t) => {
  const { evidence, trace } = stage()
  const phone = trace.party('phone:15550001111')
  trace.party('server').emit('client', { connection: 1, name: 'Old Browser 1.0' })
  for (const messageTag of ['a', 'b', 'c']) {
    phone.emit('frame.in', { connection: 1, messageTag, row: 'queryEmoji', fits: true })
    phone.emit('answer', { connection: 1, messageTag, row: 'queryEmoji', fits: true, status: null })
    if (messageTag !== 'c') phone.emit('frame.out', { connection: 1, messageTag, form: 'node' })
  }
  phone.emit('frame.in', { connection: 1, messageTag: 'd', row: null, fits: false })
  phone.emit('told', { connection: 1, messageTag: 'e', row: 'battery', fits: true })
  phone.emit('told', { connection: 1, messageTag: 'f', row: 'battery', fits: true })
  const client = 'Old Browser 1.0'
  t.strictSame(evidence.read(), [
    { client, row: 'queryEmoji', fits: true, answer: { fits: true, status: null } },
    { client, row: 'queryEmoji', fits: true },
    { client, row: 'battery', fits: true },
  ])
  t.end()
})
