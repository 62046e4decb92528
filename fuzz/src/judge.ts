/**
 * The rules that hold for every decoder and every input: it gives a value or throws a TetherError with a code of its
 * row, in little time, with output bounded by the input; it does not change its input or the prototypes that all
 * objects share; and it does the same again whatever came in between.
 */
import { isDeepStrictEqual } from 'node:util'
import { TetherError, type ErrorCode } from 'proto/errors'
import { limit } from 'proto/limits'
import { PrototypeGuard } from './guard.ts'
import { computedMs, elapsedMs } from './stopwatch.ts'
import { Broken, must, Slow, type Target } from './target.ts'
import { sizeOf } from './value-walk.ts'

/** What came of one input. */
export interface Outcome {
  /** Null when the decoder gave a value. */
  readonly code: ErrorCode | null
  readonly value: unknown
  /** How large the value is (value-walk.ts); 0 for none. */
  readonly size: number
}

const SLOW_MS = 10
/** A slow run is measured so often again; the median of the time it computes counts: a busy machine is no finding. */
const MEASURED_AGAIN = 9
const OUTPUT_RATIO = limit('NODE_OUTPUT_RATIO')
const OUTPUT_FLOOR = limit('NODE_OUTPUT_FLOOR')

export class Judge {
  readonly #target: Target
  readonly #guard = new PrototypeGuard()

  constructor(target: Target) {
    this.#target = target
  }

  /** Runs one input by all rules that one run can show. Throws Broken. */
  judge(input: Uint8Array): Outcome {
    const { outputFloor = OUTPUT_FLOOR } = this.#target
    const copy = new Uint8Array(input)
    const began = elapsedMs()
    const { code, value } = this.#run(copy)
    if (elapsedMs() - began > this.#slowMs) this.#measure(input)
    must(isSameBytes(copy, input), 'the decoder wrote into its input')
    if (this.#guard.hasLeak()) this.checkPrototypes()
    const size = code === null ? sizeOf(value) : 0
    must(size <= Math.max(outputFloor, OUTPUT_RATIO * input.length), 'too much output')
    return { code, value, size }
  }

  /** Runs it again, after whatever else ran in between. Throws Broken when something else comes of it. */
  repeat(input: Uint8Array, first: Outcome): void {
    const again = this.#run(new Uint8Array(input))
    must(again.code === first.code, `first ${first.code ?? 'a value'}, then ${again.code ?? 'a value'}`)
    must(isDeepStrictEqual(again.value, first.value), 'another value the second time')
  }

  /** The thorough look at what all objects share, which is put right again; for once in a while. Throws Broken. */
  checkPrototypes(): void {
    const changed = this.#guard.restore()
    must(changed === null, `${changed ?? ''}.prototype was changed`)
  }

  #run(input: Uint8Array): Omit<Outcome, 'size'> {
    try {
      return { code: null, value: this.#target.run(input) }
    } catch (error) {
      if (error instanceof Broken) throw error
      if (!(error instanceof TetherError)) throw new Broken(`threw ${describe(error)}`, { cause: error })
      if (!this.#target.codes.includes(error.code)) {
        throw new Broken(`threw ${error.code}, which is not in its row`, { cause: error })
      }
      return { code: error.code, value: undefined }
    }
  }

  get #slowMs(): number {
    return this.#target.slowMs ?? SLOW_MS
  }

  #measure(input: Uint8Array): void {
    const times: number[] = []
    for (let round = 0; round < MEASURED_AGAIN; round++) {
      const copy = new Uint8Array(input)
      const began = computedMs()
      this.#run(copy)
      times.push(computedMs() - began)
    }
    times.sort((a, b) => a - b)
    if (times[MEASURED_AGAIN >> 1] > this.#slowMs) throw new Slow(`took longer than ${this.#slowMs} ms`)
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
