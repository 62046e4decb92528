/**
 * Values that fit a schema of the message tables, for fast-check: everything the schema allows, its edges and the
 * members it does not name included. A schema of a kind that is not known here throws, so that the tables stay covered.
 */
import fc, { type Arbitrary } from 'fast-check'
import type { TSchema } from 'typebox'
import { TetherError } from 'proto/errors'
import type { Node } from 'proto/node'

/** What the table says of a schema, as JSON Schema; every member may be there. */
interface Shape {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly TSchema[]
  readonly not?: unknown
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: TSchema | readonly TSchema[]
  readonly minItems?: number
  readonly maxItems?: number
  readonly additionalItems?: boolean
  readonly properties?: Readonly<Record<string, TSchema>>
  readonly patternProperties?: Readonly<Record<string, TSchema>>
  readonly required?: readonly string[]
  readonly description?: string
  readonly '~refine'?: unknown
}

/** What stands for "anything": JSON in JSON bodies, nodes in nodes. */
export type Place = 'json' | 'node'

const USUAL_LENGTH = 12
const USUAL_ITEMS = 3
const MOST_ITEMS = 200

/** Values that pass the checker of the schema. */
export function arbitraryOf(schema: TSchema, place: Place): Arbitrary<unknown> {
  const shape = schema as Shape
  const { const: constant, enum: values, anyOf } = shape
  if (constant !== undefined) return fc.constant(constant)
  if (values) return fc.constantFrom(...values)
  if (anyOf) return fc.oneof(...anyOf.map((one) => arbitraryOf(one, place)))
  if (shape['~refine'] !== undefined && shape.description === 'bytes') return fc.uint8Array({ maxLength: 40 })
  const known = shape.type === undefined ? undefined : kinds[shape.type]
  if (known) return known(shape, place)
  if (Object.keys(shape).every((key) => key === 'description' || key.startsWith('~'))) return anything(place)
  throw new TetherError('TETHER_ERR_INTERNAL', `no values for a schema with ${Object.keys(shape).join(', ')}`)
}

const kinds: Readonly<Record<string, (shape: Shape, place: Place) => Arbitrary<unknown>>> = {
  null: () => fc.constant(null),
  boolean: () => fc.boolean(),
  number: () => fc.double({ noNaN: true, noDefaultInfinity: true }),
  integer: ({ minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER }) =>
    fc.integer({ min: minimum, max: maximum }),
  string: text,
  array: list,
  object: record,
}

const SURROGATES = [0xd800, 0xdfff] as const
/** Mostly ASCII; lone halves of pairs do not pass the wire and are left out. */
const character = fc
  .oneof({ weight: 4, arbitrary: fc.nat(0x7f) }, { weight: 1, arbitrary: fc.nat(0x10_ffff) })
  .map((code) => String.fromCodePoint(code >= SURROGATES[0] && code <= SURROGATES[1] ? 0xfffd : code))

function text({ pattern, minLength = 0, maxLength = Infinity }: Shape): Arbitrary<string> {
  if (pattern !== undefined) {
    return fc
      .stringMatching(new RegExp(pattern))
      .filter(({ length }) => length >= minLength && length <= maxLength)
  }
  // lengths are counted in code points, by both
  const usualMax = Math.min(maxLength, Math.max(minLength, USUAL_LENGTH))
  const usual = fc.string({ unit: character, minLength, maxLength: usualMax })
  const edges = [minLength, ...(maxLength <= 8_192 ? [maxLength] : [])].map((length) => 'x'.repeat(length))
  return fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: fc.constantFrom(...edges) })
}

function list(shape: Shape, place: Place): Arbitrary<unknown[]> {
  const { items, minItems = 0, maxItems = MOST_ITEMS } = shape
  if (!isTuple(items)) {
    const most = Math.min(maxItems, Math.max(minItems, USUAL_ITEMS))
    return fc.array(arbitraryOf(items!, place), { minLength: minItems, maxLength: most })
  }
  const all = items.map((item) => arbitraryOf(item, place))
  const more = shape.additionalItems === true ? fc.array(anything(place), { maxLength: 2 }) : fc.constant([])
  // optional items may be left out from the end; only a whole tuple is followed by others
  return fc
    .tuple(fc.tuple(...all), more, fc.integer({ min: minItems, max: items.length }))
    .map(([values, rest, length]) => (length < items.length ? values.slice(0, length) : [...values, ...rest]))
}

function isTuple(items: Shape['items']): items is readonly TSchema[] {
  return Array.isArray(items)
}

function record(
  { properties = {}, patternProperties, required = [] }: Shape,
  place: Place,
): Arbitrary<unknown> {
  if (patternProperties) {
    const [[pattern, value]] = Object.entries(patternProperties)
    return fc.dictionary(fc.stringMatching(new RegExp(pattern)), arbitraryOf(value, place), { maxKeys: 3 })
  }
  const isNode = place === 'node' && 'attrs' in properties
  const members = Object.entries(properties)
    .filter(([, schema]) => !('not' in schema))
    .map(([name, schema]) => [name, arbitraryOf(schema, place)] as const)
  const named = fc.record(Object.fromEntries(members), { requiredKeys: [...required] })
  if (isNode) return named
  const others = fc.dictionary(otherName(properties), place === 'json' ? fc.jsonValue() : fc.string(), {
    maxKeys: 2,
  })
  return fc.tuple(named, others).map(([own, extra]) => ({ ...extra, ...own }))
}

/** A member that the table does not name. */
function otherName(properties: Readonly<Record<string, TSchema>>): Arbitrary<string> {
  return fc
    .oneof(fc.string({ maxLength: 8 }), fc.constantFrom('constructor', 'toString', 'x', '0', 'epoch'))
    .filter((name) => !(name in properties) && name !== '__proto__' && name !== 'wid' && name !== 'secret')
}

function anything(place: Place): Arbitrary<unknown> {
  return place === 'json' ? fc.jsonValue({ maxDepth: 2 }) : anyNode
}

const anyNode: Arbitrary<Node> = fc.record({
  tag: fc.string({ minLength: 1, maxLength: 8 }),
  attrs: fc.dictionary(fc.string({ minLength: 1, maxLength: 6 }), fc.string({ maxLength: 8 }), {
    maxKeys: 2,
  }),
  content: fc.oneof(fc.constant(null), fc.uint8Array({ maxLength: 8 })),
})
