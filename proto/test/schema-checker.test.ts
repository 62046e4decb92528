import t from 'tap'
import Type from 'typebox'
import { checkerFor } from '../src/schema-checker.ts'

t.test('it makes one checker for one schema', (t) => {
  const schema = Type.Object({ a: Type.Integer() })
  t.equal(checkerFor(schema), checkerFor(schema))
  t.ok(checkerFor(schema)({ a: 1 }))
  t.notOk(checkerFor(schema)({ a: 1.5 }))
  t.end()
})
