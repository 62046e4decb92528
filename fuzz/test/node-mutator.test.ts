import t from 'tap'
import type { Node } from 'proto/node'
import { encodeNode } from 'proto/node-encoder'
import { mutateNode } from '../src/node-mutator.ts'
import { Random } from '../src/random.ts'

const node: Node = {
  tag: 'action',
  attrs: { type: 'set', epoch: '1' },
  content: [{ tag: 'read', attrs: { jid: '1@c.us', count: '1' }, content: null }],
}

t.test('it changes a copy in many ways, and leaves a node that can be written', async (t) => {
  const random = new Random('nodes')
  const before = JSON.stringify(node)
  const seen = new Set<string>()
  for (let round = 0; round < 500; round++) {
    const changed = mutateNode(node, random)
    encodeNode(changed)
    seen.add(JSON.stringify(changed))
  }
  t.equal(JSON.stringify(node), before)
  t.ok(seen.size > 250, `${seen.size} different ones`)
  t.ok(
    [...seen].some((text) => text.includes('"__proto__":')),
    'names that objects have',
  )
})
