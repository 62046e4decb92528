/**
 * Evidence of a test as a file: where TETHER_COVERAGE_DIR names a folder, every world of a test leaves one there when
 * it stops, for docs/legacy-coverage.md. Without a folder nothing is looked at.
 */
import { writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type Evidence, recordEvidence } from './evidence.ts'
import type { FaultyLinks } from './faulty-links.ts'
import type { TraceRecorder } from './trace-recorder.ts'

export interface EvidenceFile {
  /** Path of the test from the root, as in `scenarios/test/restart.test.ts`. */
  readonly test: string
  readonly evidence: readonly Evidence[]
}

let worlds = 0

/** Collects from now on what `write` leaves in the folder; null without one, and in programs that are no test. */
export function coverageOf(
  links: FaultyLinks,
  trace: TraceRecorder,
  folder = process.env.TETHER_COVERAGE_DIR,
): { write(): void } | null {
  const test = testOf(process.argv[1] ?? '')
  if (!folder || test === null) return null
  const recorder = recordEvidence(links, trace)
  const file = join(folder, `${test.replaceAll('/', '_')}.${process.pid}.${++worlds}.json`)
  return {
    write() {
      writeFileSync(file, JSON.stringify({ test, evidence: recorder.read() } satisfies EvidenceFile))
    },
  }
}

/** The source of a compiled test, as a path from the root; null for any other program. */
export function testOf(program: string, root = process.cwd()): string | null {
  const match = /^([^/]+)\/dist\/((?:test|clients)\/.+\.test)\.js$/.exec(relative(root, program))
  return match ? `${match[1]}/${match[2]}.ts` : null
}
