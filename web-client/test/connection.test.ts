import t from 'tap'
import { seededEntropy } from 'proto/entropy'
import { openFrame, sealFrame } from 'proto/seal'
import type { Frame } from 'proto/link'
import type { Node } from 'proto/node'
import { Connection } from '../src/connection.ts'
import { linkPair } from './memory-link.ts'
import { VirtualClock } from './virtual-clock.ts'

const entropy = seededEntropy('connection')
const keys = { encKey: entropy.bytes(32), macKey: entropy.bytes(32) }

function newConnection(): {
  clock: VirtualClock
  connection: Connection
  sent: Frame[]
  seen: unknown[]
  send: (frame: Frame) => void
} {
  const clock = new VirtualClock()
  const [near, far] = linkPair()
  const sent: Frame[] = []
  const seen: unknown[] = []
  far.open({ frame: (frame) => sent.push(frame), close: () => {} })
  const connection = new Connection({
    clock,
    entropy: entropy.fork('iv'),
    link: near,
    trace: undefined,
    handlers: {
      push: (name) => seen.push(['push', name]),
      node: (node) => seen.push(['node', node.tag]),
      serverRead: (tags) => seen.push(`server read ${tags.join(' ')}`),
      phoneSpoke: () => undefined,
      phoneSilent: () => seen.push('silent'),
      phoneHeard: () => seen.push('heard'),
      phoneEnded: () => seen.push('ended'),
      lost: (reason) => seen.push(['lost', reason]),
    },
  })
  return { clock, connection, sent, seen, send: (frame) => far.send(frame) }
}
const query = { tag: 'query', attrs: { type: 'chat' }, content: null }
const kind = { metric: 'QUERY_CHAT', flags: ['IGNORE'] } as const

t.test('ties answers to requests by tag, in any order', async (t) => {
  const { clock, connection, sent, send } = newConnection()
  const answers = [connection.ask(['a']), connection.ask(['b'])]
  await clock.run()
  t.same(sent, ['1600000000.--0,["a"]', '1600000000.--1,["b"]'])
  send('1600000000.--1,{"status":200,"b":1}')
  send('1600000000.--0,{"a":1}')
  t.same(await Promise.all(answers), [
    { json: { a: 1 }, status: null },
    { json: { status: 200, b: 1 }, status: 200 },
  ])
})

t.test('does not take the empty answer for the answer', async (t) => {
  const { clock, connection, send } = newConnection()
  const answer = connection.ask(['a'], 'T')
  await clock.run()
  send('T,')
  await clock.run()
  send('T,{"status":201}')
  t.match(await answer, { status: 201 })
})

t.test('gives a request up after 15 s when the server owes the answer', async (t) => {
  const { clock, connection } = newConnection()
  const answer = connection.ask(['a'])
  answer.catch(() => {})
  await clock.run(15_000)
  await t.rejects(answer, { code: 'TETHER_ERR_IDLE' })
})

t.test('seals a query with its metric and flags and takes node or JSON as the answer', async (t) => {
  const { clock, connection, sent, send, seen } = newConnection()
  t.throws(() => connection.tell(query, kind), { code: 'TETHER_ERR_STATE' })
  connection.useKeys(keys)
  const first = connection.query(query, kind, 'Q1')
  const second = connection.query(query, kind, 'Q2')
  await clock.run()
  t.match(openFrame(sent[0] as Uint8Array, keys, { from: 'client' }), {
    tag: 'Q1',
    metric: 5,
    flags: 128,
    node: query,
  })
  const ivs = sent.map((frame) =>
    Buffer.from(frame as Uint8Array)
      .subarray(37, 53)
      .toString('hex'),
  )
  t.equal(new Set(ivs).size, 2, 'each with its own IV')
  const response = { tag: 'response', attrs: { type: 'chat' }, content: null }
  send(sealFrame({ ...keys, tag: 'Q1', node: response, iv: entropy.bytes(16) }))
  send('Q2,{"status":404}')
  t.match(await first, { node: response })
  t.match(await second, { status: 404 })
  t.same(seen, [['node', 'response']])
})

t.test('rejects all that is open when it ends, and all that is asked later', async (t) => {
  const { clock, connection, seen } = newConnection()
  connection.useKeys(keys)
  const open = [connection.ask(['a']), connection.query(query, kind)]
  for (const each of open) each.catch(() => {})
  connection.close('enough')
  for (const each of open) await t.rejects(each, { code: 'TETHER_ERR_STATE' })
  await t.rejects(connection.ask(['b']), { code: 'TETHER_ERR_STATE' })
  connection.close('again')
  await clock.run()
  t.same(seen, [['lost', 'enough']])
  t.equal(clock.waiting, 0)
})

t.test('ignores objects under tags that nobody waits for, and hands pushes on', async (t) => {
  const { clock, send, seen } = newConnection()
  send('x,{"status":200}')
  send('s1,["Stream","update"]')
  send('s2,["Pong",true]')
  send('s3,["Pong",false]')
  await clock.run()
  t.same(seen, [['push', 'Stream'], 'ended'])
})

t.test('waits for no answer to what could not be sent', async (t) => {
  const { clock, connection, seen, sent } = newConnection()
  await t.rejects(connection.query(query, kind), { code: 'TETHER_ERR_STATE' }, 'there are no keys')
  await clock.run(19_000)
  t.same(sent, [])
  t.same(seen, [], 'the phone is not suspected')
})

t.test('knows that the server has read a query when what was sent later is answered', async (t) => {
  const { clock, connection, sent, seen, send } = newConnection()
  connection.useKeys(keys)
  const queries = ['A', 'B'].map((tag) => connection.query(query, kind, tag))
  await clock.run(999)
  t.notOk(sent.includes('?,,'), 'a quick answer needs no question')
  await clock.run(1)
  t.equal(sent.filter((frame) => frame === '?,,').length, 1, 'one question for all')
  queries.push(connection.query(query, kind, 'C'))
  send('A,{"status":200}')
  send('!1600000000000')
  await clock.run(10)
  t.ok(seen.includes('server read B'), 'A was answered, C came after the question')
  t.notOk(seen.some((each) => String(each).includes('C')))
  await clock.run(1_000)
  send('!1600000001000')
  await clock.run(10)
  t.ok(seen.includes('server read C'))
  send('!1600000001000')
  await clock.run(10)
  t.equal(seen.filter((each) => String(each).startsWith('server read')).length, 2)
  for (const each of queries.slice(1)) each.catch(() => {})
  connection.close('')
})

t.test('takes the empty answer for what it says: the server has read the query', async (t) => {
  const { clock, connection, seen, send } = newConnection()
  connection.useKeys(keys)
  connection.query(query, kind, 'A').catch(() => {})
  await clock.run(10)
  send('A,')
  send('A,')
  send('unknown,')
  await clock.run(10)
  t.same(
    seen.filter((each) => String(each).startsWith('server read')),
    ['server read A'],
  )
  connection.close('')
})

t.test('asks nothing more once it is over', async (t) => {
  const { clock, connection, sent } = newConnection()
  connection.useKeys(keys)
  connection.query(query, kind, 'A').catch(() => {})
  await clock.run(10)
  connection.close('')
  await clock.run(60_000)
  t.notOk(sent.includes('?,,'))
  t.equal(clock.waiting, 0)
})

t.test('drops a node that only browsers send: it answers nothing, and nobody is told', async (t) => {
  const { clock, connection, sent, seen, send } = newConnection()
  connection.useKeys(keys)
  let answers = 0
  connection.query(query, kind).then(
    () => answers++,
    () => {},
  )
  await clock.run()
  const tag = openFrame(sent[0] as Uint8Array, keys, { from: 'client' }).tag
  const say = (node: Node) => send(sealFrame({ ...keys, tag, node, iv: entropy.bytes(16) }))
  for (const type of ['set', 'relay']) say({ tag: 'action', attrs: { type }, content: null })
  say(query)
  await clock.run()
  t.same([answers, seen], [0, []])
  say({ tag: 'response', attrs: { type: 'chat' }, content: null })
  await clock.run()
  t.same([answers, seen], [1, [['node', 'response']]])
})
