/**
 * How an attempt to pair ended, in one word. The server sees a code that is shown, looked up and claimed; the phone sees
 * what its person decides, and the keys. So each has words for what it can see.
 */
import type { ErrorCode } from './errors.ts'

const both = {
  happy: 'browser and phone are paired',
  crowded:
    'too many: the code was used already, the phone has all the browsers it may have, or tries too often',
  errory: 'anything else that failed',
} as const

/** What the phones can say of a scan. */
export const moods = {
  ...both,
  lonely: 'the other side was not there: nobody decided, or the server was away',
  pruney: 'the code was shown no longer: it had run out, or its page had left',
  scary: 'somebody may be in between: a key is none',
  denied: 'the person at the phone refused',
} as const

/** What the server can say of a scan, or of a page that left without one. */
export const serverMoods = {
  ...both,
  lonely: 'the page left: nobody had scanned its code, nobody had decided, or it was about to open',
  pruney: 'the code was shown no longer when it was scanned, or had run out when its page left',
  scary: 'somebody may be in between: the code belongs to another browser',
} as const

export type Mood = keyof typeof moods
export type ServerMood = keyof typeof serverMoods

const byServerCode: Partial<Record<ErrorCode, Mood & ServerMood>> = {
  TETHER_ERR_REF_UNKNOWN: 'pruney',
  TETHER_ERR_REF_USED: 'crowded',
  TETHER_ERR_LOGINS: 'crowded',
  TETHER_ERR_LIMIT: 'crowded',
}
const byCode: Partial<Record<ErrorCode, Mood>> = {
  ...byServerCode,
  TETHER_ERR_PHONE_AWAY: 'lonely',
  TETHER_ERR_CONSENT_PENDING: 'lonely',
  TETHER_ERR_KEY_LENGTH: 'scary',
  TETHER_ERR_KEY_LOW_ORDER: 'scary',
  TETHER_ERR_CONSENT_DENIED: 'denied',
}

/** The mood of a scan that failed with this code at the phone. */
export function moodOf(code: ErrorCode): Mood {
  return byCode[code] ?? 'errory'
}

/** The mood of a scan that the server refused with this code. */
export function serverMoodOf(code: ErrorCode): ServerMood {
  return byServerCode[code] ?? 'errory'
}
