/**
 * What the relay counts and measures (rows: proto/server-measures), and how it shows that (Prometheus text at /metrics). The
 * hot path adds to plain numbers; prom-client reads them only when somebody asks.
 */
import { type Metric, Registry } from 'prom-client'
import type { DropReason } from 'proto/drop-reasons'
import { serverMeasures, type ServerMeasures } from 'proto/server-measures'
import { Meters } from 'proto/meters'

export type { Cell } from 'proto/meters'

export class Counters extends Meters<ServerMeasures> {
  readonly registry = new Registry()

  constructor() {
    super(serverMeasures)
    for (const name of this.names) {
      const metric = { name: serverMeasures[name].name, get: () => this.read(name) }
      this.registry.registerMetric(metric as unknown as Metric) // asks for nothing but these two
    }
  }

  drop(reason: DropReason, frames = 1): void {
    this.add('drops', reason, frames)
  }
}
