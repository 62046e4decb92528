/**
 * The inputs that are kept in the repository: `corpus/<target>.txt`, one input a line (input-text.ts), shortest first.
 * `corpus/regressions.txt` has those that once broke a rule: target, input, and what was wrong.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CoverageMap, startCoverage, takeCoverage } from './coverage.ts'
import { formatInput, parseInput } from './input-text.ts'
import { Judge } from './judge.ts'
import { Broken, type Target } from './target.ts'

const FOLDER = fileURLToPath(new URL('../../corpus/', import.meta.url))

export interface Regression {
  readonly target: string
  readonly input: Uint8Array
  readonly was: string
}

/** Empty when nothing was kept yet. */
export function readCorpus(target: string): readonly Uint8Array[] {
  return linesOf(join(FOLDER, `${target}.txt`)).map(parseInput)
}

export function writeCorpus(target: string, inputs: readonly Uint8Array[]): void {
  const lines = [...inputs].sort((a, b) => a.length - b.length || Buffer.compare(a, b)).map(formatInput)
  writeFileSync(join(FOLDER, `${target}.txt`), lines.map((line) => `${line}\n`).join(''))
}

/** Lines are `target input was`, with one blank between. */
export function readRegressions(): readonly Regression[] {
  return linesOf(join(FOLDER, 'regressions.txt')).map((line) => {
    const [target, input, ...was] = line.split(' ')
    return { target, input: parseInput(input), was: was.join(' ') }
  })
}

/** The fewest of these, shortest first, that run the same code. */
export function smallestCover(target: Target, inputs: readonly Uint8Array[]): readonly Uint8Array[] {
  startCoverage()
  const judge = new Judge(target)
  const map = new CoverageMap(target.modules)
  takeCoverage()
  return [...inputs]
    .sort((a, b) => a.length - b.length || Buffer.compare(a, b))
    .filter((input) => {
      try {
        judge.judge(input)
      } catch (error) {
        if (!(error instanceof Broken)) throw error
      }
      return map.add(takeCoverage()) > 0
    })
}

function linesOf(path: string): readonly string[] {
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
}
