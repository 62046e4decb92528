/** Every decoder that meets bytes or texts from outside. A new decoder gets a row in one of the tables joined here. */
import { TetherError } from 'proto/errors'
import { fileTargets } from './file-targets.ts'
import { frameTargets } from './frame-targets.ts'
import { keyTargets } from './key-targets.ts'
import { messageTargets } from './message-targets.ts'
import { nodeTargets } from './node-targets.ts'
import { signalTargets } from './signal-targets.ts'
import type { Target } from './target.ts'
import { textTargets } from './text-targets.ts'

export const targets: readonly Target[] = [
  ...nodeTargets,
  ...frameTargets,
  ...keyTargets,
  ...textTargets,
  ...fileTargets,
  ...messageTargets,
  ...signalTargets,
]

/** Throws TETHER_ERR_NOT_FOUND. */
export function targetOf(name: string): Target {
  const found = targets.find((target) => target.name === name)
  if (!found) throw new TetherError('TETHER_ERR_NOT_FOUND', `target ${name}`)
  return found
}

/** How many of `inputs` in all a target gets, by its weight. */
export function shareOf(target: Target, inputs: number): number {
  const all = targets.reduce((sum, { weight }) => sum + weight, 0)
  return Math.ceil((inputs * target.weight) / all)
}
