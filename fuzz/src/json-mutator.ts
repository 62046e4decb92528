/**
 * Changes in a JSON text that leave it JSON: bytes changed at random are refused by the parser and never reach the
 * code behind it. What stands before the first bracket (a message tag) stays.
 */
import { utf8 } from 'proto/bytes'
import { textOf } from './input-forms.ts'
import type { Random } from './random.ts'

type Json = unknown
type Container = Json[] | Record<string, Json>
interface Slot {
  readonly parent: Container
  readonly key: string
}

const MOST_SLOTS = 400
const MOST_CHANGES = 3
const LONG_TEXT = 5_000
const DEEP = 200

/** Values at the edges of what schemas allow, and some that no schema expects. */
const edges: readonly ((random: Random) => Json)[] = [
  () => null,
  () => true,
  () => false,
  (random) => random.pick([0, -0, 1, -1, 1.5, 199, 404, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 1e308]),
  (random) =>
    random.pick(['', ' ', '0', '-1', 'true', 'x', ',', '\u0000', '\ud800', '\u{1f600}', '@', '@c.us']),
  (random) =>
    random.pick([
      '15550001111@c.us',
      '15550001111-1@g.us',
      'status@broadcast',
      '15550001111:1@s.whatsapp.net',
    ]),
  (random) => 'x'.repeat(random.pick([33, 65, 129, 513, LONG_TEXT])),
  () => [],
  () => ({}),
  (random) => nested(random.between(1, DEEP)),
  () => Object.defineProperty({}, '__proto__', { value: { polluted: true }, enumerable: true }),
  () => ({ constructor: { prototype: { polluted: true } }, toString: 1, length: 1e9 }),
]

/** A changed copy; null when there is no JSON in it. */
export function mutateJson(input: Uint8Array, random: Random): Uint8Array | null {
  const text = textOf(input)
  const start = text.search(/[[{]/)
  if (start < 0) return null
  try {
    const root: Container = [JSON.parse(text.slice(start)) as Json]
    for (let left = random.between(1, MOST_CHANGES); left > 0; left--) {
      const slots = slotsOf(root)
      random.pick(changes)(random.pick(slots), random, slots)
      if (root.length === 0) root.push([])
    }
    return utf8(text.slice(0, start) + JSON.stringify(root[0]))
  } catch {
    return null
  }
}

function nested(depth: number): Json {
  let value: Json = []
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

const changes: readonly ((slot: Slot, random: Random, slots: readonly Slot[]) => void)[] = [
  (slot, random) => put(slot, random.pick(edges)(random)),
  ({ parent, key }) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 1)
    else Reflect.deleteProperty(parent, key)
  },
  (slot, random, slots) => put(slot, copyOf(valueIn(random.pick(slots)))),
  (slot, random) => put(slot, near(valueIn(slot), random)),
  (slot) => put(slot, [valueIn(slot)]),
  ({ parent, key }, random, slots) => {
    const value = copyOf(valueIn(random.pick(slots)))
    if (Array.isArray(parent)) parent.splice(Number(key), 0, value)
    else
      put(
        { parent, key: random.pick([...Object.keys(parent), '__proto__', 'type', 'id', 'status', '0', '']) },
        value,
      )
  },
]

/** A value of the same kind close by. */
function near(value: Json, random: Random): Json {
  if (typeof value === 'number') return value + random.pick([1, -1, 0.5, 2 ** 32])
  if (typeof value === 'boolean') return !value
  if (typeof value !== 'string' || value === '') return random.pick(edges)(random)
  const at = random.below(value.length)
  return value.slice(0, at) + random.pick(['', '0', 'z', ',', value, '\u00e4']) + value.slice(at + 1)
}

function slotsOf(root: Container): readonly Slot[] {
  const slots: Slot[] = []
  const open: Container[] = [root]
  for (let parent = open.pop(); parent && slots.length < MOST_SLOTS; parent = open.pop()) {
    for (const key of Object.keys(parent)) {
      slots.push({ parent, key })
      const value = valueIn({ parent, key })
      if (typeof value === 'object' && value !== null) open.push(value as Container)
    }
  }
  return slots
}

function valueIn({ parent, key }: Slot): Json {
  return (parent as Record<string, Json>)[key]
}

/** As JSON.parse does it: `__proto__` is a member like any other. */
function put({ parent, key }: Slot, value: Json): void {
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true })
}

function copyOf(value: Json): Json {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json)
}
