/**
 * What the relay counts, and how it shows it (Prometheus text at /metrics). The hot path adds to plain numbers;
 * prom-client reads them only when somebody asks. Labels are names from our own tables, never input.
 */
import { Counter, Gauge, Registry } from 'prom-client'
import type { DropReason } from './drop-reasons.ts'

const families = {
  frames: { help: 'frames by leg and direction', label: 'leg' },
  bytes: { help: 'bytes of relayed frames by leg and direction', label: 'leg' },
  drops: { help: 'frames not delivered, by reason', label: 'reason' },
  errors: { help: 'bad input and failures, by error code', label: 'code' },
  limits: { help: 'limits met, by name', label: 'limit' },
  logins: { help: 'outcomes of admin login and challenge', label: 'outcome' },
  pairings: { help: 'outcomes of pairing attempts', label: 'outcome' },
  mails: { help: 'mail between phones, by event', label: 'event' },
  media: { help: 'media blobs, by event', label: 'event' },
  groups: { help: 'what happened in groups, by event', label: 'event' },
  messages: { help: 'JSON messages handled, by name', label: 'name' },
  legacy: { help: 'the closed-network way in, by event', label: 'event' },
} as const

export type Family = keyof typeof families

export interface GaugeReaders {
  browsers(): number
  phones(): number
}

/** One number that is counted up in place; what the hot path holds on to instead of a name. */
export interface Cell {
  value: number
}

export class Counters {
  readonly #values = new Map<Family, Map<string, Cell>>()
  readonly registry = new Registry()

  constructor() {
    for (const [name, { help, label }] of Object.entries(families) as [Family, (typeof families)[Family]][]) {
      const values = new Map<string, Cell>()
      this.#values.set(name, values)
      new Counter({
        name: `tether_${name}_total`,
        help,
        labelNames: [label],
        registers: [this.registry],
        collect() {
          this.reset()
          for (const [value, cell] of values) this.inc({ [label]: value }, cell.value)
        },
      })
    }
  }

  add(family: Family, label: string, by = 1): void {
    this.cell(family, label).value += by
  }

  cell(family: Family, label: string): Cell {
    const values = this.#values.get(family)!
    let cell = values.get(label)
    if (!cell) values.set(label, (cell = { value: 0 }))
    return cell
  }

  drop(reason: DropReason, frames = 1): void {
    this.add('drops', reason, frames)
  }

  /** For tests and the self-audit. */
  value(family: Family, label: string): number {
    return this.#values.get(family)!.get(label)?.value ?? 0
  }

  watch(readers: GaugeReaders): void {
    for (const [name, read] of Object.entries(readers) as [string, () => number][]) {
      new Gauge({
        name: `tether_${name}`,
        help: `${name} connected now`,
        registers: [this.registry],
        collect() {
          this.set(read())
        },
      })
    }
  }
}
