/** What a run of the fuzzer tells people: one line a target, and for each finding how to see it again. */
import type { Campaign, Finding } from './campaign.ts'
import { formatInput } from './input-text.ts'

/** Target, inputs, speed, what was reached. */
export function campaignLine({ target, executions, seconds, kept, covered, findings }: Campaign): string {
  const speed = Math.round(executions / Math.max(seconds, 0.001))
  const found = findings.length === 0 ? '' : `, ${findings.length} FOUND`
  return (
    `${target.padEnd(24)} ${String(executions).padStart(8)} inputs ${String(speed).padStart(7)}/s ` +
    `${String(kept.length).padStart(4)} kept ${String(covered).padStart(6)} characters of code${found}`
  )
}

/** The problem, the command that shows it again, and where it was thrown. */
export function findingText({ target, input, problem, stack }: Finding): string {
  const text = `${target}: ${problem}\n  ${replayCommand(target, input)}`
  return stack === null ? text : `${text}\n${stack.replace(/^/gm, '    ')}`
}

export function replayCommand(target: string, input: Uint8Array): string {
  return `npm run fuzz -- replay ${target} '${formatInput(input)}'`
}

/** The command that repeats a whole run. */
export function seedLine(seed: string, command: string): string {
  return `seed ${seed}; repeat with: TETHER_FUZZ_SEED=${seed} ${command}`
}
