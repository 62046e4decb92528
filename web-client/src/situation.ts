/**
 * What this browser knows of the world around it, and since when: the phone's device, when it was last heard, how new
 * the chats on show are. From it comes why a message is stuck (stuck.ts).
 */
import type { Clock } from 'proto/clock'
import { neverSynced, type SyncFacts } from './cache.ts'
import type { PhoneFacts } from './conn.ts'
import type { ChatMessage } from './message.ts'
import { type Stuck, stuckOf, type Surroundings } from './stuck.ts'

const unknownPhone: PhoneFacts = { batteryPercent: null, plugged: null, model: null, asleep: false }

export interface SituationHandlers {
  phone(facts: PhoneFacts): void
  /** How new the chats are, or whether syncing is paused, has changed. */
  synced(): void
}

export class Situation {
  readonly #clock: Clock
  readonly #handlers: SituationHandlers
  #phone = unknownPhone
  #stateSince: number
  #phoneHeardAt: number | null = null
  #sync = neverSynced
  /** The initial sync of this connection is over: whatever the phone says now is the newest. */
  #isSynced = false

  constructor(clock: Clock, handlers: SituationHandlers) {
    this.#clock = clock
    this.#handlers = handlers
    this.#stateSince = clock.now()
  }

  get phone(): PhoneFacts {
    return this.#phone
  }

  get stateSince(): number {
    return this.#stateSince
  }

  get phoneHeardAt(): number | null {
    return this.#phoneHeardAt
  }

  get sync(): SyncFacts {
    return this.#sync
  }

  /** What was kept of an earlier page. */
  restore(sync: SyncFacts): void {
    this.#sync = sync
  }

  stateEntered(): void {
    this.#stateSince = this.#clock.now()
  }

  phoneSays(facts: Partial<PhoneFacts>): void {
    this.#phone = { ...this.#phone, ...facts }
    this.#handlers.phone(this.#phone)
  }

  /** Something came that only a phone that is awake can have sent. */
  phoneSpoke(): void {
    this.#phoneHeardAt = this.#clock.now()
    if (this.#phone.asleep) this.phoneSays({ asleep: false })
    if (this.#isSynced) this.#syncedNow()
  }

  /** The initial sync of this connection is over. */
  syncSettled(): void {
    this.#isSynced = true
    this.#syncedNow()
  }

  pause(paused: boolean): void {
    this.#sync = { ...this.#sync, paused }
    this.#handlers.synced()
  }

  /** The connection is over. */
  lost(): void {
    this.#isSynced = false
    if (this.#phone.asleep) this.phoneSays({ asleep: false })
  }

  /** The login is over. */
  reset(): void {
    this.#phone = unknownPhone
    this.#phoneHeardAt = null
    this.#sync = neverSynced
  }

  stuck(
    message: ChatMessage,
    around: Pick<Surroundings, 'state' | 'retryAt' | 'browserOnline' | 'otherAvailable'>,
  ): Stuck | null {
    const { stateSince, phoneHeardAt } = this
    const { asleep: phoneAsleep, batteryPercent } = this.#phone
    const all = { ...around, stateSince, phoneHeardAt, phoneAsleep, batteryPercent }
    return stuckOf(message, all, this.#clock.now())
  }

  #syncedNow(): void {
    this.#sync = { ...this.#sync, syncedAt: this.#clock.now() }
    this.#handlers.synced()
  }
}
