/**
 * Compares docs/legacy-coverage.md with the evidence of a run, or writes it:
 * `node write.js [--check] FOLDER SUITE...`, the folder being what TETHER_COVERAGE_DIR was.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format } from 'prettier'
import type { EvidenceFile } from 'harness/evidence-file'
import { firstDifference } from '../flows/write.ts'
import type { SuiteName } from './clients.ts'
import { coveragePage, namedTests, readPage, writtenProofs } from './document.ts'
import { findMisfits, findProofs } from './proofs.ts'
import { findProblems, judgeCells, tables } from './verdict.ts'

// compiled to scenarios/dist/src/coverage, four folders below the root
const path = fileURLToPath(new URL('../../../../docs/legacy-coverage.md', import.meta.url))

/** What every world of a run has left in `folder`. */
export function readEvidence(folder: string): EvidenceFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as EvidenceFile)
}

/** The page as these runs have it, and what is wrong besides. */
export async function coverageOf(
  files: readonly EvidenceFile[],
  written: string,
  suites: readonly SuiteName[],
): Promise<{ readonly page: string; readonly problems: readonly string[] }> {
  const before = readPage(written)
  const cells = judgeCells(findProofs(files, namedTests(before)), tables, writtenProofs(before, suites))
  const page = await format(coveragePage(cells, before, suites), { parser: 'markdown' })
  return { page, problems: [...findMisfits(files), ...findProblems(cells, tables, suites)] }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, ...suites] = process.argv.slice(2).filter((arg) => arg !== '--check')
  const written = readOrEmpty()
  const { page, problems } = await coverageOf(readEvidence(folder), written, suites as SuiteName[])
  const difference = firstDifference(written, page)
  const isCheck = process.argv.includes('--check')
  for (const problem of problems) console.error(problem)
  if (isCheck && difference !== null)
    console.error(`docs/legacy-coverage.md is stale, ${difference}\nnpm run docs:coverage`)
  if (!isCheck) writeFileSync(path, page)
  process.exitCode = problems.length > 0 || (isCheck && difference !== null) ? 1 : 0
}

function readOrEmpty(): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
