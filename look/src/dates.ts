/** Times as people write them, in the language of the browser. Unix seconds in; `nowMs` says what today is. */
const time = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long' })
const shortDate = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const shortDateWithYear = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
})
const longDate = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
})
const DAYS_BY_NAME = 6
const DAY_MS = 86_400_000

/** Days from 1970 in local time; two times of one day have the same number. */
export function dayOf(seconds: number): number {
  const date = new Date(seconds * 1000)
  return Math.floor((date.getTime() - date.getTimezoneOffset() * 60_000) / DAY_MS)
}

export function formatTime(seconds: number): string {
  return time.format(new Date(seconds * 1000))
}

/** Heading of a day in a conversation. */
export function formatDay(seconds: number, nowMs: number): string {
  const ago = dayOf(nowMs / 1000) - dayOf(seconds)
  if (ago === 0) return 'Today'
  if (ago === 1) return 'Yesterday'
  const date = new Date(seconds * 1000)
  return ago > 0 && ago <= DAYS_BY_NAME ? weekday.format(date) : longDate.format(date)
}

/** The same within a sentence. */
export function formatDayWithin(seconds: number, nowMs: number): string {
  const day = formatDay(seconds, nowMs)
  return day === 'Today' || day === 'Yesterday' ? day.toLowerCase() : day
}

/** Beside a chat in the list: the time today, else the day. */
export function formatMoment(seconds: number, nowMs: number): string {
  if (seconds === 0) return ''
  const date = new Date(seconds * 1000)
  const ago = dayOf(nowMs / 1000) - dayOf(seconds)
  if (ago === 0) return time.format(date)
  if (ago === 1) return 'Yesterday'
  if (ago > 0 && ago <= DAYS_BY_NAME) return weekday.format(date)
  const sameYear = date.getFullYear() === new Date(nowMs).getFullYear()
  return (sameYear ? shortDate : shortDateWithYear).format(date)
}

/** For the `datetime` attribute. */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}
