/**
 * How an attempt to pair ended. The server counts what it sees of it: a code shown, looked up, claimed. What a
 * person at the phone decides it does not see.
 */
import type { ErrorCode } from './errors.ts'

export const moods = {
  happy: 'browser and phone are paired',
  lonely: 'the other side was not there: nobody scanned, nobody decided, or the browser had left',
  pruney: 'the code had run out',
  crowded:
    'too many: the code was used already, the phone has all the browsers it may have, or tries too often',
  scary: 'somebody may be in between: the code belongs to another browser, or a key is none',
  denied: 'the person at the phone refused',
  errory: 'anything else that failed',
} as const

export type Mood = keyof typeof moods

const byCode: Partial<Record<ErrorCode, Mood>> = {
  TETHER_ERR_PHONE_AWAY: 'lonely',
  TETHER_ERR_CONSENT_PENDING: 'lonely',
  TETHER_ERR_REF_UNKNOWN: 'pruney',
  TETHER_ERR_REF_USED: 'crowded',
  TETHER_ERR_LOGINS: 'crowded',
  TETHER_ERR_LIMIT: 'crowded',
  TETHER_ERR_KEY_LENGTH: 'scary',
  TETHER_ERR_KEY_LOW_ORDER: 'scary',
  TETHER_ERR_RELAY_AUTH: 'scary',
  TETHER_ERR_CONSENT_DENIED: 'denied',
}

/** The mood of an attempt that failed with this code. */
export function moodOf(code: ErrorCode): Mood {
  return byCode[code] ?? 'errory'
}
