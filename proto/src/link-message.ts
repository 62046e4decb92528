/** Text of the phone link -> checked message; what does not fit never gets further. */
import { TetherError } from './errors.ts'
import { linkCheckerOf } from './message-checkers.ts'
import { linkMessages, type LinkMessage, type LinkMessageName } from './phone-link.ts'

type Sender = 'phone' | 'server'

function isName(name: unknown): name is LinkMessageName {
  return typeof name === 'string' && Object.hasOwn(linkMessages, name)
}

/** Throws TETHER_ERR_BODY, naming the message but never its content. */
export function parseLinkMessage(text: string, sender: Sender): LinkMessage {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new TetherError('TETHER_ERR_BODY', 'not JSON')
  }
  const name = typeof value === 'object' && value !== null ? (value as { type?: unknown }).type : undefined
  if (!isName(name) || !['both', sender].includes(linkMessages[name].from))
    throw new TetherError('TETHER_ERR_BODY', 'unknown message')
  if (!linkCheckerOf(name)(value)) throw new TetherError('TETHER_ERR_BODY', name)
  return value as LinkMessage
}
