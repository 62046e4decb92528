import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import type { Node } from 'proto/node'
import { spelled } from '../src/node-spelling.ts'

const node = (attrs: Node['attrs'], content: Node['content'] = null): Node => ({ tag: 'x', attrs, content })
const same = (a: Node, b: Node) => isDeepStrictEqual(spelled(a), spelled(b))

t.test('nodes are the same in any spelling of persons, hex and texts', async (t) => {
  t.ok(same(node({ jid: '1@c.us' }), node({ jid: '1@s.whatsapp.net' })))
  t.ok(same(node({ id: 'cafe' }), node({ id: 'CAFE' })))
  t.ok(same(node({}, 'text'), node({}, Uint8Array.from(Buffer.from('text')))))
})

t.test('names that are spelled alike are one, and the last counts', async (t) => {
  t.ok(same(node({ 'c.us': '1', 's.whatsapp.net': '2' }), node({ 's.whatsapp.net': '2' })))
  t.ok(same(node({ f: '1', F: '2' }), node({ F: '2' })))
  t.notOk(same(node({ f: '1', F: '2' }), node({ F: '1' })))
})

t.test('everything else makes another node', async (t) => {
  t.notOk(same(node({ a: '1' }), node({ a: '2' })))
  t.notOk(same(node({ a: '1' }), node({})))
  t.notOk(same(node({}, [node({})]), node({}, [])))
  t.notOk(same(node({}, 'a'), node({}, 'b')))
})
