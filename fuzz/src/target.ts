/** What is fuzzed: one row for each decoder. The table is in targets.ts. */
import type { ErrorCode } from 'proto/errors'

export interface Target {
  readonly name: string
  /** What the bytes are taken for, and what must hold besides the rules for all (judge.ts). */
  readonly about: string
  /** Parts of module addresses whose coverage guides, such as `/proto/dist/src/qr.js`. */
  readonly modules: readonly string[]
  /** Every code the decoder may throw; any other throw is a finding. */
  readonly codes: readonly ErrorCode[]
  readonly maxBytes: number
  /** Words of the format. */
  readonly tokens: readonly Uint8Array[]
  /** Well-formed inputs to start from. */
  readonly seeds: () => readonly Uint8Array[]
  /** Its part of all executions; slow ones get less than 1. */
  readonly weight: number
  /** The input is JSON, or a message tag and JSON: it is also changed as such. */
  readonly isJson?: boolean
  /** Decodes; gives what was decoded. Throws TetherError for a refusal, Broken for a rule that does not hold. */
  readonly run: (input: Uint8Array) => unknown
  /** What `run` gives may be this many bytes whatever the input, and OUTPUT_RATIO times the input (default 4,096). */
  readonly outputFloor?: number
  /** Milliseconds that one input may take (default 10). */
  readonly slowMs?: number
}

/** A rule that must hold for every input does not. */
export class Broken extends Error {
  constructor(what: string, options?: ErrorOptions) {
    super(what, options)
    this.name = 'Broken'
  }
}

/** The rule that no input takes long. */
export class Slow extends Broken {}

/** Throws Broken. */
export function must(holds: boolean, what: string): void {
  if (!holds) throw new Broken(what)
}
