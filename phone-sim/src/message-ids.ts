/** Ids of messages and mails made by a phone: 32 upper-case hex digits, as Android phones made them (messages.md 2). */
import type { Entropy } from 'proto/entropy'

export function newId(entropy: Entropy): string {
  return Buffer.from(entropy.bytes(16)).toString('hex').toUpperCase()
}
