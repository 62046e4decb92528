/**
 * A dashboard for Grafana (classic model, import by hand), as text: each panel names a row of the metrics, and its kind
 * says what is asked for. A panel cannot ask for a number that the server does not have.
 */
import type { Measure } from './measures.ts'
import { serverMeasures, type ServerMeasures } from './server-measures.ts'

/** Units as Grafana names them. */
type Unit = 's' | 'bytes' | 'Bps' | 'ops' | 'short'
type Panel = readonly [title: string, measure: keyof ServerMeasures, unit: Unit]

/** From what people notice to what lies below it, two in a line. */
const panels: readonly Panel[] = [
  ['Browsers', 'browsers', 'short'],
  ['Phones', 'phones', 'short'],
  ['Let in after', 'handshakes', 's'],
  ['Pairings by mood', 'pairings', 'ops'],
  ['Logins', 'logins', 'ops'],
  ['Frames relayed', 'frames', 'ops'],
  ['Bytes relayed', 'bytes', 'Bps'],
  ['Frames kept before they go on: for how long', 'relayWaits', 's'],
  ['Frames kept now', 'frameQueues', 'short'],
  ['Send queues', 'sendQueues', 'bytes'],
  ['Frames not delivered', 'drops', 'ops'],
  ['Limits met', 'limits', 'ops'],
  ['Mail', 'mails', 'ops'],
  ['From mail to inbox', 'mailLag', 's'],
  ['Mail that waits', 'mailboxMails', 'short'],
  ['Bytes of mail that waits', 'mailboxBytes', 'bytes'],
  ['Mail pushed and not taken', 'unackedPushes', 'short'],
  ['Commits of the database', 'commits', 's'],
  ['Operations of a commit', 'commitSizes', 'short'],
  ['Operations that wait for a commit', 'commitQueue', 'short'],
  ['Errors', 'errors', 'ops'],
  ['Files', 'media', 'ops'],
]

/** Columns of Grafana's grid, and the size of a panel in it. */
const [COLUMNS, WIDTH, HEIGHT] = [24, 12, 8]
/** As Grafana writes it for a source that is chosen at the import. */
const datasource = { type: 'prometheus', uid: '${source}' }
const QUANTILES = [0.5, 0.99]

/** The dashboard as JSON text. */
export function dashboard(): string {
  return JSON.stringify({
    uid: 'tether',
    title: 'Tether',
    tags: ['tether'],
    timezone: 'browser',
    schemaVersion: 39,
    editable: true,
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    templating: { list: [{ name: 'source', label: 'Prometheus', type: 'datasource', query: 'prometheus' }] },
    panels: panels.map(drawn),
  })
}

function drawn([title, name, unit]: Panel, index: number): object {
  const measure: Measure = serverMeasures[name]
  const perLine = COLUMNS / WIDTH
  return {
    id: index + 1,
    type: 'timeseries',
    title,
    description: measure.help,
    datasource,
    gridPos: {
      x: (index % perLine) * WIDTH,
      y: Math.floor(index / perLine) * HEIGHT,
      w: WIDTH,
      h: HEIGHT,
    },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
    targets: queriesOf(measure).map(({ expr, legendFormat }, n) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + n),
      datasource,
      expr,
      legendFormat,
    })),
  }
}

interface Query {
  readonly expr: string
  readonly legendFormat: string
}

function queriesOf({ kind, name, label }: Measure): readonly Query[] {
  const legend = label === undefined ? name : `{{${label}}}`
  const by = (more: string) => {
    const labels = [label, more].filter(Boolean).join(', ')
    return labels && ` by (${labels})`
  }
  switch (kind) {
    case 'gauge':
      return [{ expr: `sum${by('')} (${name})`, legendFormat: legend }]
    case 'counter':
      return [{ expr: `sum${by('')} (rate(${name}[$__rate_interval]))`, legendFormat: legend }]
    case 'histogram':
      return QUANTILES.map((quantile) => ({
        expr: `histogram_quantile(${quantile}, sum${by('le')} (rate(${name}_bucket[$__rate_interval])))`,
        legendFormat: `p${quantile * 100}${label === undefined ? '' : ` ${legend}`}`,
      }))
  }
}
