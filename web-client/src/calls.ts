/**
 * The phone rings: who calls, and how it ended (spec 6, `Call`). A browser has no voice and cannot answer; it shows that
 * there is a call, until the person has answered or declined it on the phone, or it was missed, which a notice tells.
 */
import type { Clock, Timer } from 'proto/clock'
import { limit } from 'proto/limits'
import { personJid } from './address.ts'
import { objectOf, textOf } from './conn.ts'
import type { ChatMessage } from './message.ts'
import { findRow } from './row.ts'

/** `unknown`: the connection ended first, or nothing was heard for as long as a call can ring. */
export type CallState = 'ringing' | 'accepted' | 'declined' | 'missed' | 'unknown'

export interface Call {
  readonly id: string
  /** Who calls; null when the phone does not say. */
  readonly from: string | null
  readonly state: CallState
}

export interface CallChange {
  readonly type: 'call'
  readonly call: Call
}

const states: Readonly<Record<string, CallState>> = {
  offer: 'ringing',
  accept: 'accepted',
  reject: 'declined',
}

export class Calls {
  readonly #clock: Clock
  readonly #changed: (change: CallChange) => void
  readonly #ringing = new Map<string, { readonly call: Call; readonly timer: Timer }>()

  constructor(clock: Clock, changed: (change: CallChange) => void) {
    this.#clock = clock
    this.#changed = changed
  }

  /** What rings now, the oldest call first. */
  get ringing(): readonly Call[] {
    return [...this.#ringing.values()].map(({ call }) => call)
  }

  /** Takes one push; other names are for others. */
  takePush(name: string, body: readonly unknown[]): void {
    if (name !== 'Call') return
    const json = objectOf(body[1])
    const [id, from] = [textOf(json.id), textOf(json.from)]
    const state = findRow(states, textOf(json.type) ?? '')
    if (id === null || state === undefined) return
    if (state === 'ringing') this.#ring({ id, from: from === null ? null : personJid(from), state })
    else this.#end(id, state)
  }

  /** A message came that was not known: the notice of a missed call has the id of the call. */
  received({ id, notice }: ChatMessage): void {
    if (notice?.stub === 'CALL_MISSED_VOICE' || notice?.stub === 'CALL_MISSED_VIDEO') this.#end(id, 'missed')
  }

  /** The connection is over; how the calls end is not told any more. */
  lost(): void {
    for (const id of [...this.#ringing.keys()]) this.#end(id, 'unknown')
  }

  #ring(call: Call): void {
    if (this.#ringing.has(call.id)) return
    const timer = this.#clock.after(2 * limit('CALL_RING_MS'), () => this.#end(call.id, 'unknown'))
    this.#ringing.set(call.id, { call, timer })
    this.#changed({ type: 'call', call })
  }

  #end(id: string, state: CallState): void {
    const known = this.#ringing.get(id)
    if (known === undefined) return
    known.timer.cancel()
    this.#ringing.delete(id)
    this.#changed({ type: 'call', call: { ...known.call, state } })
  }
}
