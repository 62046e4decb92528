/**
 * Messages that were written here and are not yet accepted by the phone. An entry is kept before the first attempt
 * and until the answer 200, and every attempt has the same id, so the phone can tell a repetition (spec 11.1). One that
 * has failed is kept until the person sends it again or takes it away.
 */
import type { ErrorCode } from 'proto/errors'

export interface OutboxEntry {
  /** Grows with each send of this browser; attempts are made in this order. */
  readonly order: number
  /** Message id, which is also the message tag. */
  readonly id: string
  readonly jid: string
  /** The text, or what is shown of another content. */
  readonly text: string
  /** Of a message that is more than a text: base64 of its serialised WebMessageInfo. */
  readonly info?: string
  /** Unix time in seconds at which the person sent it. */
  readonly seconds: number
  /** It is not sent until the person says so: why it failed. */
  readonly failure?: ErrorCode
  /** The phone has refused it and knows its id as that of a message that failed: it goes out again under another. */
  readonly refused?: true
}

/** Operations take effect in the order of the calls, though the earlier ones may not be done yet. */
export interface Outbox {
  /** All entries, lowest `order` first. */
  list(): Promise<readonly OutboxEntry[]>
  put(entry: OutboxEntry): Promise<void>
  /** Does nothing when there is no such entry. */
  remove(id: string): Promise<void>
  clear(): Promise<void>
}

export function memoryOutbox(): Outbox {
  const entries = new Map<string, OutboxEntry>()
  return {
    list: async () => [...entries.values()].sort((a, b) => a.order - b.order),
    async put(entry) {
      entries.set(entry.id, entry)
    },
    async remove(id) {
      entries.delete(id)
    },
    async clear() {
      entries.clear()
    },
  }
}
