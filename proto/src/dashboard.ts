/**
 * A dashboard for Grafana (classic model, import by hand), as text: each panel names a row of the metrics, and its kind
 * says what is asked for. A panel cannot ask for a number that no program has.
 */
import type { Measure } from './measures.ts'
import { phonesMeasures } from './phones-measures.ts'
import { serverMeasures } from './server-measures.ts'

/** Units as Grafana names them. */
type Unit = 's' | 'bytes' | 'Bps' | 'ops' | 'short'
type Panel = readonly [title: string, measure: Measure, unit: Unit]

const server = serverMeasures
const phones = phonesMeasures

/** From what people notice to what lies below it, two in a line. */
const parts: readonly (readonly [title: string, panels: readonly Panel[]])[] = [
  [
    'The server',
    [
      ['Browsers', server.browsers, 'short'],
      ['Phones', server.phones, 'short'],
      ['Let in after', server.handshakes, 's'],
      ['Pairings by mood', server.pairings, 'ops'],
      ['Logins', server.logins, 'ops'],
      ['Challenges, by why', server.challenges, 'ops'],
      ['Frames relayed', server.frames, 'ops'],
      ['Bytes relayed', server.bytes, 'Bps'],
      ['Frames kept before they go on: for how long', server.relayWaits, 's'],
      ['Frames kept now', server.frameQueues, 'short'],
      ['Send queues', server.sendQueues, 'bytes'],
      ['Frames not delivered', server.drops, 'ops'],
      ['Messages of browsers, by name', server.messages, 'ops'],
      ['Limits met', server.limits, 'ops'],
      ['Mail', server.mails, 'ops'],
      ['From mail to inbox', server.mailLag, 's'],
      ['Mail that waits', server.mailboxMails, 'short'],
      ['Bytes of mail that waits', server.mailboxBytes, 'bytes'],
      ['Mail pushed and not taken', server.unackedPushes, 'short'],
      ['Commits of the database', server.commits, 's'],
      ['Operations of a commit', server.commitSizes, 'short'],
      ['Operations that wait for a commit', server.commitQueue, 'short'],
      ['Errors', server.errors, 'ops'],
      ['Files', server.media, 'ops'],
      ['Groups', server.groups, 'ops'],
      ['The closed-network way in', server.legacy, 'ops'],
    ],
  ],
  [
    'The phones',
    [
      ['Phones: by state', phones.hosted, 'short'],
      ['Phones: their browsers', phones.browsers, 'short'],
      ['Phones: attached after', phones.attach, 's'],
      ['Phones: links to the server', phones.links, 'ops'],
      ['Phones: scans by mood', phones.pairings, 'ops'],
      ['Phones: frames of browsers', phones.frames, 'ops'],
      ['Phones: frames not handled or not sent', phones.drops, 'ops'],
      ['Phones: limits met', phones.limits, 'ops'],
      ['Phones: what waits in their files', phones.waiting, 'short'],
      ['Phones: mail that came too early', phones.early, 'short'],
      ['Phones: mail', phones.mails, 'ops'],
      ['Phones: mail that the server refused', phones.mailRefusals, 'ops'],
      ['Phones: from sending to durable at the server', phones.ackTime, 's'],
      ['Phones: from the server to the inbox', phones.mailLag, 's'],
      ['Phones: Signal', phones.signal, 's'],
      ['Phones: mail that did not decrypt', phones.signalFailures, 'ops'],
      ['Phones: prekeys, of the phone with fewest', phones.prekeys, 'short'],
      ['Phones: commits of their files', phones.commits, 's'],
      ['Phones: files', phones.media, 'ops'],
      ['Phones: requests over HTTP', phones.requests, 'ops'],
      ['Phones: errors', phones.errors, 'ops'],
    ],
  ],
]

/** Columns of Grafana's grid, and the size of a panel in it. */
const [COLUMNS, WIDTH, HEIGHT] = [24, 12, 8]
const HEAD_HEIGHT = 1
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
    panels: drawnParts(),
  })
}

/** Each part under a line with its title. */
function drawnParts(): readonly object[] {
  const drawn: object[] = []
  let y = 0
  for (const [title, panels] of parts) {
    const head = { x: 0, y, w: COLUMNS, h: HEAD_HEIGHT }
    drawn.push({ id: drawn.length + 1, type: 'row', title, collapsed: false, gridPos: head, panels: [] })
    y += HEAD_HEIGHT
    const perLine = COLUMNS / WIDTH
    for (const [index, panel] of panels.entries()) {
      const line = Math.floor(index / perLine)
      const place = { x: (index % perLine) * WIDTH, y: y + line * HEIGHT, w: WIDTH, h: HEIGHT }
      drawn.push({ id: drawn.length + 1, ...panelOf(panel), gridPos: place })
    }
    y += Math.ceil(panels.length / perLine) * HEIGHT
  }
  return drawn
}

function panelOf([title, measure, unit]: Panel): object {
  return {
    type: 'timeseries',
    title,
    description: measure.help,
    datasource,
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
