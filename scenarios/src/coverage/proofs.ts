/**
 * Evidence of test runs -> the best proof that each client has of each row. A proof is a message with the shape of its
 * row and, where the row has an answer, an answer with that shape under its tag; a good answer is better than a refusal.
 */
import { type BrowserMessageName, browserMessages } from 'proto/browser-messages'
import type { MessageRow } from 'proto/message-row'
import type { Evidence } from 'harness/evidence'
import type { EvidenceFile } from 'harness/evidence-file'
import { type ClientId, clientOf, clients, suiteOf } from './clients.ts'

export interface Proof {
  /** Path of the test from the root. */
  readonly test: string
  /** Status of the refusal when nothing better was seen; null: it passed. */
  readonly refused: number | null
}

export type Cells<T> = ReadonlyMap<BrowserMessageName, ReadonlyMap<ClientId, T>>

export const rowNames = Object.keys(browserMessages) as BrowserMessageName[]

export function rowOf(name: BrowserMessageName): MessageRow {
  return browserMessages[name]
}

/** Paths of the tests that a document names already: they stay, as long as none is better. */
export type Named = Cells<string>

/**
 * The best proof of each row for each client. Of equally good tests: the one that was named before, else one about this
 * client, else the first in path order.
 */
export function findProofs(files: readonly EvidenceFile[], named: Named): Cells<Proof> {
  const cells = new Map<BrowserMessageName, Map<ClientId, Proof>>()
  for (const { test, evidence } of files) {
    for (const one of evidence) {
      const refused = outcomeOf(one)
      if (refused === undefined) continue
      const client = clientOf(one.client)
      if (suiteOf(test) !== clients[client].suite) continue // the run that checks the cell would not see it
      const row = cells.get(one.row) ?? new Map<ClientId, Proof>()
      cells.set(one.row, row)
      const rank = (proof: Proof): string =>
        [
          proof.refused === null ? 0 : 1,
          proof.test === named.get(one.row)?.get(client) ? 0 : 1,
          clients[client].ownTests.test(proof.test) ? 0 : 1,
          proof.test,
          proof.refused,
        ].join()
      const [proof, known] = [{ test, refused }, row.get(client)]
      if (!known || rank(proof) < rank(known)) row.set(client, proof)
    }
  }
  return cells
}

/** Null: passed; a number: refused with this status; undefined: no proof. */
function outcomeOf({ row, fits, answer }: Evidence): number | null | undefined {
  if (!fits) return undefined
  if (rowOf(row).answer === undefined) return null
  if (!answer?.fits) return undefined
  const { status } = answer
  return status === null || (status >= 200 && status < 300) ? null : status
}

/** One line for each message that had not the shape of its row and should have: all of ours, and those of real clients. */
export function findMisfits(files: readonly EvidenceFile[]): string[] {
  const lines = files.flatMap(({ test, evidence }) =>
    evidence.flatMap(({ client: name, row, fits, answer }) => {
      const client = clientOf(name)
      const isOurs = rowOf(row).from !== 'browser'
      const found: string[] = []
      if (!fits && (isOurs || client !== 'wire'))
        found.push(`${row} of ${isOurs ? 'ours' : name} has not its shape: ${test}`)
      if (answer && !answer.fits) found.push(`the answer to ${row} has not its shape: ${test}`)
      return found
    }),
  )
  return [...new Set(lines)].sort()
}
