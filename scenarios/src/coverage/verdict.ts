/** Proofs and what is known -> what stands in each cell, and what is wrong with it. */
import type { BrowserMessageName } from 'proto/browser-messages'
import { type ClientId, clientIds, clients, type SuiteName } from './clients.ts'
import { known as knownNow, type Known, refusedRows as refusedNow } from './known.ts'
import { type Cells, type Proof, rowNames } from './proofs.ts'

export type Verdict =
  | { readonly is: 'pass'; readonly proof: Proof }
  /** Refused, and rightly so. */
  | { readonly is: 'refusal'; readonly proof: Proof; readonly reason: string }
  | { readonly is: 'not used' | 'difference'; readonly reason: string }
  /** On the wire only: real clients prove the row. */
  | { readonly is: 'elsewhere' }
  /** Only ever refused, or not seen at all. */
  | { readonly is: 'open'; readonly proof: Proof | null }

export interface Tables {
  readonly known: readonly Known[]
  readonly refusedRows: Readonly<Partial<Record<BrowserMessageName, string>>>
}

export const tables: Tables = { known: knownNow, refusedRows: refusedNow }

/** The verdict of every cell; `carried` are proofs of clients whose suite is not run now. */
export function judgeCells(
  proofs: Cells<Proof>,
  { known, refusedRows }: Tables,
  carried: Cells<Proof> = new Map(),
): Cells<Verdict> {
  const judge = (row: BrowserMessageName, client: ClientId): Verdict => {
    const proof = proofs.get(row)?.get(client) ?? null
    if (proof?.refused === null) return { is: 'pass', proof }
    const reason = refusedRows[row]
    if (proof && reason !== undefined) return { is: 'refusal', proof, reason }
    const entry = known.find((one) => one.client === client && one.rows.includes(row))
    if (entry) return { is: entry.is, reason: entry.reason }
    const others = [proofs, carried].flatMap((cells) => [...(cells.get(row)?.values() ?? [])])
    const isElsewhere = client === 'wire' && others.some(({ refused }) => refused === null)
    return isElsewhere ? { is: 'elsewhere' } : { is: 'open', proof }
  }
  return new Map(
    rowNames.map((row) => [row, new Map(clientIds.map((client) => [client, judge(row, client)]))]),
  )
}

/** One line for each thing that must not be so, of the clients whose suite was run. */
export function findProblems(
  cells: Cells<Verdict>,
  { known, refusedRows }: Tables,
  suites: readonly SuiteName[],
): string[] {
  const problems: string[] = []
  const run = clientIds.filter((client) => suites.includes(clients[client].suite))
  for (const row of rowNames) {
    for (const client of run) {
      const verdict = cells.get(row)!.get(client)!
      const { label } = clients[client]
      const isKnown = known.some((one) => one.client === client && one.rows.includes(row))
      if (isKnown && (verdict.is === 'pass' || verdict.is === 'refusal'))
        problems.push(`${row}: proven for ${label} by ${verdict.proof.test}; take it out of known.ts`)
      if (verdict.is === 'pass' && refusedRows[row] !== undefined)
        problems.push(`${row}: not refused in ${verdict.proof.test}; take it out of known.ts`)
      if (verdict.is === 'open') {
        const what = client === 'wire' ? 'no test proves it' : `neither proven nor known for ${label}`
        problems.push(`${row}: ${what}${refusalText(verdict.proof)}`)
      }
    }
  }
  return problems
}

function refusalText(proof: Proof | null): string {
  return proof ? `; refused (${proof.refused}) in ${proof.test}` : ''
}
