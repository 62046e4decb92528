/**
 * Why an own message does not get on: the hop that holds it, and what would free it. One table, from the top: the first
 * row that fits is the reason. Says only what this browser can know; a message that is merely quick to come is not stuck.
 */
import { type Hop, hopOf } from './hops.ts'
import type { ChatMessage } from './message.ts'
import type { ClientState } from './states.ts'

/** What this browser knows of the world while a message waits. Times in milliseconds since 1970. */
export interface Surroundings {
  readonly state: ClientState
  /** What the browser itself believes of its network. */
  readonly browserOnline: boolean
  /** Its app sleeps: the server reaches the phone, the phone does not answer (spec 6, Stream). */
  readonly phoneAsleep: boolean
  /** Of the phone, as last told; null when it never was. */
  readonly batteryPercent: number | null
  /** When the present state began. */
  readonly stateSince: number
  /** When the phone was last heard; null when it never was. */
  readonly phoneHeardAt: number | null
  /** When the next attempt to reach the server is made; null when none is planned. */
  readonly retryAt: number | null
  /** Whether the other person is here now; null when that is not known, or for a group. */
  readonly otherAvailable: boolean | null
}

export type StuckReason =
  | 'refused'
  | 'notPaired'
  | 'paused'
  | 'replaced'
  | 'stopped'
  | 'serverRefused'
  | 'browserOffline'
  | 'serverUnreachable'
  | 'connecting'
  | 'phoneDozing'
  | 'phoneBatteryEmpty'
  | 'phoneUnreachable'
  | 'serverSilent'
  | 'phoneSilent'
  | 'phoneCannotSend'
  | 'otherPhoneHasNotFetched'
  | 'otherPhoneAway'
  | 'membersAway'

/** What frees it: a person here, or the passing of something elsewhere. */
export type Freed =
  | 'resend'
  | 'pair'
  | 'unpause'
  | 'useHere'
  | 'start'
  | 'browserNetwork'
  | 'serverBack'
  | 'phoneAwake'
  | 'phoneCharged'
  | 'phoneNetwork'
  | 'wait'
  | 'otherPhone'

export interface Stuck {
  /** The hop that holds it. */
  readonly hop: Hop
  readonly reason: StuckReason
  readonly freed: Freed
  /** Since when the reason holds, in milliseconds since 1970; null when that is not known. */
  readonly since: number | null
  /** When this browser tries again by itself. */
  readonly retryAt: number | null
}

/** A message that waits no longer than this is on its way, not stuck. */
export const UNDER_WAY_MS = 3_000
/** A phone that was lost with so little charge has probably run out of it. */
const EMPTY_PERCENT = 3

interface Row {
  readonly reason: StuckReason
  readonly freed: Freed
  /** Hops that this reason can hold a message at. */
  readonly at: readonly Hop[]
  readonly fits: (around: Surroundings, message: ChatMessage) => boolean
  readonly since: (around: Surroundings, message: ChatMessage) => number | null
}

const states =
  (...those: ClientState[]) =>
  ({ state }: Surroundings): boolean =>
    those.includes(state)
const stateSince = ({ stateSince: since }: Surroundings): number => since
const heardAt = ({ phoneHeardAt }: Surroundings): number | null => phoneHeardAt
const written = (_: Surroundings, { seconds }: ChatMessage): number => seconds * 1000
const always = (): boolean => true
const EARLY: readonly Hop[] = ['waiting', 'relay', 'phone']

// prettier-ignore
const rows: readonly Row[] = [
  { at: ['failed'],  reason: 'refused',           freed: 'resend',         since: written,    fits: always },
  { at: EARLY,       reason: 'paused',            freed: 'unpause',        since: stateSince, fits: states('paused') },
  { at: EARLY,       reason: 'replaced',          freed: 'useHere',        since: stateSince, fits: states('replaced') },
  { at: EARLY,       reason: 'notPaired',         freed: 'pair',           since: stateSince, fits: states('loggedOut', 'waitingForScan', 'expired') },
  { at: EARLY,       reason: 'serverRefused',     freed: 'start',          since: stateSince, fits: states('refused') },
  { at: EARLY,       reason: 'stopped',           freed: 'start',          since: stateSince, fits: states('idle') },
  { at: EARLY,       reason: 'browserOffline',    freed: 'browserNetwork', since: stateSince, fits: ({ state, browserOnline }) => !browserOnline && state !== 'open' },
  { at: EARLY,       reason: 'serverUnreachable', freed: 'serverBack',     since: stateSince, fits: states('offline') },
  { at: EARLY,       reason: 'connecting',        freed: 'wait',           since: stateSince, fits: states('connecting', 'opening') },
  { at: EARLY,       reason: 'phoneDozing',       freed: 'phoneAwake',     since: heardAt,    fits: ({ phoneAsleep }) => phoneAsleep },
  { at: EARLY,       reason: 'phoneBatteryEmpty', freed: 'phoneCharged',   since: heardAt,    fits: ({ state, batteryPercent }) => state === 'phoneUnreachable' && batteryPercent !== null && batteryPercent <= EMPTY_PERCENT },
  { at: EARLY,       reason: 'phoneUnreachable',  freed: 'phoneNetwork',   since: heardAt,    fits: states('phoneUnreachable') },
  { at: ['waiting'], reason: 'serverSilent',      freed: 'wait',           since: written,    fits: always },
  { at: ['relay'],   reason: 'phoneSilent',       freed: 'wait',           since: written,    fits: always },
  { at: ['phone'],   reason: 'phoneCannotSend',   freed: 'wait',           since: written,    fits: always },
  { at: ['mailbox'], reason: 'membersAway',       freed: 'otherPhone',     since: written,    fits: (_, { jid }) => jid.endsWith('@g.us') || jid.endsWith('@broadcast') },
  { at: ['mailbox'], reason: 'otherPhoneHasNotFetched', freed: 'wait',     since: written,    fits: ({ otherAvailable }) => otherAvailable === true },
  { at: ['mailbox'], reason: 'otherPhoneAway',    freed: 'otherPhone',     since: written,    fits: always },
]

/** Null when nothing holds the message: it is of somebody else, on the other phone, or was sent this very moment. */
export function stuckOf(message: ChatMessage, around: Surroundings, nowMs: number): Stuck | null {
  const hop = hopOf(message)
  if (hop === null) return null
  const row = rows.find(({ at, fits }) => at.includes(hop) && fits(around, message))
  if (row === undefined) return null
  const isUnderWay = nowMs - message.seconds * 1000 < UNDER_WAY_MS
  if (isUnderWay && row.since === written && hop !== 'failed') return null
  const retryAt =
    row.reason === 'serverUnreachable' || row.reason === 'browserOffline' ? around.retryAt : null
  return { hop, reason: row.reason, freed: row.freed, since: row.since(around, message), retryAt }
}
