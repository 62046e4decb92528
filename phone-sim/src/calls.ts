/**
 * Phones ring (spec 6, `Call`). There is no voice: a call is an offer that travels as a Signal message and is answered,
 * declined, or missed after CALL_RING_MS. Who hangs up takes the offer back. What rings is kept, so that a phone that
 * is switched off while it rings still shows a missed call.
 */
import type { Clock, Timer } from 'proto/clock'
import { contentMessage } from 'proto/contents'
import type { Entropy } from 'proto/entropy'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import {
  contentTypeOf,
  decodeWebMessage,
  revokedKeyOf,
  revokeMessage,
  stubMessage,
  stubName,
  type WebMessageInfo,
} from 'proto/web-message'
import type { Envelope } from './arrivals.ts'
import type { Audit } from './audit.ts'
import type { Chats } from './chats.ts'
import type { Courier } from './courier.ts'
import { newId } from './message-ids.ts'
import type { PhoneEvents } from './phone-events.ts'
import type { Pushes } from './pushes.ts'
import type { PhoneStore } from './store.ts'
import type { Uplink } from './uplink.ts'

export interface CallsOptions {
  readonly store: PhoneStore
  readonly chats: Chats
  readonly courier: Pick<Courier, 'send'>
  readonly uplink: Pick<Uplink, 'isAttached'>
  readonly clock: Clock
  readonly events: PhoneEvents
  readonly pushes: Pushes
  readonly audit: Audit
  readonly ids: Entropy
  /** Runs a task in the phone's queue. */
  readonly inQueue: (task: () => Promise<void>) => void
}

/** A call that rings here. */
interface Ringing {
  readonly id: string
  /** JID of the caller. */
  readonly from: string
  /** When it was offered. */
  readonly at: number
}

const RINGING = 'ringing'
const KEY_BYTES = 32

export class Calls {
  readonly #options: CallsOptions
  readonly #timers = new Map<string, Timer>()
  /** The call this person has made and not ended. */
  #made: { readonly id: string; readonly jid: string } | null = null

  constructor(options: CallsOptions) {
    this.#options = options
  }

  /** After a start: what rang when the phone was switched off rings on, or was missed. */
  resume(): void {
    for (const call of this.#ringing()) this.#ring(call)
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel()
  }

  // what the person does; in the phone's queue

  /** Lets another phone ring; a call that was made before and not ended is hung up. Throws TETHER_ERR_PHONE_AWAY without a link, and what the courier throws. */
  async call(jid: string): Promise<{ id: string }> {
    const { courier, uplink, clock, ids } = this.#options
    if (!uplink.isAttached) throw new TetherError('TETHER_ERR_PHONE_AWAY', 'a call cannot wait')
    if (this.#made !== null) await this.end(this.#made.id)
    const id = newId(ids)
    const timestampS = Math.floor(clock.now() / 1000)
    const content = { call: { callKey: ids.bytes(KEY_BYTES) } }
    await courier.send(
      contentMessage({ remoteJid: jid, fromMe: true, id, timestampS, status: 'PENDING', content }),
    )
    this.#made = { id, jid }
    return { id }
  }

  /** Takes a call that rings here. Throws TETHER_ERR_NOT_FOUND. */
  answer(id: string): void {
    this.#end(id, 'accept')
  }

  /** Hangs up the call that was made, or declines one that rings here. Throws TETHER_ERR_NOT_FOUND. */
  async end(id: string): Promise<void> {
    const { courier, clock, ids } = this.#options
    if (this.#made?.id !== id) {
      this.#end(id, 'reject')
      return
    }
    const { jid } = this.#made
    this.#made = null
    const frame = { remoteJid: jid, fromMe: true, timestampS: Math.floor(clock.now() / 1000) }
    const revoked = { remoteJid: jid, fromMe: true, id }
    await courier.send(revokeMessage({ ...frame, id: newId(ids), status: 'PENDING', revoked }))
  }

  // what comes; in the transaction that takes the mail

  /** Takes an offer, or the end of one; false for a message that is neither. */
  take(info: WebMessageInfo, { from, at }: Envelope): boolean {
    if (contentTypeOf(info) === 'call') {
      this.#offered({ id: info.key.id, from, at })
      return true
    }
    const revoked = revokedKeyOf(info)?.id
    if (revoked === undefined) return false
    const call = this.#ringing().find((each) => each.id === revoked && each.from === from)
    if (call) this.#miss(call)
    // that it was missed stays true, whenever the caller hung up
    return call !== undefined || this.#isMissed(from, revoked)
  }

  #offered(call: Ringing): void {
    const { store, clock, pushes, audit, events } = this.#options
    if (clock.now() - call.at >= limit('CALL_RING_MS')) {
      this.#miss(call) // it came too late to ring
      return
    }
    const before = this.#ringing().find(({ from }) => from === call.from)
    if (before) this.#miss(before) // whoever calls again has given that one up
    if (this.#ringing().length >= limit('CALLS_RINGING')) {
      audit.record('call.tooMany', { from: call.from, id: call.id, limit: 'CALLS_RINGING' })
      this.#miss(call)
      return
    }
    this.#keep([...this.#ringing(), call])
    pushes.call(call, 'offer')
    store.afterCommit(() => {
      events.emit({ type: 'call', id: call.id, jid: call.from, state: 'offer' })
      this.#ring(call)
    })
  }

  #ring(call: Ringing): void {
    const { store, clock, inQueue } = this.#options
    const leftMs = Math.max(0, call.at + limit('CALL_RING_MS') - clock.now())
    const timer = clock.after(leftMs, () =>
      inQueue(async () => {
        if (this.#isRinging(call.id)) store.transaction(() => this.#miss(call))
      }),
    )
    this.#timers.set(call.id, timer)
  }

  #miss(call: Ringing): void {
    const { store, chats, clock, events, pushes } = this.#options
    this.#forget(call.id)
    const { id, from: remoteJid } = call
    if (chats.find({ chat: remoteJid, fromMe: false, id })) return
    const timestampS = Math.floor(call.at / 1000)
    const notice = stubMessage({ remoteJid, fromMe: false, id, timestampS, stub: 'CALL_MISSED_VOICE' })
    pushes.message(chats.add({ info: notice, status: 0, seen: false, at: clock.now() }))
    store.afterCommit(() => events.emit({ type: 'call', id, jid: remoteJid, state: 'missed' }))
  }

  #end(id: string, state: 'accept' | 'reject'): void {
    const { store, pushes, events } = this.#options
    const call = this.#ringing().find((each) => each.id === id)
    if (!call) throw new TetherError('TETHER_ERR_NOT_FOUND', 'no such call')
    this.#forget(id)
    pushes.call(call, state)
    store.afterCommit(() => events.emit({ type: 'call', id, jid: call.from, state }))
  }

  #forget(id: string): void {
    this.#timers.get(id)?.cancel()
    this.#timers.delete(id)
    if (this.#isRinging(id)) this.#keep(this.#ringing().filter((call) => call.id !== id))
  }

  #isRinging(id: string): boolean {
    return this.#ringing().some((call) => call.id === id)
  }

  #isMissed(from: string, id: string): boolean {
    const row = this.#options.chats.find({ chat: from, fromMe: false, id })
    return row !== null && stubName(decodeWebMessage(row.info).messageStubType) === 'CALL_MISSED_VOICE'
  }

  #ringing(): Ringing[] {
    return JSON.parse(this.#options.store.facts.find(RINGING) ?? '[]') as Ringing[]
  }

  #keep(calls: readonly Ringing[]): void {
    this.#options.store.facts.put(RINGING, JSON.stringify(calls))
  }
}
