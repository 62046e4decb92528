import t from 'tap'
import { judgeAnswer, judgeNode, judgePhoneNode, judgePush, judgeRequest } from '../src/message-verdict.ts'
import type { Node } from '../src/node.ts'

const query = (attrs: Record<string, string>): Node => ({ tag: 'query', attrs, content: null })

t.test('it names the row of a message and says whether the shape fits', (t) => {
  t.strictSame(judgeRequest(['admin', 'test']), { row: 'test', fits: true })
  t.strictSame(judgeRequest(['query', 'exist', 7]), { row: 'exist', fits: false })
  t.strictSame(judgePush(['Pong', true]), { row: 'pong', fits: true })
  t.strictSame(judgePush(['Pong', false]), { row: 'pong', fits: false })
  t.strictSame(judgeNode(query({ type: 'emoji' })), { row: 'queryEmoji', fits: true })
  t.strictSame(judgeNode(query({ type: 'message' })), { row: 'queryMessages', fits: false })
  const battery = { tag: 'battery', attrs: { value: '7' }, content: null }
  t.strictSame(judgePhoneNode({ tag: 'action', attrs: {}, content: [battery] }), {
    row: 'battery',
    fits: true,
  })
  t.end()
})

t.test('it says that nothing fits where there is no row', (t) => {
  const none = { row: null, fits: false }
  t.strictSame(judgeRequest(['query', 'weather']), none)
  t.strictSame(judgeRequest('text'), none)
  t.strictSame(judgePush(['Weather', 'fine']), none)
  t.strictSame(judgeNode(query({ type: 'weather' })), none)
  t.strictSame(judgePhoneNode(query({})), none)
  t.end()
})

t.test('it says what status an answer tells, where it tells one', (t) => {
  t.strictSame(judgeAnswer('exist', { status: 200, jid: '15550002222@c.us' }), {
    row: 'exist',
    fits: true,
    status: 200,
  })
  t.strictSame(judgeAnswer('exist', { status: 404 }), { row: 'exist', fits: true, status: 404 })
  t.strictSame(judgeAnswer('aboutText', { status: 'busy' }), { row: 'aboutText', fits: true, status: null })
  t.strictSame(judgeAnswer('test', ['Pong', true]), { row: 'test', fits: true, status: null })
  const emoji: Node = { tag: 'response', attrs: { type: 'emoji' }, content: null }
  t.strictSame(judgeAnswer('queryEmoji', emoji), { row: 'queryEmoji', fits: true, status: null })
  t.strictSame(judgeAnswer('queryLabels', emoji), { row: 'queryLabels', fits: false, status: null })
  t.strictSame(judgeAnswer('keepAlive', '!7'), { row: 'keepAlive', fits: true, status: null })
  t.strictSame(judgeAnswer('keepAlive', null), { row: 'keepAlive', fits: false, status: null })
  t.end()
})
