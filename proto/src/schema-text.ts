/**
 * A schema as one line that a person can read: arrays as `[a, b]`, lists as `[a, …]`, objects as
 * `{name: type, optional?: type}`, nodes as `tag {attribute: type} content`. Reads the plain JSON Schema that the
 * schema library makes; knows nothing of messages.
 */
import type { TSchema } from 'typebox'

interface Plain {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Plain[]
  readonly description?: string
  readonly items?: Plain | readonly Plain[]
  readonly minItems?: number
  readonly maxItems?: number
  readonly properties?: Readonly<Partial<Record<string, Plain>>>
  readonly required?: readonly string[]
  readonly patternProperties?: Readonly<Record<string, Plain>>
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly not?: Plain
}

/** For example `["admin", "login", opaque, opaque, JID?]`. */
export function formatSchema(schema: TSchema): string {
  return format(schema)
}

function format(schema: Plain): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.anyOf) return formatUnion(schema.anyOf)
  if (schema.type === 'array') return formatArray(schema)
  if (schema.type === 'object') return formatObject(schema)
  if (schema.not) return 'never'
  if (schema.description !== undefined) return schema.description
  if (schema.type === 'string')
    return (schema.pattern === undefined ? 'text' : `text /${schema.pattern}/`) + bounds(schema)
  return (schema.type ?? 'anything') + bounds(schema)
}

function formatUnion(members: readonly Plain[]): string {
  const texts = new Set(members.map(format))
  return [...texts].join(' | ')
}

function formatArray({ items, minItems = 0, maxItems }: Plain): string {
  if (items === undefined) return maxItems === 0 ? '[]' : '[…]'
  if (isList(items)) {
    return `[${items.map((item, at) => format(item) + (at < minItems ? '' : '?')).join(', ')}]`
  }
  if (maxItems === 0) return '[]'
  if (minItems === 1 && maxItems === 1) return `[${format(items)}]`
  const list = `[${format(items)}, …]`
  if (maxItems !== undefined) return `${list} (${minItems} to ${maxItems})`
  return minItems === 0 ? list : `${list} (${minItems} or more)`
}

function isList(items: Plain | readonly Plain[]): items is readonly Plain[] {
  return Array.isArray(items)
}

function formatObject({ properties = {}, required = [], patternProperties }: Plain): string {
  const { tag, attrs, content } = properties
  if (typeof tag?.const === 'string' && attrs && content) return formatNode(tag.const, attrs, content)
  const members = Object.entries(properties).map(
    ([name, member]) => `${name}${required.includes(name) ? '' : '?'}: ${format(member!)}`,
  )
  const others = Object.values(patternProperties ?? {}).map((member) => `[name]: ${format(member)}`)
  return `{${[...members, ...others].join(', ')}}`
}

const NOTHING = ' | null | []'

function formatNode(tag: string, attrs: Plain, content: Plain): string {
  const head = Object.keys(attrs.properties ?? {}).length === 0 ? tag : `${tag} ${format(attrs)}`
  const inside = ` | ${format(content)}`
  if (inside === NOTHING) return head
  const isOptional = inside.endsWith(NOTHING)
  const text = inside.slice(3, isOptional ? -NOTHING.length : undefined)
  return `${head} ${content.anyOf && text.includes(' | ') ? `(${text})` : text}${isOptional ? '?' : ''}`
}

function bounds({ type, minimum, maximum, maxLength }: Plain): string {
  if (type === 'string') return maxLength === undefined ? '' : ` ≤${maxLength}`
  if (minimum !== undefined && maximum !== undefined) return ` ${minimum}..${maximum}`
  // Nearly every number starts at 0: saying so would only hide what differs.
  if (minimum !== undefined && minimum !== 0) return ` ≥${minimum}`
  return maximum === undefined ? '' : ` ≤${maximum}`
}
