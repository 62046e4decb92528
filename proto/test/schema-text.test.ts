import Type, { type TSchema } from 'typebox'
import t from 'tap'
import { Bytes, Children, May, NodeOf, Nothing, Words } from '../src/message-schemas.ts'
import { formatSchema } from '../src/schema-text.ts'

const cases: readonly [TSchema, string][] = [
  [Type.Literal('a'), '"a"'],
  [Type.Enum(['a', 'b']), '"a" | "b"'],
  [Type.String(), 'text'],
  [Type.String({ maxLength: 8 }), 'text ≤8'],
  [Type.String({ pattern: '^x$' }), 'text /^x$/'],
  [Type.String({ maxLength: 8, description: 'JID' }), 'JID'],
  [Type.Integer({ minimum: 0 }), 'integer'],
  [Type.Integer({ minimum: 1 }), 'integer ≥1'],
  [Type.Integer({ minimum: 1, maximum: 9 }), 'integer 1..9'],
  [Type.Integer({ maximum: 9 }), 'integer ≤9'],
  [Type.Boolean(), 'boolean'],
  [Type.Null(), 'null'],
  [Type.Unknown(), 'anything'],
  [Type.Never(), 'never'],
  [Type.Union([Type.Boolean(), Type.Null(), Type.Boolean()]), 'boolean | null'],
  [Type.Array(Type.Boolean()), '[boolean, …]'],
  [Type.Array(Type.Boolean(), { minItems: 1 }), '[boolean, …] (1 or more)'],
  [Type.Array(Type.Boolean(), { maxItems: 3 }), '[boolean, …] (0 to 3)'],
  [Type.Array(Type.Boolean(), { minItems: 1, maxItems: 1 }), '[boolean]'],
  [Type.Array(Type.Boolean(), { maxItems: 0 }), '[]'],
  [Words(['a', 'b'], Type.Boolean(), Type.Optional(Type.Null())), '["a", "b", boolean, null?]'],
  [Type.Object({}), '{}'],
  [Type.Object({ a: Type.Boolean(), b: Type.Optional(Type.Null()) }), '{a: boolean, b?: null}'],
  [Type.Record(Type.String(), Type.Boolean()), '{[name]: boolean}'],
  [NodeOf('x', {}, Nothing), 'x'],
  [NodeOf('x', { a: May(Type.String()) }, Bytes), 'x {a?: text} bytes'],
  [NodeOf('x', {}, Type.Union([Children(NodeOf('y', {}, Nothing)), Nothing])), 'x [y, …]?'],
  [NodeOf('x', {}, Type.Union([Bytes, Type.String()])), 'x (bytes | text)'],
  [NodeOf('x', {}, Type.Union([Bytes, Type.String(), Nothing])), 'x (bytes | text)?'],
]

t.test('it prints every kind of schema', (t) => {
  for (const [schema, text] of cases) t.equal(formatSchema(schema), text)
  t.end()
})
