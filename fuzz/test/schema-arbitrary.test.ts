import fc from 'fast-check'
import t from 'tap'
import Type, { type TSchema } from 'typebox'
import { checkerFor } from 'proto/schema-checker'
import { Bytes, Children, Digits, Items, NodeOf, Words } from 'proto/message-schemas'
import { arbitraryOf, type Place } from '../src/schema-arbitrary.ts'

const draw = (schema: TSchema, place: Place = 'json') =>
  fc.sample(arbitraryOf(schema, place), { numRuns: 200, seed: 1 })

// prettier-ignore
const schemas: readonly (readonly [string, TSchema])[] = [
  ['a literal', Type.Literal('word')], ['one of several', Type.Enum(['a', 'b'])], ['a union', Type.Union([Type.Null(), Type.Boolean()])],
  ['a whole number', Type.Integer({ minimum: 3, maximum: 5 })], ['any number', Type.Number()], ['a text', Type.String({ minLength: 2, maxLength: 3 })],
  ['a long text', Type.String({ minLength: 192, maxLength: 192 })], ['a pattern', Digits], ['bytes', Bytes],
  ['a list', Type.Array(Type.Boolean(), { minItems: 2 })], ['a short list', Type.Array(Type.Unknown(), { maxItems: 0 })],
  ['words and more', Words(['a'], Type.Integer(), Type.Optional(Type.Boolean()))], ['items', Items(Type.Null())],
  ['an object', Type.Object({ a: Type.Integer(), b: Type.Optional(Type.String()), c: Type.Optional(Type.Never()) })],
  ['a record', Type.Record(Type.String(), Type.Boolean())], ['anything', Type.Unknown()],
]

for (const [what, schema] of schemas) {
  t.test(`it draws ${what} that fits`, async (t) => {
    const fits = checkerFor(schema)
    const odd = draw(schema).find((value) => !fits(value))
    t.equal(odd, undefined, JSON.stringify(odd))
  })
}

t.test(
  'it draws what the schema leaves open: shorter lists, members and items that nobody named',
  async (t) => {
    const tuples = draw(Items(Type.Null(), Type.Optional(Type.Boolean()))) as unknown[][]
    for (const length of [1, 2, 3])
      t.ok(
        tuples.some((values) => values.length === length),
        `${length} items`,
      )
    const objects = draw(Type.Object({ a: Type.Optional(Type.Null()) })) as object[]
    t.ok(
      objects.some((one) => !('a' in one)),
      'without the optional member',
    )
    t.ok(
      objects.some((one) => Object.keys(one).some((key) => key !== 'a')),
      'with another',
    )
    const texts = draw(Type.String({ maxLength: 4096 })) as string[]
    t.ok(texts.some(({ length }) => length === 0) && texts.some(({ length }) => length === 4096), 'both ends')
  },
)

t.test('it draws nodes where nodes belong', async (t) => {
  const nodes = draw(NodeOf('a', {}, Children(Type.Unknown())), 'node') as { content: unknown[] }[]
  t.match(nodes.find(({ content }) => content.length > 0)!.content[0], { tag: String, attrs: Object })
})

t.test('it says when it does not know a kind of schema', async (t) => {
  t.throws(() => arbitraryOf({ type: 'date' }, 'json'), { code: 'TETHER_ERR_INTERNAL' })
})
