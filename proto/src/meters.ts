/**
 * What a program counts and measures while it runs, as plain numbers: adding costs a lookup at most, and nothing is
 * made into text before somebody asks. The rows are in measures.ts. Labels are names of those rows, never input.
 */
import type { Labels, Measure, Measures, NameOf } from './measures.ts'

/** One number that is counted up in place; what a hot path holds on to instead of a name. */
export interface Cell {
  value: number
}

/** How often a value fell between two bounds, and the sum of all of them. */
export class Buckets {
  readonly bounds: readonly number[]
  /** One more than there are bounds: the last is for what lies beyond them. */
  readonly counts: number[]
  sum = 0

  /** `bounds`: upper ends, ascending; a value that equals one is within it. */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0)
  }

  get count(): number {
    return this.counts.reduce((all, one) => all + one, 0)
  }

  add(value: number): void {
    const { bounds } = this
    let at = 0
    while (at < bounds.length && value > bounds[at]) at += 1
    this.counts[at] += 1
    this.sum += value
  }

  /** A duration in milliseconds, into bounds in seconds; one that a clock set back made negative is none. */
  addMs(ms: number): void {
    this.add(Math.max(0, ms) / 1000)
  }
}

/** One row of numbers as Prometheus knows it; what prom-client's registry takes as a metric. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly type: Measure['kind']
  readonly values: readonly Sample[]
}

export interface Sample {
  readonly metricName?: string
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

type Reading = Readonly<Record<string, number>> | number
/** Reads a gauge: one number, or one for each label. What cannot be read now is not shown. */
export type Reader = () => Reading | Promise<Reading>

type Counted<T extends Measures> = NameOf<T, 'counter'>
type Timed<T extends Measures> = NameOf<T, 'histogram'>
type Gauged<T extends Measures> = NameOf<T, 'gauge'>

export class Meters<T extends Measures> {
  readonly #table: T
  readonly #cells = new Map<keyof T, Map<string, Cell>>()
  readonly #buckets = new Map<keyof T, Map<string, Buckets>>()
  readonly #shown = new Map<keyof T, Map<string, () => Promise<Buckets>>>()
  readonly #readers = new Map<keyof T, Reader>()

  constructor(table: T) {
    this.#table = table
    for (const [name, row] of Object.entries(table)) {
      // there from the start: Prometheus sees no increase in a series that begins with its first event
      const labels = row.kind === 'counter' ? Object.keys(row.values ?? { '': '' }) : []
      this.#cells.set(name, new Map(labels.map((label) => [label, { value: 0 }])))
      this.#buckets.set(name, new Map())
    }
  }

  add<N extends Counted<T>>(name: N, label: Labels<T[N]>, by = 1): void {
    this.cell(name, label).value += by
  }

  cell<N extends Counted<T>>(name: N, label: Labels<T[N]>): Cell {
    return this.#cells.get(name)!.get(label)!
  }

  /** For tests and the self-audit. */
  value<N extends Counted<T>>(name: N, label: Labels<T[N]>): number {
    return this.cell(name, label).value
  }

  /** What was counted of a row so far, by label, without what never was. */
  counts(name: Counted<T>): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...this.#cells.get(name)!].flatMap(([label, { value }]) => (value === 0 ? [] : [[label, value]])),
    )
  }

  buckets<N extends Timed<T>>(name: N, label: Labels<T[N]>): Buckets {
    const all = this.#buckets.get(name)!
    let buckets = all.get(label)
    if (!buckets) all.set(label, (buckets = new Buckets(this.#table[name].bounds!)))
    return buckets
  }

  /** Shows buckets that another part fills. */
  show<N extends Timed<T>>(name: N, label: Labels<T[N]>, read: () => Promise<Buckets>): void {
    const all = this.#shown.get(name) ?? new Map<string, () => Promise<Buckets>>()
    this.#shown.set(name, all.set(label, read))
  }

  /** Sets what a gauge shows; a later reader takes the place of an earlier one. */
  watch(readers: Partial<Record<Gauged<T>, Reader>>): void {
    for (const [name, read] of Object.entries(readers) as [keyof T, Reader][]) this.#readers.set(name, read)
  }

  /** Names of the rows, in their order. */
  get names(): readonly (keyof T)[] {
    return Object.keys(this.#table)
  }

  /** The numbers of one row now. */
  async read(name: keyof T): Promise<Family> {
    const row = this.#table[name]
    return { name: row.name, help: row.help, type: row.kind, values: await this.#samples(name, row) }
  }

  async #samples(name: keyof T, row: Measure): Promise<readonly Sample[]> {
    const labelled = (value: string) => (row.label === undefined ? {} : { [row.label]: value })
    switch (row.kind) {
      case 'counter':
        return [...this.#cells.get(name)!].map(([label, { value }]) => ({ labels: labelled(label), value }))
      case 'gauge': {
        const reader = this.#readers.get(name)
        const read = (reader && (await orNull(reader))) ?? {}
        const values = typeof read === 'number' ? { '': read } : read
        return Object.entries(values).map(([label, value]) => ({ labels: labelled(label), value }))
      }
      case 'histogram': {
        const all = [...this.#buckets.get(name)!]
        for (const [label, read] of this.#shown.get(name) ?? []) {
          const shown = await orNull(read)
          if (shown) all.push([label, shown])
        }
        return all.flatMap(([label, buckets]) => bucketSamples(row.name, labelled(label), buckets))
      }
    }
  }
}

/** A store that fails must not take the other numbers with it. */
async function orNull<V>(read: () => V | Promise<V>): Promise<V | null> {
  try {
    return await read()
  } catch {
    return null
  }
}

/** Prometheus counts upwards: each bucket holds all below it. */
function bucketSamples(name: string, labels: Sample['labels'], { bounds, counts, sum }: Buckets): Sample[] {
  let below = 0
  const buckets = counts.map((count, at): Sample => {
    below += count
    return { metricName: `${name}_bucket`, labels: { ...labels, le: bounds[at] ?? '+Inf' }, value: below }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: below },
  ]
}
