import t from 'tap'
import type { BrowserMessageName } from 'proto/browser-messages'
import type { ClientId } from '../../src/coverage/clients.ts'
import { type Proof, rowNames } from '../../src/coverage/proofs.ts'
import { findProblems, judgeCells, type Tables, tables } from '../../src/coverage/verdict.ts'

const NOTHING: Tables = { known: [], refusedRows: {} }
const passed: Proof = { test: 'a.test.ts', refused: null }
const refused: Proof = { test: 'a.test.ts', refused: 404 }
const proofs = (row: BrowserMessageName, cells: Partial<Record<ClientId, Proof>>) =>
  new Map([[row, new Map(Object.entries(cells) as [ClientId, Proof][])]])

/** The problems of one row. */
function problemsOf(row: BrowserMessageName, cells: Partial<Record<ClientId, Proof>>, given = NOTHING) {
  const judged = judgeCells(proofs(row, cells), given)
  return findProblems(judged, given, ['test']).filter((problem) => problem.startsWith(`${row}: `))
}

t.test('it finds a row without a test', (t) => {
  t.strictSame(problemsOf('exist', {}), [
    'exist: no test proves it',
    'exist: neither proven nor known for Our client',
  ])
  t.strictSame(problemsOf('exist', { wire: refused, baileys3: passed, ours: passed }), [], 'clients prove it')
  t.strictSame(problemsOf('exist', { wire: refused, baileys3: passed, ours: refused }), [
    'exist: neither proven nor known for Our client; refused (404) in a.test.ts',
  ])
  t.end()
})

t.test('it accepts what is known, and finds what is known but not so', (t) => {
  const known: Tables = {
    known: [
      { client: 'ours', rows: ['exist'], is: 'not used', reason: 'x' },
      { client: 'baileys3', rows: ['exist'], is: 'difference', reason: 'y' },
    ],
    refusedRows: {},
  }
  t.strictSame(problemsOf('exist', { wire: passed }, known), [])
  t.strictSame(problemsOf('exist', { wire: passed, baileys3: refused, ours: passed }, known), [
    'exist: proven for Our client by a.test.ts; take it out of known.ts',
  ])
  t.end()
})

t.test('it takes a refusal for right only where the table says so', (t) => {
  const given: Tables = { known: [], refusedRows: { exist: 'nobody exists' } }
  t.strictSame(problemsOf('exist', { wire: refused, baileys3: refused, ours: refused }, given), [])
  t.strictSame(problemsOf('exist', { wire: refused, baileys3: refused, ours: passed }, given), [
    'exist: not refused in a.test.ts; take it out of known.ts',
  ])
  t.end()
})

t.test('it says nothing of clients whose suite was not run', (t) => {
  const judged = judgeCells(new Map(), NOTHING)
  const problems = findProblems(judged, NOTHING, ['test'])
  t.strictSame(
    [...new Set(problems.map((problem) => problem.replace(/^\w+: /, '')))],
    ['no test proves it', 'neither proven nor known for Our client'],
  )
  t.equal(problems.length, 2 * rowNames.length)
  t.end()
})

t.test('it names a row for a client once in the tables', (t) => {
  const entries = tables.known.flatMap(({ client, rows }) => rows.map((row) => `${client} ${row}`))
  t.strictSame(entries, [...new Set(entries)])
  t.end()
})
