/** What happens on a phone, for screens and tests. Events are JSON-safe and hold no keys. */
import type { Clock } from 'proto/clock'
import { codeOf } from 'proto/errors'
import type { Log } from './log.ts'
import type {
  BatteryUse,
  ChatSummary,
  Companion,
  DeviceView,
  MessageView,
  PendingScan,
  PhoneState,
} from './phone-views.ts'

export type PhoneEventBody =
  | { readonly type: 'state'; readonly state: PhoneState }
  | { readonly type: 'device'; readonly device: DeviceView }
  | { readonly type: 'batteryUse'; readonly use: BatteryUse }
  | { readonly type: 'scan'; readonly scan: PendingScan }
  | { readonly type: 'scanDecided'; readonly id: string; readonly granted: boolean }
  | { readonly type: 'companion'; readonly companion: Companion }
  | { readonly type: 'companionGone'; readonly id: string; readonly reason: string }
  | { readonly type: 'message'; readonly jid: string; readonly message: MessageView }
  | { readonly type: 'messageChanged'; readonly jid: string; readonly message: MessageView }
  | { readonly type: 'chat'; readonly chat: ChatSummary }
  | { readonly type: 'chatGone'; readonly jid: string }
  | { readonly type: 'contact'; readonly jid: string; readonly name: string }
  /** A phone rings; `id` and `jid` name call and caller. */
  | {
      readonly type: 'call'
      readonly id: string
      readonly jid: string
      readonly state: 'offer' | 'accept' | 'reject' | 'missed'
    }
  | { readonly type: 'identityChanged'; readonly jid: string }
  | {
      readonly type: 'audit'
      readonly kind: string
      readonly fields: Readonly<Record<string, string | number | boolean | null>>
    }

export type PhoneEvent = PhoneEventBody & { readonly at: number }

export class PhoneEvents {
  readonly #clock: Clock
  readonly #log: Log | undefined
  readonly #listeners = new Set<(event: PhoneEvent) => void>()

  constructor(clock: Clock, log?: Log) {
    this.#clock = clock
    this.#log = log
  }

  /** As `emit`; what the event says is made only when somebody listens. */
  tell(make: () => PhoneEventBody): void {
    if (this.#listeners.size > 0) this.emit(make())
  }

  emit(body: PhoneEventBody): void {
    const event = { ...body, at: this.#clock.now() }
    for (const listener of [...this.#listeners]) {
      try {
        listener(event)
      } catch (error) {
        // what a screen does with an event must not undo what the phone did
        this.#log?.error({ code: codeOf(error), event: body.type }, 'a listener failed')
      }
    }
  }

  /** Gives the function that ends the subscription. */
  subscribe(listener: (event: PhoneEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
