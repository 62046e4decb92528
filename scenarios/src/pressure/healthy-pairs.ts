/** Phones with browsers that behave: how long a frame takes from a browser to its phone and one back, while others do not. */
import { sleep } from 'proto/clock'
import type { Entropy } from 'proto/entropy'
import { realClock } from 'proto/system'
import { rawPair, roundTrip, type RawPair } from '../sockets/raw-pair.ts'

export interface Latency {
  readonly p50: number
  readonly p99: number
  readonly trips: number
}

/** Each pair rests so long between two frames. */
const REST_MS = 10

export class HealthyPairs {
  readonly #pairs: readonly RawPair[]
  #tags = 0

  private constructor(pairs: readonly RawPair[]) {
    this.#pairs = pairs
  }

  static async open(port: number, count: number, entropy: Entropy): Promise<HealthyPairs> {
    const pairs: RawPair[] = []
    for (let n = 0; n < count; n++)
      pairs.push(await rawPair(port, `1555000${String(n).padStart(4, '0')}`, entropy))
    return new HealthyPairs(pairs)
  }

  /** Times of round trips, in ms, during so many ms. Throws when one of them does not come back. */
  async measure(ms: number): Promise<Latency> {
    const times: number[] = []
    const end = performance.now() + ms
    const run = async (pair: RawPair): Promise<void> => {
      while (performance.now() < end) {
        const from = performance.now()
        await roundTrip(pair, `h${++this.#tags}`)
        times.push(performance.now() - from)
        await sleep(realClock, REST_MS)
      }
    }
    await Promise.all(this.#pairs.map(run))
    times.sort((a, b) => a - b)
    const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))]
    return { p50: at(0.5), p99: at(0.99), trips: times.length }
  }

  close(): void {
    for (const { browser, socket } of this.#pairs) for (const each of [browser, socket]) each.destroy()
  }
}
