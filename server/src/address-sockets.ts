/**
 * Browsers that no phone stands behind yet, by the address they come from: so many at once (ADDRESS_SOCKETS), and so many
 * new ones in time (ADDRESS_SOCKETS_RATE), of which those that are paired or logged in cost nothing.
 */
import { limit, type LimitName } from 'proto/limits'
import { networkOf, writtenAddress } from 'proto/network'
import type { ServerConfig } from './config.ts'
import { isLoopback } from './loopback.ts'
import { TokenBuckets } from './token-bucket.ts'

export class AddressSockets {
  readonly #whose: ServerConfig['addressSockets']
  /** Where each unpaired connection comes from, by its number. */
  readonly #sources = new Map<number, string>()
  /** How many of them each source has. */
  readonly #counts = new Map<string, number>()
  readonly #rate = new TokenBuckets(limit('ADDRESS_SOCKETS'), 60_000 / limit('ADDRESS_SOCKETS_RATE'))

  constructor(whose: ServerConfig['addressSockets']) {
    this.#whose = whose
  }

  /** The limit in whose way one more connection of this address is; null lets it in, and takes its share of the rate. */
  refusal(address: string, now: number): LimitName | null {
    const source = this.#sourceOf(address)
    if (source === null) return null
    if ((this.#counts.get(source) ?? 0) >= limit('ADDRESS_SOCKETS')) return 'ADDRESS_SOCKETS'
    return this.#rate.take(source, now) > 0 ? 'ADDRESS_SOCKETS_RATE' : null
  }

  joined(connection: number, address: string): void {
    const source = this.#sourceOf(address)
    if (source === null) return
    this.#sources.set(connection, source)
    this.#counts.set(source, (this.#counts.get(source) ?? 0) + 1)
  }

  /** A phone stands behind it now. */
  paired(connection: number): void {
    const source = this.left(connection)
    if (source !== null) this.#rate.giveBack(source)
  }

  /** It is no unpaired connection any more; where it came from, or null when it was none. */
  left(connection: number): string | null {
    const source = this.#sources.get(connection) ?? null
    if (source === null) return null
    this.#sources.delete(connection)
    const count = this.#counts.get(source)! - 1
    if (count > 0) this.#counts.set(source, count)
    else this.#counts.delete(source)
    return source
  }

  /** Who has a /64 has all of its addresses. Null: not limited. */
  #sourceOf(address: string): string | null {
    const written = writtenAddress(address)
    if (this.#whose === 'off' || written === null) return null
    const isIpv6 = written.includes(':')
    if (this.#whose === 'elsewhere' && isLoopback(isIpv6 ? address : written)) return null
    return isIpv6 ? networkOf(address) : written
  }
}
