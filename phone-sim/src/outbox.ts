/**
 * Mail on its way to the server. Each mail gets the next send counter in the transaction that made it, is sent as it
 * was stored, and stays until the server has it; after a reconnect it is sent again from the first that the server
 * lacks. Never encrypts, so nothing is encrypted twice. Research: reliability 2.2, 2.3.
 */
import { formatBase64 } from 'proto/base64'
import type { Clock, Timer } from 'proto/clock'
import type { Crash } from 'proto/crash-points'
import { errors, type ErrorCode, TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import type { LinkBody, PhoneMailKind } from 'proto/phone-link'
import type { Trace } from 'proto/trace'
import type { Audit } from './audit.ts'
import type { PhonesMeters } from './phones-meters.ts'
import type { MessageKeyRow, OutboxRow, PhoneStore } from './store.ts'
import type { Uplink } from './uplink.ts'

/** What became of a mail: stored by the server (null), or refused for good. */
export type Outcome = ErrorCode | null

export interface OutboxOptions {
  readonly store: PhoneStore
  readonly uplink: Pick<Uplink, 'send' | 'isAttached'>
  readonly clock: Clock
  readonly audit: Audit
  readonly meters: PhonesMeters
  readonly trace?: Trace | undefined
  readonly crash?: Crash | undefined
  /** A mail of this message is over; runs in the transaction that has taken it out of the outbox. */
  readonly settled: (message: MessageKeyRow, to: string, outcome: Outcome) => void
}

const COUNTER = 'lastMail'

export class Outbox {
  readonly #options: OutboxOptions
  /** Who waits for a message, by its chat and id. */
  readonly #waiters = new Map<string, ((outcome: Outcome) => void)[]>()
  /** The highest n handed to this link; 0 before `attached`. */
  #handed = 0
  /** When each mail that is not confirmed was handed to a link first, since the start. */
  readonly #handedAt = new Map<string, number>()
  /** Set while the server has asked to wait. */
  #pause: Timer | null = null
  /** How many unconfirmed mails may be out: fewer after the server has asked to wait, or most would be sent in vain. */
  #window = limit('MAIL_WINDOW')

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  /** Stores a mail in the caller's transaction and sends it after the commit. Throws TETHER_ERR_TOO_LARGE. */
  append(mail: {
    to: string
    mail: string
    kind: PhoneMailKind
    body: Uint8Array
    message: MessageKeyRow | null
  }): void {
    if (mail.body.length > limit('MAIL_BYTES')) throw new TetherError('TETHER_ERR_TOO_LARGE', 'mail')
    const { store, trace, crash } = this.#options
    const n = this.#counter() + 1
    store.facts.put(COUNTER, String(n))
    store.outbox.add({ n, ...mail })
    store.afterCommit(() => {
      trace?.emit('mail.queued', { message: mail.message?.id, mail: mail.mail, n, kind: mail.kind })
      crash?.at('outbox.committed')
      this.pump()
    })
  }

  /** Calls back once, when the server has all mail of an own message or has refused it for good. Gives what ends that. */
  whenSettled(message: MessageKeyRow, callback: (outcome: Outcome) => void): () => void {
    const name = nameOf(message)
    this.#waiters.set(name, [...(this.#waiters.get(name) ?? []), callback])
    return () => {
      const left = (this.#waiters.get(name) ?? []).filter((waiter) => waiter !== callback)
      if (left.length > 0) this.#waiters.set(name, left)
      else this.#waiters.delete(name)
    }
  }

  /** Does a browser wait for this message? Then it gets the outcome itself, and tells the others. */
  isAwaited(message: MessageKeyRow): boolean {
    return this.#waiters.has(nameOf(message))
  }

  /** Tells those who wait for a message what became of it. */
  tellSettled(message: MessageKeyRow, outcome: Outcome): void {
    const waiters = this.#waiters.get(nameOf(message)) ?? []
    this.#waiters.delete(nameOf(message))
    for (const waiter of waiters) waiter(outcome)
  }

  /** A new link: what the server has is done, the rest is sent again. */
  attached(lastSent: number): void {
    const { store, audit } = this.#options
    this.#pause?.cancel()
    this.#pause = null
    const range = store.outbox.range()
    const last = this.#counter()
    if (lastSent > last) {
      // the store is older than what the server saw: the counter goes on where the server is
      store.transaction(() => {
        store.facts.put(COUNTER, String(lastSent + (range ? range.last - range.first + 1 : 0)))
        if (range) store.outbox.shift(lastSent + 1 - range.first)
        audit.record('mail.counterBehind', { ours: last, server: lastSent })
      })
    } else if (lastSent < (range ? range.first - 1 : last)) {
      // the server has lost mail that it had confirmed: what is left follows what it still has
      const first = range ? range.first : last + 1
      store.transaction(() => {
        store.facts.put(COUNTER, String(last - (first - 1 - lastSent)))
        if (range) store.outbox.shift(lastSent + 1 - range.first)
        audit.record('mail.serverBehind', { ours: first - 1, server: lastSent })
      })
    } else {
      this.mailed(lastSent)
    }
    this.#handed = lastSent
    this.#window = limit('MAIL_WINDOW')
    this.pump()
  }

  detached(): void {
    this.#pause?.cancel()
    this.#pause = null
    this.#handed = 0
  }

  /** Hands over what the link may take: at most MAIL_WINDOW mails beyond the last confirmed one, fewer after a refusal. */
  pump(): void {
    const { store, uplink, trace, crash } = this.#options
    if (!uplink.isAttached || this.#pause) return
    const range = store.outbox.range()
    if (range === null) return
    const from = Math.max(range.first, this.#handed + 1)
    const room = this.#window - (from - range.first)
    if (room <= 0) return
    for (const row of store.outbox.from(from, room)) {
      this.#handed = row.n
      const { n, to, mail, kind } = row
      uplink.send({ type: 'mail', n, to, mail, kind, body: formatBase64(row.body) })
      this.#countHanded(row)
      trace?.emit('mail.sent', { mail, n, kind, to })
      crash?.at('mail.sent')
    }
  }

  /** The server has everything up to n. */
  mailed(n: number): void {
    const { store, trace, crash } = this.#options
    const range = store.outbox.range()
    if (range === null || n < range.first) return
    const rows = store.outbox.from(range.first, n - range.first + 1).filter((row) => row.n <= n)
    crash?.at('ack.received')
    store.transaction(() => {
      store.afterCommit(() => {
        for (const { message, mail, n } of rows) trace?.emit('mail.acked', { message: message?.id, mail, n })
      })
      for (const row of rows) this.#remove(row, null)
    })
    this.#countAcked(rows)
    crash?.at('ack.marked')
    this.#window = Math.min(limit('MAIL_WINDOW'), this.#window * 2)
    this.pump()
  }

  /** The server did not store mail n: for good, or until later. */
  refused({ n, code, final, expected, retryMs }: LinkBody<'mailRefused'>): void {
    const { store, clock, audit, meters } = this.#options
    const row = store.outbox.find(n)
    const outcome: ErrorCode = Object.hasOwn(errors, code) ? (code as ErrorCode) : 'TETHER_ERR_INTERNAL'
    meters.add('mailRefusals', outcome)
    if (final) {
      if (row === null) return
      store.transaction(() => {
        this.#remove(row, outcome)
        audit.record('mail.refused', { to: row.to, mail: row.mail, code: outcome })
      })
      this.#handedAt.delete(handle(row))
      this.pump()
      return
    }
    if (this.#pause) return // the refusals of what was in flight behind it
    const again = expected ?? n
    if (retryMs !== undefined) this.#window = 1
    this.#pause = clock.after(retryMs ?? limit('PHONE_BACKOFF_MIN_MS'), () => {
      this.#pause = null
      this.#handed = again - 1
      this.pump()
    })
  }

  #counter(): number {
    return Number(this.#options.store.facts.find(COUNTER) ?? '0')
  }

  #countHanded(row: OutboxRow): void {
    const { clock, meters } = this.#options
    const isFirst = !this.#handedAt.has(handle(row))
    if (isFirst) this.#handedAt.set(handle(row), clock.now())
    meters.add('mails', isFirst ? 'sent' : 'again')
  }

  #countAcked(rows: readonly OutboxRow[]): void {
    const { clock, meters } = this.#options
    meters.add('mails', 'acked', rows.length)
    for (const row of rows) {
      const at = this.#handedAt.get(handle(row))
      if (at === undefined) continue // handed over before the start
      this.#handedAt.delete(handle(row))
      meters.buckets('ackTime', '').addMs(clock.now() - at)
    }
  }

  #remove(row: OutboxRow, outcome: Outcome): void {
    const { store, settled } = this.#options
    store.outbox.remove(row.n)
    if (row.message) settled(row.message, row.to, outcome)
  }
}

/** Names a mail in the outbox; its n may shift. */
function handle({ to, mail }: OutboxRow): string {
  return `${to} ${mail}`
}

function nameOf({ chat, id }: MessageKeyRow): string {
  return `${chat} ${id}`
}
