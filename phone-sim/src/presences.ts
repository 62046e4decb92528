/**
 * Whether the person at the phone is there, and types (spec 14.1). Said by the phone for itself; what its browsers say
 * is passed on by their handler. The server forgets it with the link, so it is said again on the next one.
 */
import type { LinkBody } from 'proto/phone-link'
import { isGroup } from 'proto/jid'
import { numberOf } from './addresses.ts'
import type { Uplink } from './uplink.ts'

export type PresenceState = LinkBody<'presence'>['state']

export class Presences {
  readonly #uplink: Pick<Uplink, 'send'>
  #isThere = false

  constructor(uplink: Pick<Uplink, 'send'>) {
    this.#uplink = uplink
  }

  /** `to`: the JID of the chat in which the person types. */
  say(state: PresenceState, to?: string): void {
    this.#isThere = state !== 'unavailable'
    this.#uplink.send({ type: 'presence', state, ...(to !== undefined && { to: presenceTo(to) }) })
  }

  attached(): void {
    if (this.#isThere) this.say('available')
  }
}

/** A chat as the link names it: a number or the JID of a group. */
export function presenceTo(jid: string): string {
  return isGroup(jid) ? jid : numberOf(jid)
}
