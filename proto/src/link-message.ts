/**
 * Text of the phone link -> checked message. Schemas are compiled once; what does not fit never gets further. For
 * servers and phones only: compiling needs `eval`, which pages do not have.
 */
import { Compile } from 'typebox/compile'
import { TetherError } from './errors.ts'
import { linkMessages, type LinkMessage, type LinkMessageName } from './phone-link.ts'

type Sender = 'phone' | 'server'

const checkers = new Map(
  Object.entries(linkMessages).map(([name, row]) => [name, { from: row.from, body: Compile(row.body) }]),
)

/** Throws TETHER_ERR_BODY, naming the message but never its content. */
export function parseLinkMessage(text: string, sender: Sender): LinkMessage {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new TetherError('TETHER_ERR_BODY', 'not JSON')
  }
  const name = typeof value === 'object' && value !== null ? (value as { type?: unknown }).type : undefined
  const row = typeof name === 'string' ? checkers.get(name) : undefined
  if (!row || (row.from !== sender && row.from !== 'both'))
    throw new TetherError('TETHER_ERR_BODY', 'unknown message')
  if (!row.body.Check(value)) throw new TetherError('TETHER_ERR_BODY', name as LinkMessageName)
  return value as LinkMessage
}
