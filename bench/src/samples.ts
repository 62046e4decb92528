/** How long things took, by name, and what CPU time they cost a program; in the order in which they were begun. */

interface Sample {
  readonly ms: number[]
  cpuMs: number
}

/** One line of a table of what was measured. */
export interface Row {
  readonly name: string
  readonly ours: number
  readonly unit: string
}

export class Samples {
  readonly #cpuMs: () => Promise<number>
  readonly #gapMs: number
  readonly #samples = new Map<string, Sample>()

  /** `cpuMs`: CPU time so far of the program that does the work; `gapMs`: rest after each. */
  constructor(cpuMs: () => Promise<number>, gapMs: number) {
    this.#cpuMs = cpuMs
    this.#gapMs = gapMs
  }

  /** Times one piece of work and gives its result. */
  async time<T>(name: string, work: () => Promise<T>): Promise<T> {
    const cpu = await this.#cpuMs()
    const from = performance.now()
    const result = await work()
    const took = performance.now() - from
    this.note(name, took, (await this.#cpuMs()) - cpu)
    await sleep(this.#gapMs)
    return result
  }

  note(name: string, ms: number, cpuMs = 0): void {
    const sample = this.#samples.get(name) ?? { ms: [], cpuMs: 0 }
    sample.ms.push(ms)
    sample.cpuMs += cpuMs
    this.#samples.set(name, sample)
  }

  /** p50 and p95 of each, and its mean CPU time where that was looked at; `program` is whose. */
  rows(program: string): Row[] {
    return [...this.#samples].flatMap(([name, { ms, cpuMs }]) => {
      const rows = [
        { name: `${name}, p50`, ours: quantile(ms, 0.5), unit: 'ms' as const },
        { name: `${name}, p95`, ours: quantile(ms, 0.95), unit: 'ms' as const },
      ]
      if (cpuMs > 0)
        rows.push({ name: `${name}, CPU of the ${program}`, ours: cpuMs / ms.length, unit: 'ms' })
      return rows
    })
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((x, y) => x - y)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]
}
