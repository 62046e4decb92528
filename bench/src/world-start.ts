/**
 * How long the in-process world takes to start: a relay and two registered phones, memory storage. Cold is the first
 * start of a fresh process, modules loaded; warm is the median of the starts that follow.
 */
import { execFile } from 'node:child_process'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createWorld } from 'harness'

export interface WorldStartRow {
  readonly name: string
  readonly ours: number
  readonly aim: number | null
  readonly unit: 'ms'
}

/** A comparable mock of a modern messenger takes 40. */
const AIM_MS = 100
const ROUNDS = 20
const PREKEYS_OF_A_STORY = 100

async function startMs(clock: 'real' | 'virtual'): Promise<number> {
  const before = performance.now()
  const world = await createWorld({ clock, record: false, prekeys: PREKEYS_OF_A_STORY })
  const took = performance.now() - before
  await world.stop()
  return took
}

async function coldMs(clock: 'real' | 'virtual'): Promise<number> {
  const runs: number[] = []
  for (let round = 0; round < 3; round++) {
    const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), clock])
    runs.push(Number(stdout))
  }
  return median(runs)
}

async function warmMs(clock: 'real' | 'virtual'): Promise<number> {
  const runs: number[] = []
  for (let round = 0; round < ROUNDS; round++) runs.push(await startMs(clock))
  return median(runs.slice(ROUNDS / 4))
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return Math.round(sorted[Math.floor(sorted.length / 2)] * 10) / 10
}

/** One row for each way to start; `ours` is compared with `aim` where there is one. */
export async function benchWorldStart(): Promise<WorldStartRow[]> {
  const rows: WorldStartRow[] = []
  for (const clock of ['virtual', 'real'] as const) {
    rows.push({
      name: `world with two registered phones, ${clock} time, warm`,
      ours: await warmMs(clock),
      aim: AIM_MS,
      unit: 'ms',
    })
    rows.push({
      name: `world with two registered phones, ${clock} time, cold`,
      ours: await coldMs(clock),
      aim: null,
      unit: 'ms',
    })
  }
  return rows
}

const [, program, clock] = process.argv
if (program === fileURLToPath(import.meta.url)) {
  if (clock === 'real' || clock === 'virtual') process.stdout.write(String(await startMs(clock)))
  else console.table(await benchWorldStart())
}
