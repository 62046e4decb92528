/** Verdicts -> docs/legacy-coverage.md, and the tests that a written document names. Pure: text in, text out. */
import type { BrowserMessageName } from 'proto/browser-messages'
import { type ClientId, clientIds, clients, type SuiteName } from './clients.ts'
import { type Cells, type Named, type Proof, rowNames, rowOf } from './proofs.ts'
import type { Verdict } from './verdict.ts'

/** Sections of the wire specification. */
const SECTIONS: Readonly<Record<number, string>> = {
  1: 'Transport',
  4: 'The first request',
  5: 'Pairing',
  6: 'JSON pushes',
  7: 'Resume',
  8: 'Ends',
  9: 'Initial sync',
  10: 'Changes pushed by the phone',
  11: 'Messages and receipts',
  12: 'Is the phone there?',
  13: 'Queries to the phone',
  14: 'Changes by the client',
  15: 'Queries as JSON',
  16: 'Media',
}

const HEADS = ['Row', '§', 'By whom', 'Read by']

const SUITE_COMMANDS: Readonly<Record<SuiteName, string>> = { test: 'test', clients: 'run test:clients' }

/** The text of a cell by row and client, as a document has it. */
export type Written = Cells<string>

/** The whole page, not formatted. Cells of suites that were not run stay as they are written. */
export function coveragePage(cells: Cells<Verdict>, written: Written, suites: readonly SuiteName[]): string {
  const textOf = (row: BrowserMessageName, client: ClientId): string =>
    suites.includes(clients[client].suite)
      ? cellText(cells.get(row)!.get(client)!)
      : (written.get(row)?.get(client) ?? NOT_YET)
  const sorted = [...rowNames].sort(bySpec)
  const sections = [...new Set(sorted.map(sectionOf))].map(
    (number) => [number, sorted.filter((row) => sectionOf(row) === number)] as const,
  )
  return [
    '# Coverage of the legacy protocol',
    INTRO,
    summary(textOf),
    ...sections.flatMap(([number, rows]) => [
      `## ${number}. ${SECTIONS[number] ?? ''}`.trimEnd(),
      table(
        [...HEADS, ...clientIds.map((client) => clients[client].label)],
        rows.map((name) => {
          const { spec, from, to, readableBy, answer } = rowOf(name)
          const who = from !== 'browser' ? `${from} sends` : `${to} ${answer ? 'answers' : 'is told'}`
          return [
            `\`${name}\``,
            `§${spec}`,
            who,
            readableBy,
            ...clientIds.map((client) => textOf(name, client)),
          ]
        }),
      ),
    ]),
  ].join('\n\n')
}

const INTRO = `Every row of [the message tables](messages.md), who answers or sends it, who can read it, and the test that proves it for
each client. Printed from what the runs of the tests left behind by \`npm run docs:coverage\`. The full run of each suite
compares the page with what happened in it, and fails when the page is stale or a row is without a test.

${clientIds.map((id) => `- **${clients[id].label}**: ${clients[id].about}; \`npm ${SUITE_COMMANDS[clients[id].suite]}\``).join('\n')}

**pass**: in the test, which passed, the client said the message in the shape of its row, and what came under its tag had
the shape of the answer and was no refusal; or the server or the phone sent it the message, in the shape of its row.
**refused, as it should be**: the right answer is a refusal. **by clients**: the clients beside prove it. **not used** and
**difference** say why. **not yet**: shown by no test; the run fails.`

const PASS = 'pass'
const REFUSAL = 'refused, as it should be'
const NOT_YET = 'not yet'
const ELSEWHERE = 'by clients'

function cellText(verdict: Verdict): string {
  switch (verdict.is) {
    case 'pass':
      return `${PASS}: ${testLink(verdict.proof)}`
    case 'refusal':
      return `${REFUSAL} (${verdict.proof.refused}; ${verdict.reason}): ${testLink(verdict.proof)}`
    case 'open':
      return verdict.proof
        ? `${NOT_YET}; refused (${verdict.proof.refused}): ${testLink(verdict.proof)}`
        : NOT_YET
    case 'elsewhere':
      return ELSEWHERE
    default:
      return `${verdict.is}: ${verdict.reason}`
  }
}

function testLink({ test }: Proof): string {
  const name = test.replace(/^.*\/(?:test|clients)\//, '').replace(/\.test\.tsx?$/, '')
  return `[${name}](../${test})`
}

function summary(textOf: (row: BrowserMessageName, client: ClientId) => string): string {
  const kinds = [PASS, REFUSAL, ELSEWHERE, 'not used', 'difference', NOT_YET]
  const rows = clientIds.map((client) => {
    const texts = rowNames.map((row) => textOf(row, client))
    return [
      clients[client].label,
      ...kinds.map((kind) => String(texts.filter((text) => text.startsWith(kind)).length)),
    ]
  })
  return table([`${rowNames.length} rows`, ...kinds], rows)
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}

function firstSpec(row: BrowserMessageName): number {
  const [major = 0, minor = 0] = rowOf(row).spec.split(/[.,]/).map(Number)
  return major + minor / 100
}

function sectionOf(row: BrowserMessageName): number {
  return Math.trunc(firstSpec(row))
}

function bySpec(a: BrowserMessageName, b: BrowserMessageName): number {
  return firstSpec(a) - firstSpec(b)
}

/** The cells of a written document; columns and rows that are no more are left out. */
export function readPage(text: string): Written {
  const cells = new Map<BrowserMessageName, Map<ClientId, string>>()
  let columns: (ClientId | undefined)[] = []
  for (const line of text.split('\n')) {
    if (!line.startsWith('|') || line.startsWith('| -')) continue
    const parts = line
      .split('|')
      .slice(1, -1)
      .map((part) => part.trim())
    const name = /^`(\w+)`$/.exec(parts[0] ?? '')?.[1] as BrowserMessageName | undefined
    if (name === undefined) columns = parts.map((head) => clientIds.find((id) => clients[id].label === head))
    else if (rowNames.includes(name)) {
      const row = parts.flatMap((part, at) =>
        columns[at] === undefined ? [] : [[columns[at], part] as const],
      )
      cells.set(name, new Map(row))
    }
  }
  return cells
}

/** The tests that the cells name. */
export function namedTests(written: Written): Named {
  return mapCells(written, (text) => /\]\(\.\.\/([^)]+)\)/.exec(text)?.[1])
}

/** What a written page proves for clients whose suites are not run now. */
export function writtenProofs(written: Written, suites: readonly SuiteName[]): Cells<Proof> {
  const named = namedTests(written)
  return mapCells(written, (text, row, client) => {
    const test = named.get(row)?.get(client)
    const isCarried = !suites.includes(clients[client].suite) && text.startsWith(`${PASS}:`)
    return isCarried && test !== undefined ? { test, refused: null } : undefined
  })
}

function mapCells<T>(
  written: Written,
  map: (text: string, row: BrowserMessageName, client: ClientId) => T | undefined,
): Cells<T> {
  const mapped = [...written].map(([row, cells]) => {
    const kept = [...cells].flatMap(([client, text]) => {
      const value = map(text, row, client)
      return value === undefined ? [] : [[client, value] as const]
    })
    return [row, new Map(kept)] as const
  })
  return new Map(mapped)
}
