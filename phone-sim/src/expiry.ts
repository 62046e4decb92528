/**
 * Disappearing messages: each phone deletes its own copy when the time of a message is over, and tells its browsers
 * as if the person had deleted it (spec 10.3; messages.md 6). One timer, for the message that is next.
 */
import type { Clock, Timer } from 'proto/clock'
import type { Chats } from './chats.ts'
import { itemNode } from './lists.ts'
import type { Pushes } from './pushes.ts'
import type { MessageRow, PhoneStore } from './store.ts'

/** Real timers cannot wait longer; what is further away is looked at again then. */
const LONGEST_WAIT_MS = 86_400_000

export interface ExpiryOptions {
  readonly store: PhoneStore
  readonly chats: Chats
  readonly pushes: Pushes
  readonly clock: Clock
  /** Runs a task in the phone's queue. */
  readonly inQueue: (task: () => Promise<void>) => void
}

export class Expiry {
  readonly #options: ExpiryOptions
  #timer: Timer | null = null
  #stopped = false

  constructor(options: ExpiryOptions) {
    this.#options = options
  }

  /** Looks for the next message that disappears; called at the start and after each message that will. */
  arm(): void {
    const { store, clock, inQueue } = this.#options
    this.#timer?.cancel()
    this.#timer = null
    const next = this.#stopped ? null : store.messages.nextExpiry()
    if (next === null) return
    const waitMs = Math.min(Math.max(0, next - clock.now()), LONGEST_WAIT_MS)
    this.#timer = clock.after(waitMs, () => inQueue(async () => this.#sweep()))
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
  }

  #sweep(): void {
    if (this.#stopped) return
    const { store, chats, pushes, clock } = this.#options
    const rows = store.messages.expired(clock.now())
    store.transaction(() => {
      for (const row of rows) chats.drop(row)
      for (const [chat, gone] of byChat(rows)) {
        pushes.chat(chats.findChat(chat) ?? chat, 'clear', gone.map(itemNode))
      }
    })
    this.arm()
  }
}

function byChat(rows: readonly MessageRow[]): Map<string, MessageRow[]> {
  const chats = new Map<string, MessageRow[]>()
  for (const row of rows) chats.set(row.chat, [...(chats.get(row.chat) ?? []), row])
  return chats
}
