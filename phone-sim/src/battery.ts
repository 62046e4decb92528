/**
 * What a battery is used for: standby by the clock, relaying by the frame. Adds up parts of a percent until a whole one
 * is gone. Knows neither the device nor the clock.
 */
import type { BatteryUse } from './phone-views.ts'

/** In thousandths of a percent of a full battery. */
export interface BatteryCosts {
  readonly perMinute: number
  /** For each frame that is taken from a browser or sent to one: to open or seal it, and the radio. */
  readonly perFrame: number
}

/** A full battery stands by for about 25 hours, or relays 5,000 frames. */
export const usualCosts: BatteryCosts = { perMinute: 67, perFrame: 20 }

const PERCENT = 1_000

export class Battery {
  readonly #costs: BatteryCosts
  #standby = 0
  #relaying = 0
  #frames = 0
  /** Used and not yet taken off as a whole percent. */
  #open = 0

  constructor(costs: BatteryCosts = usualCosts) {
    this.#costs = costs
  }

  /** Gives how many whole percent are gone now. */
  standBy(minutes: number): number {
    const cost = minutes * this.#costs.perMinute
    this.#standby += cost
    return this.#use(cost)
  }

  /** Gives how many whole percent are gone now. */
  relay(): number {
    this.#frames += 1
    this.#relaying += this.#costs.perFrame
    return this.#use(this.#costs.perFrame)
  }

  /** Since the start. */
  get use(): BatteryUse {
    return {
      standbyPercent: this.#standby / PERCENT,
      relayingPercent: this.#relaying / PERCENT,
      relayedFrames: this.#frames,
    }
  }

  #use(cost: number): number {
    this.#open += cost
    const percent = Math.floor(this.#open / PERCENT)
    this.#open -= percent * PERCENT
    return percent
  }
}
