/**
 * One run of the fuzzer over one target. Inputs are made in batches: each is judged, then all again in reverse order,
 * then one look at the coverage. Only when something new ran is each input of the batch looked at alone. Those that
 * reach new code are kept and mutated further, and so are those with a new outcome: another code, or another ratio of
 * output to input, which leads to where little becomes much.
 */
import type { ErrorCode } from 'proto/errors'
import { CoverageMap, startCoverage, takeCoverage } from './coverage.ts'
import { Judge, type Outcome } from './judge.ts'
import { mutateJson } from './json-mutator.ts'
import { minimise } from './minimise.ts'
import { mutate } from './mutator.ts'
import { Random } from './random.ts'
import { elapsedMs } from './stopwatch.ts'
import { Broken, Slow, type Target } from './target.ts'

export interface CampaignOptions {
  readonly seed: string
  /** How many inputs are made and judged; the corpus comes on top. */
  readonly inputs: number
  /** Kept from earlier runs; the seeds of the target are always there. */
  readonly corpus?: readonly Uint8Array[]
  /** Without it nothing guides and nothing is kept: only to show what guidance is worth. */
  readonly guided?: boolean
}

export interface Finding {
  readonly target: string
  readonly input: Uint8Array
  readonly problem: string
  /** Where the decoder threw, when it threw something it must not. */
  readonly stack: string | null
}

export interface Campaign {
  readonly target: string
  /** Inputs judged, the corpus included. */
  readonly executions: number
  readonly seconds: number
  readonly findings: readonly Finding[]
  /** What was kept: the corpus, what reached new code and what had a new outcome, in the order of finding. */
  readonly kept: readonly Uint8Array[]
  /** How often each code came; `value` when the decoder gave one. */
  readonly outcomes: ReadonlyMap<ErrorCode | 'value', number>
  /** Characters of the target's code that ran. */
  readonly covered: number
}

const BATCH = 64
const SLOW_TRIES = 20
const MOST_LEADS = 6
/** Ratios of output to input are told apart in so many steps from one to its double. */
const RATIO_STEPS = 4
/** A target that breaks everywhere need not be shown more often than this. */
const MOST_FINDINGS = 5

export function runCampaign(target: Target, options: CampaignOptions): Campaign {
  return new Run(target, options).run()
}

class Run {
  readonly #target: Target
  readonly #options: CampaignOptions
  readonly #judge: Judge
  readonly #random: Random
  readonly #map: CoverageMap
  readonly #kept: Uint8Array[] = []
  readonly #findings = new Map<string, Finding>()
  readonly #outcomes = new Map<ErrorCode | 'value', number>()
  readonly #leads: Uint8Array[] = []
  readonly #features = new Set<string>()
  #executions = 0
  /** What takes too long for one input does for many; the run ends, and so may the search for a small one. */
  #isSlow = false

  constructor(target: Target, options: CampaignOptions) {
    this.#target = target
    this.#options = options
    this.#judge = new Judge(target)
    this.#random = new Random(`${options.seed} ${target.name}`)
    this.#map = new CoverageMap(target.modules)
  }

  run(): Campaign {
    const began = elapsedMs()
    const { guided = true, inputs, corpus = [] } = this.#options
    if (guided) {
      startCoverage()
      takeCoverage()
    }
    const given = [...this.#target.seeds(), ...corpus]
    for (let at = 0; at < given.length; at += BATCH) this.#batch(given.slice(at, at + BATCH), guided)
    if (this.#kept.length === 0) this.#kept.push(...given)
    const end = this.#executions + inputs
    while (this.#executions < end && this.#findings.size < MOST_FINDINGS && !this.#isSlow) {
      const length = Math.min(BATCH, end - this.#executions)
      this.#batch(
        Array.from({ length }, () => this.#make()),
        guided,
      )
    }
    return {
      target: this.#target.name,
      executions: this.#executions,
      seconds: (elapsedMs() - began) / 1000,
      findings: [...this.#findings.values()],
      kept: this.#kept,
      outcomes: this.#outcomes,
      covered: this.#map.covered,
    }
  }

  #make(): Uint8Array {
    const { tokens, maxBytes, isJson = false } = this.#target
    const random = this.#random
    const input = this.#pick()
    const changed = isJson && !random.oneIn(3) ? mutateJson(input, random) : null
    if (changed !== null && changed.length <= maxBytes) return changed
    return mutate(input, { random, tokens, maxBytes, other: () => this.#pick() })
  }

  /** One of those kept; every second time one of the last that reached new code, which were hardly worked on yet. */
  #pick(): Uint8Array {
    const from = this.#leads.length > 0 && this.#random.oneIn(2) ? this.#leads : this.#kept
    return from.length > 0 ? this.#random.pick(from) : new Uint8Array(0)
  }

  #batch(inputs: readonly Uint8Array[], guided: boolean): void {
    // of errors only the code is looked at, and a stack costs more than most decoders
    const depth = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    try {
      const outcomes = inputs.map((input) => this.#first(input))
      for (let at = inputs.length - 1; at >= 0; at--) {
        const outcome = outcomes[at]
        if (outcome) this.#guarded(inputs[at], () => this.#judge.repeat(inputs[at], outcome))
      }
      this.#checkPrototypes(inputs)
      if (guided && !this.#isSlow) this.#look(inputs)
    } finally {
      Error.stackTraceLimit = depth
    }
  }

  /** Looks once for the whole batch, and when something is wrong, after each input. */
  #checkPrototypes(inputs: readonly Uint8Array[]): void {
    try {
      this.#judge.checkPrototypes()
    } catch {
      for (const input of inputs) this.#guarded(input, () => this.#judgeAlone(input))
    }
  }

  #judgeAlone(input: Uint8Array): void {
    this.#judge.repeat(input, this.#judge.judge(input))
    this.#judge.checkPrototypes()
  }

  #first(input: Uint8Array): Outcome | null {
    if (this.#isSlow) return null
    this.#executions++
    const outcome = this.#guarded(input, () => this.#judge.judge(input))
    if (outcome) {
      const name = outcome.code ?? 'value'
      this.#outcomes.set(name, (this.#outcomes.get(name) ?? 0) + 1)
      this.#keepIfNew(input, outcome)
    }
    return outcome
  }

  #keepIfNew(input: Uint8Array, { code, size }: Outcome): void {
    if (this.#options.guided === false) return
    const feature = code ?? `ratio ${Math.round(RATIO_STEPS * Math.log2((size + 1) / (input.length + 1)))}`
    if (this.#features.has(feature)) return
    this.#features.add(feature)
    this.#kept.push(input)
  }

  #look(inputs: readonly Uint8Array[]): void {
    const all = takeCoverage()
    if (!this.#map.isNew(all)) return
    for (const input of inputs) {
      this.#guarded(input, () => this.#judge.judge(input))
      if (this.#map.add(takeCoverage()) === 0) continue
      if (!this.#kept.includes(input)) this.#kept.push(input)
      this.#leads.push(input)
      if (this.#leads.length > MOST_LEADS) this.#leads.shift()
    }
    this.#map.add(all) // what only the batch as a whole could reach is not worth looking for again
  }

  /** Notes what is broken; null then. */
  #guarded<T>(input: Uint8Array, work: () => T): T | null {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof Broken)) throw error
      this.#note(input, error)
      return null
    }
  }

  #note(input: Uint8Array, broken: Broken): void {
    const name = kindOf(broken.message)
    if (this.#findings.has(name)) return
    const isSlow = broken instanceof Slow
    this.#isSlow ||= isSlow
    const small = minimise(
      input,
      (candidate) => this.#breaks(candidate, name),
      isSlow ? SLOW_TRIES : undefined,
    )
    Error.stackTraceLimit = 20
    const seen = this.#breakage(small) ?? broken // broken by what came before: then only the story of it is left
    Error.stackTraceLimit = 0
    const stack = seen.cause instanceof Error ? (seen.cause.stack ?? null) : null
    this.#findings.set(name, { target: this.#target.name, input: small, problem: seen.message, stack })
  }

  #breaks(input: Uint8Array, name: string): boolean {
    const seen = this.#breakage(input)
    return seen !== null && kindOf(seen.message) === name
  }

  #breakage(input: Uint8Array): Broken | null {
    try {
      this.#judgeAlone(input)
      return null
    } catch (error) {
      if (error instanceof Broken) return error
      throw error
    }
  }
}

/** The same problem with other numbers is the same problem. */
function kindOf(problem: string): string {
  return problem.replace(/\d+/g, '#').slice(0, 120)
}
