/**
 * Whether a limit is met exactly: its test passes with the product as it is and fails with the product wrong by the
 * least step, in either direction, and with its counter forgotten (`moved.ts`).
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { BoundaryTest, ExactTest } from 'proto/limit-proofs'
import type { LimitName } from 'proto/limits'

/** One of these in which the test did not say what it should; null: all as they should be. */
export type Unmoved = 'as it is' | 'larger' | 'smaller' | 'not counted' | null

const MOVER = fileURLToPath(new URL('./moved.js', import.meta.url))
const MOST_MS = 120_000

/** Runs the test of a limit up to four times, each in a process of its own, from the folder `root`. */
export async function walk(root: string, name: LimitName, proof: BoundaryTest): Promise<Unmoved> {
  const passes = (settings: Record<string, string>): Promise<boolean> => runs(root, proof, settings)
  const counter = proof.counted === true ? proof : proof.counted
  if (!(await passes({}))) return 'as it is'
  if (await passes({ TETHER_MOVED_LIMIT: `${name} 1` })) return 'larger'
  if (await passes({ TETHER_MOVED_LIMIT: `${name} -1` })) return 'smaller'
  if (!counter) return null
  if (counter !== proof && !(await runs(root, counter, {}))) return 'as it is'
  if (await runs(root, counter, { TETHER_FORGOTTEN_CELL: `limits ${name}` })) return 'not counted'
  return null
}

/** A test file of the sources -> the compiled one. */
export function compiledOf(file: string): string {
  return file.replace('/', '/dist/').replace(/\.tsx?$/, '.js')
}

function runs(root: string, { file, test }: ExactTest, settings: Record<string, string>): Promise<boolean> {
  const TAP_GREP = test.map((title) => `^${title.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}$`).join('\n')
  const child = spawn(process.execPath, ['--import', MOVER, compiledOf(file)], {
    cwd: root,
    env: { ...process.env, TAP: '1', TAP_TIMEOUT: '60', TAP_GREP, ...settings },
    stdio: 'ignore',
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), MOST_MS)
  return new Promise((resolve) =>
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve(code === 0)
    }),
  )
}
