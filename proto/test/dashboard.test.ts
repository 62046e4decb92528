import t from 'tap'
import { dashboard } from '../src/dashboard.ts'
import type { Measure } from '../src/measures.ts'
import { phonesMeasures } from '../src/phones-measures.ts'
import { serverMeasures } from '../src/server-measures.ts'

interface Shape {
  readonly templating: { readonly list: readonly { readonly name: string }[] }
  readonly panels: readonly {
    readonly id: number
    readonly type: 'row' | 'timeseries'
    readonly title: string
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
    readonly datasource: { readonly uid: string }
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[]
  }[]
}
const { panels: all, templating } = JSON.parse(dashboard()) as Shape
const panels = all.filter(({ type }) => type === 'timeseries')
const rows: readonly Measure[] = [...Object.values(serverMeasures), ...Object.values(phonesMeasures)]

t.test('every query asks for a number that a program has, by a label that it has', async (t) => {
  for (const { title, targets } of panels)
    for (const { expr } of targets) {
      const [, name] = /(tether_\w+?)(?:_bucket)?[[)]/.exec(expr)!
      const row = rows.find((one) => one.name === name)
      t.ok(row, `${title}: ${name}`)
      const labels = /by \(([^)]*)\)/.exec(expr)?.[1].split(', ') ?? []
      const own = row?.label === undefined ? [] : [row.label]
      t.same(
        labels.filter((label) => label !== 'le'),
        own,
        expr,
      )
    }
})

t.test('a counter is shown as a rate, a histogram by its middle and its slowest hundredth', async (t) => {
  const queries = (title: string) => panels.find((panel) => panel.title === title)!.targets
  t.same(
    queries('Mail').map(({ expr }) => expr),
    ['sum by (event) (rate(tether_mails_total[$__rate_interval]))'],
  )
  t.same(
    queries('Operations of a commit').map(({ legendFormat }) => legendFormat),
    ['p50', 'p99'],
  )
  t.match(queries('From mail to inbox')[1].expr, 'histogram_quantile(0.99, sum by (recipient, le) (rate(')
})

t.test('panels have places of their own and the source that is chosen at the import', async (t) => {
  const places = all.map(({ gridPos }) => `${gridPos.x} ${gridPos.y}`)
  t.equal(new Set(places).size, all.length)
  t.ok(all.every(({ gridPos }) => gridPos.x + gridPos.w <= 24))
  t.equal(new Set(all.map(({ id }) => id)).size, all.length)
  const sources = templating.list.map(({ name }) => `\${${name}}`)
  t.ok(panels.every(({ datasource }) => sources.includes(datasource.uid)))
})

t.test('no name is that of two numbers, and every number has its panel', async (t) => {
  t.equal(new Set(rows.map(({ name }) => name)).size, rows.length)
  const asked = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join('\n')
  for (const { name } of rows) t.match(asked, name)
})

t.test('panels lie under the line of their part', async (t) => {
  t.strictSame(
    all.filter(({ type }) => type === 'row').map(({ title }) => title),
    ['The server', 'The phones'],
  )
  const tops = all.map(({ gridPos }) => gridPos.y)
  t.strictSame(
    tops,
    [...tops].sort((a, b) => a - b),
  )
})
