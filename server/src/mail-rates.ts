/**
 * How much mail may come in: of one sender for one recipient, of one sender in all, and bytes for one recipient
 * (research section 3). In memory: it cannot fail, and whoever could empty it by a restart is the operator. What a
 * sender's own haste meets is refused until later, and its phone waits. What others have used up is refused for good,
 * as by a full mailbox: a sender who waited for it would reach nobody else meanwhile.
 */
import type { MailKind } from 'proto/phone-link'
import { limit, type LimitName } from 'proto/limits'
import { TokenBuckets } from './token-bucket.ts'

const SECOND = 1_000

/** A limit that was met. `retryMs` null: refused for good. */
export interface RateHit {
  readonly name: LimitName
  readonly retryMs: number | null
}

interface RatedMail {
  readonly to: string
  readonly kind: MailKind
  readonly body: Uint8Array
}

export class MailRates {
  readonly #pairs = new TokenBuckets(limit('MAIL_PAIR_BURST'), limit('MAIL_PAIR_REFILL_MS'))
  readonly #senders = new TokenBuckets(limit('MAIL_SENDER_BURST'), SECOND / limit('MAIL_SENDER_RATE'))
  readonly #inbound = new TokenBuckets(limit('MAIL_INBOUND_BYTES'), SECOND / limit('MAIL_INBOUND_RATE'))

  /** Takes what this mail costs; the limit that it meets, and then nothing was taken. */
  take(from: string, { to, kind, body }: RatedMail, now: number): RateHit | null {
    const senderWait = this.#senders.take(from, now)
    if (senderWait > 0) return { name: 'MAIL_SENDER_BURST', retryMs: senderWait }
    if (kind !== 'receipt') {
      const pairWait = this.#pairs.take(pairOf(from, to), now)
      if (pairWait > 0) {
        this.#senders.giveBack(from)
        return { name: 'MAIL_PAIR_BURST', retryMs: pairWait }
      }
    }
    if (this.#inbound.take(to, now, body.length) === 0) return null
    this.#giveBackMessage(from, to, kind)
    return { name: 'MAIL_INBOUND_BYTES', retryMs: null }
  }

  /** The mail was not stored after all: it is known already, or came before its turn. */
  giveBack(from: string, { to, kind, body }: RatedMail): void {
    this.#giveBackMessage(from, to, kind)
    this.#inbound.giveBack(to, body.length)
  }

  #giveBackMessage(from: string, to: string, kind: MailKind): void {
    this.#senders.giveBack(from)
    if (kind !== 'receipt') this.#pairs.giveBack(pairOf(from, to))
  }
}

function pairOf(from: string, to: string): string {
  return `${from} ${to}`
}
