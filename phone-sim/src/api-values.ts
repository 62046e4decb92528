/** Values that stand in requests and in answers of the phones' HTTP API. */
import Type, { type TSchema } from 'typebox'

export const MAX_JID = 64

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
export const oneOf = <T extends string>(...values: T[]) => Type.Enum(values)
export const Time = Type.Integer({ minimum: 0, description: 'milliseconds since 1970' })

export const mediaType = oneOf('image', 'video', 'audio', 'document', 'sticker')
export const Chats = nullable(
  Type.Array(Type.String({ minLength: 1, maxLength: MAX_JID }), {
    maxItems: 1_000,
    description: 'the chats it may see; null or absent: all',
  }),
)
export const MutedUntil = nullable(
  Type.Integer({ minimum: -1, description: 'milliseconds since 1970; -1: for always; null: not muted' }),
)

export const network = oneOf('wifi', 'cell', 'none')
export const app = oneOf('running', 'dozing', 'killed')
export const power = oneOf('on', 'off')
