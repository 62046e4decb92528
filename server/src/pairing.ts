/**
 * Refs: what a QR code names (spec 4, 5.1, 5.2). A ref is claimed once; the previous ref of a connection stays
 * claimable for one more period, since a person may scan just as the code changes. Knows no keys.
 */
import { limit } from 'proto/limits'
import type { Clock } from 'proto/clock'
import type { Entropy } from 'proto/entropy'
import { TetherError } from 'proto/errors'
import { formatBase64 } from 'proto/base64'

const REF_BYTES = 24

interface Ref {
  readonly ref: string
  readonly connection: number
  readonly clientId: string
  /** Last instant at which it can be claimed, shown to the client as ttl plus grace. */
  claimableUntil: number
  /** End of the time the client shows it. */
  shownUntil: number
}

export type Reref = { status: 200; ref: string; ttl: number } | { status: 304; ttl: number } | { status: 429 }

/** The browser went while its code was claimed. */
export class BrowserLeft extends TetherError {
  constructor() {
    super('TETHER_ERR_REF_UNKNOWN', 'the browser has left')
  }
}

export class Pairing {
  readonly #clock: Clock
  readonly #entropy: Entropy
  readonly ttlMs: number
  readonly #refs = new Map<string, Ref>()
  readonly #issued = new Map<number, { count: number; current: Ref; refs: Ref[] }>()
  /** Refs that were claimed, so that a second scan is told "used" and not "unknown"; bounded by expiry. */
  readonly #claimed = new Map<string, number>()

  constructor(clock: Clock, entropy: Entropy, ttlMs: number) {
    this.#clock = clock
    this.#entropy = entropy
    this.ttlMs = ttlMs
  }

  /** The first ref of a connection, or its current one when it has one already. */
  issue(connection: number, clientId: string): { ref: string; ttl: number } {
    const known = this.#issued.get(connection)
    if (known)
      return { ref: known.current.ref, ttl: Math.max(0, known.current.shownUntil - this.#clock.now()) }
    const current = this.#make(connection, clientId)
    this.#issued.set(connection, { count: 1, current, refs: [current] })
    return { ref: current.ref, ttl: this.ttlMs }
  }

  /** Renews: 304 when asked before half the time is over, 429 after REFS_PER_CONNECTION (spec 5.2). */
  reissue(connection: number, clientId: string): Reref {
    const known = this.#issued.get(connection)
    if (!known) return { status: 200, ...this.issue(connection, clientId) }
    const now = this.#clock.now()
    if (known.current.shownUntil - now > this.ttlMs / 2) {
      known.current.shownUntil = now + this.ttlMs
      known.current.claimableUntil = known.current.shownUntil + limit('REF_GRACE_MS')
      return { status: 304, ttl: this.ttlMs }
    }
    if (known.count >= limit('REFS_PER_CONNECTION')) return { status: 429 }
    known.count += 1
    known.current = this.#make(connection, clientId)
    known.refs.push(known.current)
    while (known.refs.length > 2) this.#refs.delete(known.refs.shift()!.ref)
    return { status: 200, ref: known.current.ref, ttl: this.ttlMs }
  }

  /** The connection that shows this ref. Throws TETHER_ERR_REF_UNKNOWN, TETHER_ERR_REF_USED. */
  look(ref: string, clientId: string): number {
    const found = this.#refs.get(ref)
    if (!found)
      throw new TetherError(this.#claimed.has(ref) ? 'TETHER_ERR_REF_USED' : 'TETHER_ERR_REF_UNKNOWN')
    if (found.clientId !== clientId || this.#clock.now() > found.claimableUntil) {
      throw new TetherError('TETHER_ERR_REF_UNKNOWN')
    }
    return found.connection
  }

  /** Consumes the ref and with it every ref of its connection. Throws as `look`. */
  claim(ref: string, clientId: string): number {
    const connection = this.look(ref, clientId)
    this.#sweepClaimed()
    for (const each of this.#issued.get(connection)?.refs ?? []) {
      this.#claimed.set(each.ref, this.#clock.now() + this.ttlMs + limit('REF_GRACE_MS'))
    }
    this.expire(connection)
    return connection
  }

  /** The ref this connection shows now, if any. */
  current(connection: number): string | null {
    return this.#issued.get(connection)?.current.ref ?? null
  }

  /** Whether this connection shows a code that can still be scanned. */
  shows(connection: number): boolean {
    const known = this.#issued.get(connection)
    return known !== undefined && this.#clock.now() <= known.current.claimableUntil
  }

  /** Who shows this ref, also after its time. */
  find(ref: string): { readonly connection: number; readonly clientId: string } | null {
    return this.#refs.get(ref) ?? null
  }

  /** Forgets the refs of a connection that has ended or has logged in otherwise. */
  expire(connection: number): void {
    for (const each of this.#issued.get(connection)?.refs ?? []) this.#refs.delete(each.ref)
    this.#issued.delete(connection)
  }

  #make(connection: number, clientId: string): Ref {
    const shownUntil = this.#clock.now() + this.ttlMs
    const ref: Ref = {
      ref: `1@${formatBase64(this.#entropy.bytes(REF_BYTES))}`,
      connection,
      clientId,
      shownUntil,
      claimableUntil: shownUntil + limit('REF_GRACE_MS'),
    }
    this.#refs.set(ref.ref, ref)
    return ref
  }

  #sweepClaimed(): void {
    const now = this.#clock.now()
    for (const [ref, until] of this.#claimed) {
      if (until > now) break
      this.#claimed.delete(ref)
    }
  }
}
