/**
 * Receipts that wait a moment: several leave together after a random pause, so that their times tell a sender little of
 * what this phone does (research E7). They wait in the store, where the message is whose receipt they are, so a crash
 * loses none. Whoever the person does not know gets none: somebody could write what nobody sees, and watch the phone.
 */
import type { Clock, Timer } from 'proto/clock'
import { type Entropy, fraction } from 'proto/entropy'
import { isUser } from 'proto/jid'
import { limit } from 'proto/limits'
import { numberOf } from './addresses.ts'
import type { Audit } from './audit.ts'
import type { Level } from './levels.ts'
import type { Receipt } from './receipt-mail.ts'
import type { PhoneStore, WaitingReceiptRow } from './store.ts'

/** To whom a phone tells that a message came or was read. */
export interface ReceiptRules {
  /** The longest pause; the shortest is a third of it. 0: at once. */
  readonly delayMs: number
  /** Whether somebody who is in no address book and was never written to is told all the same. */
  readonly knows: (number: string) => boolean
}

/** Told at once, everybody. */
export const openRules: ReceiptRules = { delayMs: 0, knows: () => true }

export interface WaitingReceiptsOptions {
  readonly rules: ReceiptRules
  readonly store: PhoneStore
  readonly clock: Clock
  readonly entropy: Entropy
  readonly audit: Audit
  /** Puts one receipt into the outbox, in the caller's transaction. */
  readonly post: (to: string, receipt: Receipt) => void
  readonly inQueue: (task: () => Promise<void>) => void
}

const WITHHELD = 'receiptsWithheld'
const LEVELS: readonly Level[] = ['delivered', 'read', 'played'] // the order in which ticks appear

export class WaitingReceipts {
  readonly #options: WaitingReceiptsOptions
  #timer: Timer | null = null

  constructor(options: WaitingReceiptsOptions) {
    this.#options = options
  }

  /** Receipts for messages that one person wrote in a chat; in the caller's transaction. */
  add(author: string, chat: string, ids: readonly string[], level: Level, t: number): void {
    const { rules, store } = this.#options
    const to = numberOf(author)
    if (isUser(chat) && !this.#knows(author)) {
      this.#withhold(author, ids.length)
      return
    }
    const shared = isUser(chat) ? '' : chat
    const rows = ids.map((id) => ({ to, chat: shared, level, id, t }))
    if (rules.delayMs === 0) this.#post(rows)
    else {
      for (const row of rows) store.receipts.add(row)
      store.afterCommit(() => this.wake())
    }
  }

  /** Plans the sending of what waits; after a start there may be some of the time before. */
  wake(): void {
    const { clock, entropy, rules, store, inQueue } = this.#options
    if (this.#timer || store.receipts.isEmpty()) return
    const pauseMs = Math.round((rules.delayMs * (1 + 2 * fraction(entropy))) / 3)
    this.#timer = clock.after(pauseMs, () => {
      this.#timer = null
      inQueue(async () => this.#flush())
    })
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  #flush(): void {
    const { store } = this.#options
    store.transaction(() => this.#post(store.receipts.takeAll()))
  }

  /** One receipt for all messages of one person in one chat that have come equally far. */
  #post(rows: readonly WaitingReceiptRow[]): void {
    for (const level of LEVELS) {
      const groups = new Map<string, WaitingReceiptRow[]>()
      for (const row of rows) {
        if (row.level !== level) continue
        const name = `${row.to} ${row.chat}`
        const group = groups.get(name)
        if (group) group.push(row)
        else groups.set(name, [row])
      }
      for (const group of groups.values()) this.#postGroup(group)
    }
  }

  #postGroup(rows: readonly WaitingReceiptRow[]): void {
    const { to, chat, level } = rows[0]
    for (let at = 0; at < rows.length; at += limit('RECEIPT_IDS')) {
      const part = rows.slice(at, at + limit('RECEIPT_IDS'))
      const t = Math.max(...part.map((row) => row.t))
      const ids = part.map(({ id }) => id)
      this.#options.post(to, { ids, level, t, ...(chat !== '' && { chat }) })
    }
  }

  /** In the address book, written to before, or known to the rules. */
  #knows(jid: string): boolean {
    const { store, rules } = this.#options
    const name = store.contacts.find(jid)?.name ?? null
    return name !== null || rules.knows(numberOf(jid)) || store.messages.hasOwn(jid)
  }

  #withhold(jid: string, count: number): void {
    const { store, audit } = this.#options
    const before = store.facts.find(WITHHELD)
    const name = `${WITHHELD} ${jid}`
    store.facts.put(WITHHELD, String(Number(before ?? '0') + count))
    if (store.facts.find(name) !== null) return
    store.facts.put(name, '1')
    audit.record('receipt.withheld', { to: jid })
  }
}
