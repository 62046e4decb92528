/**
 * How far own messages have come at their recipients. A message has one leg for each: one to a person, many to a group.
 * It has the server's tick when no leg of it is open any more, and the others when all present members have it, which
 * each member's own receipts tell (spec 11.3). What happens to a leg is decided in courier, outbox and receipts.
 */
import type { Clock } from 'proto/clock'
import type { ErrorCode } from 'proto/errors'
import { isUser } from 'proto/jid'
import { messageStatus } from 'proto/web-message'
import type { Audiences } from './audiences.ts'
import type { Audit } from './audit.ts'
import type { Chats } from './chats.ts'
import type { Level } from './levels.ts'
import { reachedAt } from './message-facts.ts'
import type { Outcome } from './outbox.ts'
import type { ReaderRow, ReaderStep } from './store-groups.ts'
import type { MessageKeyRow, MessageRow, PhoneStore } from './store.ts'

export interface LegsOptions {
  readonly store: PhoneStore
  readonly chats: Chats
  readonly audiences: Pick<Audiences, 'includes'>
  readonly clock: Clock
  readonly audit: Audit
  readonly isAwaited: (message: MessageKeyRow) => boolean
  readonly tellSettled: (message: MessageKeyRow, outcome: Outcome) => void
  /** Tells browsers that a message is out, or has failed; in the transaction. */
  readonly ended: (row: MessageRow) => void
  /** Tells browsers of another status; in the transaction. */
  readonly changed: (row: MessageRow) => void
  /** Tells browsers that one member has a message of a group, and since when (milliseconds); in the transaction. */
  readonly reached: (message: MessageKeyRow, reader: string, level: Level, at: number) => void
}

const marks: readonly { readonly level: Level; readonly step: ReaderStep; readonly status: number }[] = [
  { level: 'delivered', step: 'deliveredAt', status: messageStatus.DELIVERY_ACK },
  { level: 'read', step: 'readAt', status: messageStatus.READ },
  { level: 'played', step: 'playedAt', status: messageStatus.PLAYED },
]

/** Every method runs in the caller's transaction. */
export class Legs {
  readonly #options: LegsOptions

  constructor(options: LegsOptions) {
    this.#options = options
  }

  /** A leg is over: the server has its mail (null), or it will never go out. Called when it is in no table any more. */
  settled(message: MessageKeyRow, to: string, outcome: Outcome): void {
    const { store, clock, audit } = this.#options
    if (isUser(message.chat)) {
      this.#end(message, outcome)
      return
    }
    if (outcome === null) store.readers.mark(message, to, 'sentAt', clock.now())
    else {
      store.readers.remove(message, to)
      audit.record('group.legLost', { group: message.chat, id: message.id, to, code: outcome })
    }
    this.#check(message, outcome)
  }

  /** A leg waits for a person to accept a new identity; the others do not wait for it. */
  stuck(message: MessageKeyRow, to: string): void {
    this.#options.store.outbox.stickLeg(message, to)
    this.#check(message, 'TETHER_ERR_IDENTITY_CHANGED')
  }

  /**
   * A member has received, read or played an own message, in second `t` by its clock. What nobody sent to this number
   * is none of its business.
   */
  received(message: MessageKeyRow, from: string, level: Level, t: number): void {
    const { store, chats, clock, reached } = this.#options
    const at = reachedAt(chats.find(message)?.at ?? 0, t, clock.now())
    const rank = marks.findIndex((mark) => mark.level === level)
    let isNews = false
    for (const { step } of marks.slice(0, rank + 1)) isNews = store.readers.mark(message, from, step, at)
    if (!isNews) return
    reached(message, from, level, at)
    this.#raise(message)
  }

  /** Members are gone: what only they had not read is read by all now. */
  shrunk(chat: string, gone: readonly string[]): void {
    const { store } = this.#options
    for (const number of gone) store.outbox.freeLegs(number) // whoever waited for them is looked at again
    const ids = new Set(gone.flatMap((number) => store.readers.unreadBy(chat, number)))
    for (const id of ids) this.#raise({ chat, fromMe: true, id })
  }

  #check(message: MessageKeyRow, last: Outcome): void {
    const { store, chats } = this.#options
    if (store.outbox.isOpen(message)) return
    if (chats.find(message) === null) {
      this.#end(message, last) // deleted meanwhile, and with it what is known of its readers
      return
    }
    const readers = store.readers.of(message)
    if (readers.some(({ sentAt }) => sentAt !== null)) {
      this.#end(message, null)
      this.#raise(message)
      return
    }
    // nobody gets it: it has failed, as a message to one person does
    store.outbox.removeLegs(message)
    for (const { number } of readers) store.readers.remove(message, number)
    this.#end(message, last ?? 'TETHER_ERR_NOT_FOUND')
  }

  #end(message: MessageKeyRow, outcome: ErrorCode | null): void {
    const { store, chats, isAwaited, tellSettled, ended } = this.#options
    const row = chats.raiseStatus(message, outcome === null ? messageStatus.SERVER_ACK : messageStatus.ERROR)
    if (row && !row.hidden && !isAwaited(message)) ended(row)
    store.afterCommit(() => tellSettled(message, outcome))
  }

  /** Raises the status to what all present readers have; not before the server's tick. */
  #raise(message: MessageKeyRow): void {
    const { store, chats, audiences, changed } = this.#options
    const row = chats.find(message)
    if (row === null || row.status < messageStatus.SERVER_ACK) return
    const present = store.readers.of(message).filter(({ number }) => audiences.includes(message.chat, number))
    const reachedBy = ({ step }: { readonly step: ReaderStep }) =>
      present.length > 0 && present.every((reader: ReaderRow) => reader[step] !== null)
    const level = marks.findLast(reachedBy)
    const raised = level && chats.raiseStatus(message, level.status)
    if (raised && !raised.hidden) changed(raised)
  }
}
