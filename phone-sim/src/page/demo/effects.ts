/**
 * Recognises the effects that the tour waits for in what phones and relay report. Keeps only what it needs to tell one
 * from another. Phones and relay report on streams of their own, so times decide what came first.
 */
import type { PhonesEvent } from '../../phones.ts'
import type { RelayEvent } from './relay-feed.ts'
import type { Fact } from './tour.ts'

export interface Players {
  readonly alice: string
  readonly bob: string
}

/** JID of a number. */
export const jidOf = (number: string): string => `${number}@s.whatsapp.net`

export class Effects {
  readonly #players: Players
  readonly #seen: (fact: Fact) => void
  /** When Bob's message came to Alice's phone, and when the relay last carried something sealed to the browser. */
  #cameAt = Number.POSITIVE_INFINITY
  #carriedAt = 0
  #isPhoneAway = false
  /** The relay holds something that Bob has not got yet. */
  #isHeld = false

  constructor(players: Players, seen: (fact: Fact) => void) {
    this.#players = players
    this.#seen = seen
  }

  /** What a phone reports. */
  phone(event: PhonesEvent): void {
    const { alice, bob } = this.#players
    if (event.number === bob) this.#bob(event)
    if (event.number !== alice) return
    if (event.type === 'companion' && event.companion.state === 'online') this.#seen('paired')
    if (event.type === 'companionGone') this.#seen('revoked')
    if (event.type === 'state') {
      this.#isPhoneAway = event.state !== 'online'
      if (event.state === 'off') this.#seen('phoneOff')
    }
    if (event.type === 'message' && event.jid === jidOf(bob) && !event.message.fromMe) {
      this.#cameAt = event.at
      this.#checkCarried()
    }
    if (event.type === 'messageChanged' && event.message.fromMe && event.message.status === 'read')
      this.#seen('readByBob')
  }

  /** What the relay reports. */
  relay(event: RelayEvent): void {
    if (event.type !== 'frame' || event.leg !== 'browser' || !event.sealedBytes) return
    if (event.way === 'out') {
      this.#carriedAt = event.at
      this.#checkCarried()
    }
    if (event.way === 'in' && this.#isPhoneAway && event.label === 'sealed message') {
      this.#isHeld = true
      this.#seen('heldByRelay')
    }
  }

  forget(): void {
    this.#cameAt = Number.POSITIVE_INFINITY
    this.#isPhoneAway = this.#isHeld = false
  }

  #checkCarried(): void {
    if (this.#carriedAt < this.#cameAt) return
    this.#cameAt = Number.POSITIVE_INFINITY
    this.#seen('carriedToBrowser')
  }

  #bob(event: PhonesEvent): void {
    if (event.type !== 'message' || event.message.fromMe || event.jid !== jidOf(this.#players.alice)) return
    if (!this.#isHeld) return
    this.#isHeld = false
    this.#seen('deliveredToBob')
  }
}
