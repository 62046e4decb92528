/** Route options for the phones' HTTP side: checked input, and the answers that the documents show. */
import Type, { type TSchema } from 'typebox'
import { Failure } from './api.ts'

export interface Shapes {
  readonly params?: TSchema
  readonly querystring?: TSchema
  readonly body?: TSchema
  readonly answer: TSchema
}

export function describe(summary: string, { answer, ...input }: Shapes): { schema: Record<string, unknown> } {
  return { schema: { summary, ...input, response: { 200: answer, '4xx': Failure, '5xx': Failure } } }
}

export function list(item: TSchema): TSchema {
  return Type.Array(item)
}
