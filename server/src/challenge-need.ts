/**
 * Whether a resuming browser has to prove its macKey (spec 7.3, research S2). Tokens pass the server with each resume;
 * whoever has them and not the keys is asked where something about a resume is out of the ordinary.
 */
import { limit } from 'proto/limits'
import { networkOf } from 'proto/network'
import type { ServerConfig } from './config.ts'

export interface Resume {
  /** Where it comes from now. */
  readonly address: string
  /** The network in which the login was opened last; null when that is not known. */
  readonly lastNetwork: string | null
  /** How long nobody has used the login. */
  readonly idleMs: number
  /** Another browser of the same login is open. */
  readonly takesOver: boolean
}

export type ChallengeReason = 'always' | 'network' | 'idle' | 'takeover'

type Reasons = readonly (readonly [ChallengeReason, (resume: Resume) => boolean])[]

// An address that cannot be read is in no known network, so it is another one each time.
const outOfTheOrdinary: Reasons = [
  ['takeover', ({ takesOver }) => takesOver],
  ['network', ({ address, lastNetwork }) => lastNetwork === null || networkOf(address) !== lastNetwork],
  ['idle', ({ idleMs }) => idleMs > limit('CHALLENGE_IDLE_MS')],
]

/** What calls for a challenge, per setting; the first that holds is the reason. */
const modes: Readonly<Record<ServerConfig['challenge'], Reasons>> = {
  never: [],
  'when-needed': outOfTheOrdinary,
  always: [['always', () => true]],
}

/** Why this resume is challenged; null when it is not. */
export function challengeReason(mode: ServerConfig['challenge'], resume: Resume): ChallengeReason | null {
  return modes[mode].find(([, holds]) => holds(resume))?.[0] ?? null
}
