/**
 * Receipts between phones: delivered when stored, read when read, played when played (spec 11.3, 11.4). They travel
 * as mail of kind `receipt`, plain JSON that the server may read, as in the legacy design.
 */
import { utf8, utf8Text } from 'proto/bytes'
import type { Entropy } from 'proto/entropy'
import { TetherError } from 'proto/errors'
import { isUser, STATUS_JID } from 'proto/jid'
import { limit } from 'proto/limits'
import { messageStatus } from 'proto/web-message'
import { findGroupJid, numberOf } from './addresses.ts'
import { type Chats, UNDECRYPTABLE } from './chats.ts'
import type { Legs } from './legs.ts'
import type { Level } from './levels.ts'
import { reachedAt } from './message-facts.ts'
import { newId } from './message-ids.ts'
import type { Outbox } from './outbox.ts'
import type { ReaderRows } from './store-groups.ts'
import type { MessageRow } from './store.ts'

export interface Receipt {
  /** Ids of messages, at most RECEIPT_IDS. */
  readonly ids: readonly string[]
  readonly level: Level
  /** Seconds since 1970 on the clock of the phone that sends it. */
  readonly t: number
  /** The group, or the stories, that the messages were written to; absent where that was the reader alone. */
  readonly chat?: string | undefined
}

/** Body of a receipt mail. Throws TETHER_ERR_BODY. */
export function parseReceipt(body: Uint8Array): Receipt {
  let value: Partial<Receipt> | null
  try {
    value = JSON.parse(utf8Text(body)) as Partial<Receipt> | null
  } catch (cause) {
    throw new TetherError('TETHER_ERR_BODY', 'receipt', { cause })
  }
  const { ids, level, t, chat } = value ?? {}
  const idsFit =
    Array.isArray(ids) && ids.length <= limit('RECEIPT_IDS') && ids.every((id) => typeof id === 'string')
  if (
    !idsFit ||
    (level !== 'delivered' && level !== 'read' && level !== 'played') ||
    !Number.isSafeInteger(t) ||
    (chat !== undefined && chat !== STATUS_JID && findGroupJid(chat) === null)
  ) {
    throw new TetherError('TETHER_ERR_BODY', 'receipt')
  }
  return { ids, level, t: t!, ...(chat !== undefined && { chat }) }
}

export function formatReceipt({ ids, level, t, chat }: Receipt): Uint8Array {
  return utf8(JSON.stringify({ ids, level, t, chat }))
}

export class Receipts {
  readonly #outbox: Outbox
  readonly #chats: Chats
  readonly #legs: Pick<Legs, 'received'>
  readonly #readers: Pick<ReaderRows, 'chatOf'>
  readonly #entropy: Entropy
  readonly #nowS: () => number
  /** Tells the browsers, and when (milliseconds); called in the transaction, so it must wait for the commit. */
  readonly #changed: (row: MessageRow, at: number) => void
  /** The same of one that was PENDING until now: its receipt came before the word of the server. */
  readonly #ended: (row: MessageRow) => void

  constructor(of: {
    outbox: Outbox
    chats: Chats
    legs: Pick<Legs, 'received'>
    readers: Pick<ReaderRows, 'chatOf'>
    entropy: Entropy
    nowS: () => number
    changed: (row: MessageRow, at: number) => void
    ended: (row: MessageRow) => void
  }) {
    this.#outbox = of.outbox
    this.#chats = of.chats
    this.#legs = of.legs
    this.#readers = of.readers
    this.#entropy = of.entropy
    this.#nowS = of.nowS
    this.#changed = of.changed
    this.#ended = of.ended
  }

  /** Queues receipts for messages that one person wrote in a chat; in the caller's transaction. */
  send(author: string, chat: string, ids: readonly string[], level: Level): void {
    for (let at = 0; at < ids.length; at += limit('RECEIPT_IDS')) {
      const receipt = { ids: ids.slice(at, at + limit('RECEIPT_IDS')), level, t: this.#nowS() }
      this.#outbox.append({
        to: numberOf(author),
        mail: newId(this.#entropy),
        kind: 'receipt',
        body: formatReceipt(isUser(chat) ? receipt : { ...receipt, chat }),
        message: null,
      })
    }
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
