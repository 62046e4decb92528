/** The numbers of the phones as Prometheus reads them at /metrics, and what they show of the present. */
import { type Metric, Registry } from 'prom-client'
import { phonesMeasures, type PhonesMeasures } from 'proto/phones-measures'
import type { Phone } from './phone.ts'
import type { PhonesMeters } from './phones-meters.ts'
import type { StoreCounts } from './store.ts'

/** All rows as text, read when somebody asks. */
export function metricsRegistry(meters: PhonesMeters): Registry {
  const registry = new Registry()
  for (const name of meters.names) {
    const metric = { name: phonesMeasures[name].name, get: () => meters.read(name) }
    registry.registerMetric(metric as unknown as Metric) // asks for nothing but these two
  }
  return registry
}

/** Shows how many phones there are and how full they are, all together. */
export function watchPhones(meters: PhonesMeters, phones: () => readonly Phone[]): void {
  const loads = () => phones().map((phone) => phone.load())
  meters.watch({
    hosted: () => {
      const states = { online: 0, dozing: 0, offline: 0, killed: 0, off: 0 }
      for (const phone of phones()) states[phone.state] += 1
      return states
    },
    browsers: () => {
      const all = loads()
      return {
        told: sum(all.map(({ browsersTold }) => browsersTold)),
        waiting: sum(all.map(({ browsersWaiting }) => browsersWaiting)),
      }
    },
    waiting: () => {
      const waiting = phones().map((phone) => phone.waiting())
      const total = (name: keyof StoreCounts) => sum(waiting.map((counts) => counts[name]))
      return {
        outbox: total('outbox'),
        legs: total('legs'),
        receipts: total('receipts'),
        held: total('held'),
        parked: total('parked'),
        media: total('media'),
      }
    },
    early: () => sum(loads().map(({ early }) => early)),
    prekeys: () => {
      const stocks = loads().map(({ prekeys }) => prekeys)
      return stocks.length === 0 ? {} : Math.min(...stocks)
    },
  })
}

type StatusClass = keyof PhonesMeasures['requests']['values']

/** Undefined for what no row counts. */
export function statusClassOf(status: number): StatusClass | undefined {
  const name = `${Math.floor(status / 100)}xx`
  return Object.hasOwn(phonesMeasures.requests.values, name) ? (name as StatusClass) : undefined
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)
