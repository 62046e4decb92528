/** Times in words, for people; milliseconds in. */
import { formatDayWithin, formatTime } from 'look/dates'

const UNITS: readonly (readonly [ms: number, word: string])[] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
]

/** `just now`, `3 minutes ago`. */
export function ago(at: number, nowMs: number): string {
  const words = spanWords(nowMs - at)
  return words === null ? 'just now' : `${words} ago`
}

/** `in 3 minutes`, `in a moment`. */
export function ahead(at: number, nowMs: number): string {
  return `in ${spanWords(at - nowMs) ?? 'a moment'}`
}

/** The largest unit that fits, rounded down; null for less than a minute. */
function spanWords(ms: number): string | null {
  const unit = UNITS.find(([size]) => ms >= size)
  if (unit === undefined) return null
  const count = Math.floor(ms / unit[0])
  return `${count} ${unit[1]}${count === 1 ? '' : 's'}`
}

/** Seconds until then, never below 0. */
export function secondsUntil(at: number, nowMs: number): number {
  return Math.max(0, Math.ceil((at - nowMs) / 1000))
}

/** Day and time, as within a sentence: `today, 10:30`. */
export function formatInstant(ms: number, nowMs: number): string {
  return `${formatDayWithin(ms / 1000, nowMs)}, ${formatTime(ms / 1000)}`
}
