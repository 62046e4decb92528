/** What may be said to the relay's sockets, byte for byte, and what must come of it (research T10). */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { CaseRun, type Outcome } from '../src/sockets/case-run.ts'
import { caseClasses } from '../src/sockets/cases/table.ts'
import { rawRelay } from '../src/sockets/raw-relay.ts'
import type { Back, SocketCase } from '../src/sockets/socket-case.ts'

const expected = ({ back, counts }: SocketCase, { hears }: Outcome): Outcome => ({
  answers: back.answers ?? [],
  hears: heardAs(back.hears ?? [], hears),
  close: back.close ?? null,
  then: back.goesOn ? 'goes on' : 'ended',
  counts: counts ?? {},
})

/** What was heard where it fits; else what should have been. */
function heardAs(patterns: NonNullable<Back['hears']>, hears: readonly string[]): readonly string[] {
  return patterns.map((pattern, at) => (pattern.test(hears[at] ?? '') ? hears[at] : String(pattern)))
}

const page = fileURLToPath(new URL('../../../docs/reliability.md', import.meta.url))

t.test('the page has the table as it is, and no case is there twice', async (t) => {
  const rows = readFileSync(page, 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
  for (const { title, policy, cases } of caseClasses) {
    const told = rows.find((cells) => cells[1] === title) ?? []
    t.strictSame(told.slice(1, 4), [title, String(cases.length), policy])
  }
  const all = caseClasses.flatMap(({ cases }) => cases)
  t.ok(all.length >= 150)
  t.equal(new Set(all.map(({ from, does }) => `${from} ${does}`)).size, all.length)
})

const run = await CaseRun.on(await rawRelay({ TETHER_DEMO: 'on' }))
const quiet = await run.gauges()
t.teardown(() => run.close())

for (const { title, cases } of caseClasses) {
  t.test(title, async (t) => {
    for (const row of cases) {
      const outcome = await run.play(row)
      t.strictSame(outcome, expected(row, outcome), `${row.from} ${row.does}`)
      await run.healthy()
      t.strictSame(await run.gauges(), quiet, `${row.does}: nothing is left of it`)
    }
  })
}
