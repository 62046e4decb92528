/**
 * Runs a property of many random steps and, when one run fails, says all that a person needs: the shortest list of
 * steps that was found, the error, and one line that shows exactly this again.
 */
import fc from 'fast-check'
import { systemEntropy } from 'proto/system'

export interface ModelRun {
  /** How often, with how many steps at most. */
  readonly runs: number
  readonly steps: number
  /** The command that runs this test alone. */
  readonly command: string
  /** After so many ms what was found is told, made as short as there was time for; when nothing failed, that it is too slow. */
  readonly withinMs: number
  /** The same each time; without it drawn anew, and told. */
  readonly seed?: number
}

/** What TETHER_MODEL holds: the point at which an earlier run failed. */
interface Replay {
  readonly seed: number
  readonly path?: string
  readonly replayPath?: string
}

export interface StepLimits {
  readonly maxCommands: number
  readonly replayPath?: string
  /** The whole range of lengths, not mostly short lists. */
  readonly size: 'max'
}

/** Checks `property`, which is made from how many steps it may take; rejects with the shortest failure. */
export async function assertModel<T extends [unknown, ...unknown[]]>(
  { runs, steps, command, withinMs, seed }: ModelRun,
  property: (limits: StepLimits) => fc.IAsyncProperty<T> | fc.IAsyncPropertyWithHooks<T>,
): Promise<void> {
  const replay = replayOf(process.env.TETHER_MODEL)
  const used = replay?.seed ?? seed ?? drawnSeed()
  if (seed === undefined || replay)
    console.error(`seed ${used}; repeat with: ${line({ seed: used }, command)}`)
  const details = await fc.check(
    property({
      maxCommands: steps,
      size: 'max',
      ...(replay?.replayPath === undefined ? {} : { replayPath: replay.replayPath }),
    }),
    {
      numRuns: runs,
      interruptAfterTimeLimit: withinMs,
      markInterruptAsFailure: true,
      seed: used,
      ...(replay?.path === undefined ? {} : { path: replay.path, endOnFailure: true }),
    },
  )
  if (details.failed) throw new Error(failureText(details, command), { cause: details.errorInstance })
}

function failureText<T>(details: fc.RunDetails<T>, command: string): string {
  const found = fc.stringify(details.counterexample)
  const replayPath = /replayPath="([^"]*)"/.exec(found)?.[1]
  const again = {
    seed: details.seed,
    ...(details.counterexamplePath === null ? {} : { path: details.counterexamplePath }),
    ...(replayPath === undefined ? {} : { replayPath }),
  }
  const error = details.errorInstance
  return [
    `run ${details.numRuns} failed; made shorter ${details.numShrinks} times:`,
    found,
    error instanceof Error ? (error.stack ?? error.message) : String(error),
    `repeat with: ${line(again, command)}`,
  ].join('\n')
}

function line(replay: Replay, command: string): string {
  return `TETHER_MODEL='${JSON.stringify(replay)}' ${command}`
}

function replayOf(text: string | undefined): Replay | null {
  return text === undefined || text === '' ? null : (JSON.parse(text) as Replay)
}

function drawnSeed(): number {
  return Buffer.from(systemEntropy.bytes(4)).readInt32BE()
}
