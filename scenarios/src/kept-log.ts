/** A log of a world as its programs would write it: one JSON object a line, at every level, on the world's clock. */
import type { Log } from 'server'

export interface KeptLog {
  readonly log: Log
  /** The lines so far. */
  text(): string
  /** Where the time comes from; before that it is 0. */
  now: () => number
}

const LEVELS = { trace: 10, debug: 20, info: 30, warn: 40, error: 50 } as const

export function keptLog(): KeptLog {
  const lines: string[] = []
  const kept: Omit<KeptLog, 'log'> = { text: () => lines.join(''), now: () => 0 }
  const write =
    (level: keyof typeof LEVELS) =>
    (fields: object, msg: string): void =>
      void lines.push(
        `${JSON.stringify({ level: LEVELS[level], time: kept.now(), ...fields, msg }, errorsToo)}\n`,
      )
  const log: Log = {
    trace: write('trace'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  }
  return Object.assign(kept, { log })
}

/** An error is written with its words and its stack, as the real logger does. */
function errorsToo(_name: string, value: unknown): unknown {
  return value instanceof Error ? { message: value.message, stack: value.stack } : value
}
