/**
 * Receipts between phones: delivered when stored, read when read, played when played (spec 11.3, 11.4). They travel
 * as mail of kind `receipt`, plain JSON that the server may read, as in the legacy design.
 */
import { utf8, utf8Text } from 'proto/bytes'
import type { Entropy } from 'proto/entropy'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import { messageStatus } from 'proto/web-message'
import { numberOf } from './addresses.ts'
import { type Chats, UNDECRYPTABLE } from './chats.ts'
import { newId } from './message-ids.ts'
import type { Outbox } from './outbox.ts'
import type { MessageRow } from './store.ts'

/** The `ack` number of JSON pushes; the status of a message is one more. */
export const acks = { server: 1, delivered: 2, read: 3, played: 4 } as const
export type Level = 'delivered' | 'read' | 'played'

export interface Receipt {
  /** Ids of messages, at most RECEIPT_IDS. */
  readonly ids: readonly string[]
  readonly level: Level
  /** Seconds since 1970 on the clock of the phone that sends it. */
  readonly t: number
}

/** Body of a receipt mail. Throws TETHER_ERR_BODY. */
export function parseReceipt(body: Uint8Array): Receipt {
  let value: Partial<Receipt> | null
  try {
    value = JSON.parse(utf8Text(body)) as Partial<Receipt> | null
  } catch (cause) {
    throw new TetherError('TETHER_ERR_BODY', 'receipt', { cause })
  }
  const { ids, level, t } = value ?? {}
  const idsFit =
    Array.isArray(ids) && ids.length <= limit('RECEIPT_IDS') && ids.every((id) => typeof id === 'string')
  if (
    !idsFit ||
    (level !== 'delivered' && level !== 'read' && level !== 'played') ||
    !Number.isSafeInteger(t)
  ) {
    throw new TetherError('TETHER_ERR_BODY', 'receipt')
  }
  return { ids, level, t: t! }
}

export function formatReceipt({ ids, level, t }: Receipt): Uint8Array {
  return utf8(JSON.stringify({ ids, level, t }))
}

export class Receipts {
  readonly #outbox: Outbox
  readonly #chats: Chats
  readonly #entropy: Entropy
  readonly #nowS: () => number
  /** Tells the browsers; called in the transaction, so it must wait for the commit. */
  readonly #changed: (row: MessageRow) => void

  constructor(of: {
    outbox: Outbox
    chats: Chats
    entropy: Entropy
    nowS: () => number
    changed: (row: MessageRow) => void
  }) {
    this.#outbox = of.outbox
    this.#chats = of.chats
    this.#entropy = of.entropy
    this.#nowS = of.nowS
    this.#changed = of.changed
  }

  /** Queues receipts for messages of one person; in the caller's transaction. */
  send(jid: string, ids: readonly string[], level: Level): void {
    for (let at = 0; at < ids.length; at += limit('RECEIPT_IDS')) {
      const receipt = { ids: ids.slice(at, at + limit('RECEIPT_IDS')), level, t: this.#nowS() }
      this.#outbox.append({
        to: numberOf(jid),
        mail: newId(this.#entropy),
        kind: 'receipt',
        body: formatReceipt(receipt),
        message: null,
      })
    }
  }

  /** Read receipts for messages that were not seen before; what could not be read gets none. */
  read(jid: string, rows: readonly MessageRow[]): void {
    const readable = rows.filter((row) => row.type !== UNDECRYPTABLE)
    this.send(
      jid,
      readable.map((row) => row.id),
      'read',
    )
  }

  /** Raises the status of own messages to this person; in the caller's transaction. */
  receive(jid: string, { ids, level }: Receipt): void {
    const status = {
      delivered: messageStatus.DELIVERY_ACK,
      read: messageStatus.READ,
      played: messageStatus.PLAYED,
    }
    for (const id of ids) {
      const row = this.#chats.raiseStatus({ chat: jid, fromMe: true, id }, status[level])
      if (row) this.#changed(row)
    }
  }
}
