/**
 * Receipts between phones: delivered when stored, read when read, played when played (spec 11.3, 11.4). They travel
 * as mail of kind `receipt`, plain JSON that the server may read, as in the legacy design.
 */
import type { Entropy } from 'proto/entropy'
import type { Trace } from 'proto/trace'
import { messageStatus } from 'proto/web-message'
import { numberOf } from './addresses.ts'
import { type Chats, UNDECRYPTABLE } from './chats.ts'
import type { Legs } from './legs.ts'
import type { Level } from './levels.ts'
import { reachedAt } from './message-facts.ts'
import { newId } from './message-ids.ts'
import type { Outbox } from './outbox.ts'
import { formatReceipt, type Receipt } from './receipt-mail.ts'
import type { ReaderRows } from './store-groups.ts'
import type { MessageRow, PhoneStore } from './store.ts'
import type { WaitingReceipts } from './waiting-receipts.ts'

export class Receipts {
  readonly #store: Pick<PhoneStore, 'afterCommit'>
  readonly #outbox: Outbox
  readonly #waiting: Pick<WaitingReceipts, 'add'>
  readonly #chats: Chats
  readonly #legs: Pick<Legs, 'received'>
  readonly #readers: Pick<ReaderRows, 'chatOf'>
  readonly #entropy: Entropy
  readonly #nowS: () => number
  readonly #trace: Trace | undefined
  /** Tells the browsers, and when (milliseconds); called in the transaction, so it must wait for the commit. */
  readonly #changed: (row: MessageRow, at: number) => void
  /** The same of one that was PENDING until now: its receipt came before the word of the server. */
  readonly #ended: (row: MessageRow) => void

  constructor(of: {
    store: Pick<PhoneStore, 'afterCommit'>
    outbox: Outbox
    waiting: Pick<WaitingReceipts, 'add'>
    chats: Chats
    legs: Pick<Legs, 'received'>
    readers: Pick<ReaderRows, 'chatOf'>
    entropy: Entropy
    nowS: () => number
    trace?: Trace | undefined
    changed: (row: MessageRow, at: number) => void
    ended: (row: MessageRow) => void
  }) {
    this.#store = of.store
    this.#outbox = of.outbox
    this.#waiting = of.waiting
    this.#chats = of.chats
    this.#legs = of.legs
    this.#readers = of.readers
    this.#entropy = of.entropy
    this.#nowS = of.nowS
    this.#trace = of.trace
    this.#changed = of.changed
    this.#ended = of.ended
  }

  /** Receipts for messages that one person wrote in a chat, when and if they may be told; in the caller's transaction. */
  send(author: string, chat: string, ids: readonly string[], level: Level): void {
    this.#waiting.add(author, chat, ids, level, this.#nowS())
  }

  /** Puts one receipt into the outbox; in the caller's transaction. */
  post(to: string, receipt: Receipt): void {
    const body = formatReceipt(receipt)
    const mail = newId(this.#entropy)
    this.#store.afterCommit(() => {
      for (const message of receipt.ids)
        this.#trace?.emit('receipt.made', { message, mail, kind: receipt.level })
    })
    this.#outbox.append({ to, mail, kind: 'receipt', body, message: null })
  }

  /** Read receipts to each writer of messages that were not seen before; what could not be read gets none. */
  read(rows: readonly MessageRow[]): void {
    const writers = new Map<string, MessageRow[]>()
    for (const row of rows.filter(({ type }) => type !== UNDECRYPTABLE)) {
      const author = authorOf(row)
      writers.set(author, [...(writers.get(author) ?? []), row])
    }
    for (const [author, written] of writers) this.send(author, written[0].chat, idsOf(written), 'read')
  }

  /**
   * Raises the status of own messages that this person has received or read, at the time that the receipt names as far
   * as it can be; in the caller's transaction.
   */
  receive(jid: string, { ids, level, t, chat }: Receipt): void {
    const status = {
      delivered: messageStatus.DELIVERY_ACK,
      read: messageStatus.READ,
      played: messageStatus.PLAYED,
    }
    for (const id of ids) {
      // who gets a message by a broadcast list does not know of the list
      const shared = chat ?? this.#sharedChat(jid, id)
      if (shared !== null) {
        this.#legs.received({ chat: shared, fromMe: true, id }, numberOf(jid), level, t)
        continue
      }
      const key = { chat: jid, fromMe: true, id }
      const before = this.#chats.find(key)
      if (before === null) continue
      const isNew = before.status === messageStatus.PENDING && !this.#outbox.isAwaited(key)
      const at = reachedAt(before.at, t, this.#nowS() * 1000)
      const row = this.#chats.raiseStatus(key, status[level], at)
      if (!row) continue
      if (isNew) this.#ended(row)
      else this.#changed(row, at)
    }
  }

  #sharedChat(jid: string, id: string): string | null {
    if (this.#chats.find({ chat: jid, fromMe: true, id }) !== null) return null
    return this.#readers.chatOf(id, numberOf(jid))
  }
}

/** Who wrote a message of somebody else. */
export function authorOf({ author, chat }: MessageRow): string {
  return author ?? chat
}

function idsOf(rows: readonly MessageRow[]): string[] {
  return rows.map(({ id }) => id)
}
