/**
 * The way of a text from browser to browser, cut where it passes from one party to the next. A tap on every link notes
 * the time of each passage, in the order in which they must come; what else is on the links meanwhile is passed over.
 */
import type { Frame } from 'proto/link'
import { ALICE, BOB, type FaultyLinks } from 'harness'
import { quantile, type Row } from './samples.ts'

interface Passage {
  /** What the time up to here went into. */
  readonly name: string
  readonly near: string
  readonly way: 'in' | 'out'
  /** The type of a link message; null for a sealed frame. */
  readonly says: 'mail' | 'delivery' | null
}

/** One end of each hop: names that `Links.join` is given. */
const A = { browser: 'browser:a', phone: `phone:${ALICE.number}` } as const
const B = { browser: 'browser:b', phone: `phone:${BOB.number}` } as const

const path: readonly Passage[] = [
  { name: 'browser A seals', near: A.browser, way: 'out', says: null },
  { name: 'browser A to server', near: 'server', way: 'in', says: null },
  { name: 'server', near: 'server', way: 'out', says: null },
  { name: 'server to phone A', near: A.phone, way: 'in', says: null },
  { name: 'phone A opens, encrypts and stores', near: A.phone, way: 'out', says: 'mail' },
  { name: 'phone A to server', near: 'server', way: 'in', says: 'mail' },
  { name: 'server stores, synced', near: 'server', way: 'out', says: 'delivery' },
  { name: 'server to phone B', near: B.phone, way: 'in', says: 'delivery' },
  { name: 'phone B decrypts, stores and seals', near: B.phone, way: 'out', says: null },
  { name: 'phone B to server', near: 'server', way: 'in', says: null },
  { name: 'server, back', near: 'server', way: 'out', says: null },
  { name: 'server to browser B', near: B.browser, way: 'in', says: null },
]
const LAST = 'browser B opens'

/** Follows one text at a time: `begin`, and `end` when it is shown. */
export class HopTimes {
  readonly #took = new Map<string, number[]>(
    [...path.map(({ name }) => name), LAST].map((name) => [name, []]),
  )
  readonly #total: number[] = []
  #at = path.length
  #times: number[] = []

  constructor(links: FaultyLinks) {
    links.observe(({ hop, way, frame }) => {
      const next = path[this.#at]
      if (next === undefined || frame === undefined || hop.near !== next.near || way !== next.way) return
      if (!says(frame, next.says)) return
      this.#times.push(performance.now())
      this.#at += 1
    })
  }

  begin(): void {
    this.#at = 0
    this.#times = [performance.now()]
  }

  /** Notes the text, unless it did not count. Throws when its way was another than the one that is known. */
  end(counts: boolean): void {
    this.#times.push(performance.now())
    if (this.#at !== path.length)
      throw new Error(`the text was shown, but not seen at: ${path[this.#at].name}`)
    if (!counts) return
    for (const [hop, took] of [...this.#took.values()].entries())
      took.push(this.#times[hop + 1] - this.#times[hop])
    this.#total.push(this.#times.at(-1)! - this.#times[0])
  }

  /** The whole way, and the mean share of each hop: the means add up, medians would not. */
  rows(): Row[] {
    const whole = mean(this.#total)
    return [
      { name: 'text, browser A to browser B, p50', ours: quantile(this.#total, 0.5), unit: 'ms' },
      { name: 'text, browser A to browser B, p99', ours: quantile(this.#total, 0.99), unit: 'ms' },
      ...[...this.#took].flatMap(([name, took]) => [
        { name: `hop, ${name}, share`, ours: (100 * mean(took)) / whole, unit: '%' },
        { name: `hop, ${name}, p50`, ours: quantile(took, 0.5), unit: 'ms' },
        { name: `hop, ${name}, p99`, ours: quantile(took, 0.99), unit: 'ms' },
      ]),
    ]
  }
}

function says(frame: Frame, wanted: Passage['says']): boolean {
  if (typeof frame !== 'string') return wanted === null
  return wanted !== null && frame.includes(`"type":"${wanted}"`)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length
}
