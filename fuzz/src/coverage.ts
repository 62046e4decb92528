/**
 * Which code has run, from V8's precise block coverage. One look costs about a millisecond, whatever ran in between,
 * so callers look once for many inputs. Start it before the code of interest is called for the first time: functions
 * that V8 has compiled earlier are seen as a whole, without their blocks.
 */
import { Session, type Profiler } from 'node:inspector'

type Script = Profiler.ScriptCoverage

/** V8 has one profiler for the whole process, so there is one of these. */
let session: Session | null = null

/** Answered in the same turn: the session is in this process. */
function post(method: string, params?: object): unknown {
  let result: unknown
  session!.post(method, params, (error, answer) => {
    if (error) throw error
    result = answer
  })
  return result
}

/** Counts from now on; a second call changes nothing. */
export function startCoverage(): void {
  if (session) return
  session = new Session()
  session.connect()
  post('Profiler.enable')
  post('Profiler.startPreciseCoverage', { callCount: false, detailed: true })
}

/** What ran since the last look. */
export function takeCoverage(): readonly Script[] {
  return (post('Profiler.takePreciseCoverage') as Profiler.TakePreciseCoverageReturnType).result
}

/** The code that has run so far, in the modules whose addresses contain one of `modules`. */
export class CoverageMap {
  readonly #modules: readonly string[]
  /** By script and place of the function: for each of its characters, whether it has run. */
  readonly #seen = new Map<string, Uint8Array>()
  #covered = 0

  constructor(modules: readonly string[]) {
    this.#modules = modules
  }

  /** Characters of code that have run. */
  get covered(): number {
    return this.#covered
  }

  /** Whether any of this never ran before; does not remember it. */
  isNew(scripts: readonly Script[]): boolean {
    return this.#count(scripts, false) > 0
  }

  /** Remembers what ran; gives how many characters of it are new. */
  add(scripts: readonly Script[]): number {
    const fresh = this.#count(scripts, true)
    this.#covered += fresh
    return fresh
  }

  #count(scripts: readonly Script[], remember: boolean): number {
    let fresh = 0
    for (const { url, functions } of scripts) {
      if (!this.#modules.some((module) => url.includes(module))) continue
      for (const { ranges } of functions) {
        const [{ startOffset: start, endOffset: end }] = ranges
        const key = `${url} ${start}`
        const seen = this.#seen.get(key) ?? new Uint8Array(end - start)
        fresh += countFresh(seen, ranges, start, remember)
        if (remember) this.#seen.set(key, seen)
      }
    }
    return fresh
  }
}

/** Ranges come from the outside in, each with its own count; the innermost one counts. */
function countFresh(
  seen: Uint8Array,
  ranges: readonly Profiler.CoverageRange[],
  start: number,
  remember: boolean,
): number {
  const ran = new Uint8Array(seen.length)
  for (const range of ranges) {
    ran.fill(range.count > 0 ? 1 : 0, range.startOffset - start, range.endOffset - start)
  }
  let fresh = 0
  for (let at = 0; at < ran.length; at++) {
    if (ran[at] === 0 || seen[at] === 1) continue
    fresh++
    if (remember) seen[at] = 1
  }
  return fresh
}
