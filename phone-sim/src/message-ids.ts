/** Ids of messages and mails: those made here, and the shape of all others. */
import type { Entropy } from 'proto/entropy'
import { TetherError } from 'proto/errors'

/** What a mail can carry as its id (proto/phone-link), and no control characters. */
const SHAPE = /^[!-~]{1,64}$/

/** 32 upper-case hex digits, as Android phones made them (messages.md 2). */
export function newId(entropy: Entropy): string {
  return Buffer.from(entropy.bytes(16)).toString('hex').toUpperCase()
}

/** Throws TETHER_ERR_PROTOBUF for an id that could not be sent, stored or answered. */
export function assertId(id: string): void {
  if (!SHAPE.test(id)) throw new TetherError('TETHER_ERR_PROTOBUF', 'message id')
}
