import t from 'tap'
import { dashboard } from '../src/dashboard.ts'
import { serverMeasures } from '../src/server-measures.ts'

interface Shape {
  readonly templating: { readonly list: readonly { readonly name: string }[] }
  readonly panels: readonly {
    readonly id: number
    readonly title: string
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
    readonly datasource: { readonly uid: string }
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[]
  }[]
}
const { panels, templating } = JSON.parse(dashboard()) as Shape
const rows = Object.values(serverMeasures)

t.test('every query asks for a number that the server has, by a label that it has', async (t) => {
  for (const { title, targets } of panels)
    for (const { expr } of targets) {
      const [, name] = /(tether_\w+?)(?:_bucket)?[[)]/.exec(expr)!
      const row = rows.find((one) => one.name === name)
      t.ok(row, `${title}: ${name}`)
      const labels = /by \(([^)]*)\)/.exec(expr)?.[1].split(', ') ?? []
      const own = row && 'label' in row ? [row.label as string] : []
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
  const places = panels.map(({ gridPos }) => `${gridPos.x} ${gridPos.y}`)
  t.equal(new Set(places).size, panels.length)
  t.ok(panels.every(({ gridPos }) => gridPos.x + gridPos.w <= 24))
  t.equal(new Set(panels.map(({ id }) => id)).size, panels.length)
  const sources = templating.list.map(({ name }) => `\${${name}}`)
  t.ok(panels.every(({ datasource }) => sources.includes(datasource.uid)))
})
