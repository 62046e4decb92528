/**
 * Parts of the message schemas. Input from clients is described tolerantly: every form that a surviving client sends
 * passes, longer arrays and more members too (spec 4 to 15). Nodes are as node.ts gives them.
 */
import Type, { type TProperties, type TSchema } from 'typebox'

export const Text = (maxLength: number, description?: string) =>
  Type.String({ maxLength, ...(description !== undefined && { description }) })
export const Count = Type.Integer({ minimum: 0 })
export const Seconds = Type.Integer({ minimum: 0, description: 'seconds since 1970' })
export const Millis = Type.Integer({ minimum: 0, description: 'milliseconds' })
export const Token = Type.String({ minLength: 1, maxLength: 512, description: 'opaque' })
/** `number@c.us` or `number@s.whatsapp.net`, a group, a list: clients spell persons in both ways. */
export const Jid = Type.String({ minLength: 1, maxLength: 128, description: 'JID' })
export const Wid = Type.String({ pattern: '^[0-9]{5,15}@c\\.us$', description: 'number@c.us' })
export const ClientId = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[^,]*$',
  description: 'base64 of 8 or 16 bytes',
})
export const Base64 = (maxLength: number) => Type.String({ maxLength, description: 'base64' })
export const Anything = Type.Unknown()

export const Status = Type.Object({ status: Type.Integer({ minimum: 100, maximum: 599 }) })
/** A good answer with these members, or a status alone. */
export const StatusOr = <P extends TProperties>(members: P) => Type.Union([Type.Object(members), Status])
export const Ok = Type.Literal(200)

/** An array that begins with these items; more may follow. Trailing optional items may be left out. */
export function Items<T extends TSchema[]>(...items: [...T]) {
  const minItems = items.filter((item) => !Type.IsOptional(item)).length
  return Type.Tuple(items, { minItems, additionalItems: true })
}

/** The same, its first items being exactly these words. */
export function Words<W extends [string, ...string[]], T extends TSchema[]>(
  words: readonly [...W],
  ...items: [...T]
) {
  const literals = words.map((word) => Type.Literal(word)) as {
    [K in keyof W]: ReturnType<typeof Type.Literal<W[K]>>
  }
  return Items<[...typeof literals, ...T]>(...([...literals, ...items] as [...typeof literals, ...T]))
}

/** Raw content of a node. */
export const Bytes = Type.Refine(
  Type.Unsafe<Uint8Array>({ description: 'bytes' }),
  (value) => (value as unknown) instanceof Uint8Array,
)
/** Some clients write an empty list where others write no content (GO: leave, profile). */
export const Nothing = Type.Union([Type.Null(), Type.Array(Type.Unknown(), { maxItems: 0 })])

/** A node with this tag. `attrs` names the attributes with a meaning; all values are texts; others may be there. */
export function NodeOf<A extends TProperties, C extends TSchema>(tag: string, attrs: A, content: C) {
  return Type.Object({ tag: Type.Literal(tag), attrs: Type.Object(attrs), content })
}
export const Children = <C extends TSchema>(
  child: C,
  options: { minItems?: number; maxItems?: number } = {},
) => Type.Array(child, options)

export const Is = <V extends string>(value: V) => Type.Literal(value)
export const OneOf = <V extends string[]>(...values: [...V]) => Type.Enum(values)
export const May = Type.Optional
/** An attribute that holds a number as text. */
export const Digits = Type.String({ pattern: '^-?[0-9]{1,20}$', description: 'a number as text' })
export const Flag = Type.Enum(['true', 'false'])
export const Id = Type.String({ minLength: 1, maxLength: 64, description: 'message id' })
export const Word = Text(128)
export const Line = Text(4096)

/** One message; the content is a serialised WebMessageInfo (web-message.ts). */
export const MessageNode = NodeOf('message', {}, Bytes)
export const UserNode = NodeOf('user', { jid: Jid }, Nothing)
/** Names one message of a chat; `owner` is its fromMe. */
export const ItemNode = NodeOf('item', { index: Id, owner: Flag }, Nothing)
export const ParticipantNode = NodeOf('participant', { jid: Jid }, Nothing)
