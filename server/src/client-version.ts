/** Versions of web clients, as `admin init` names them: numbers, the most important first (spec 4). */

/** `2.2142.12` as numbers; null for anything else. */
export function parseClientVersion(text: string): readonly number[] | null {
  return /^[0-9]{1,9}(\.[0-9]{1,9}){0,3}$/.test(text) ? text.split('.').map(Number) : null
}

/** Whether a client is older than `oldest`; what one of them leaves out counts as 0. */
export function isOlder(version: readonly number[], oldest: readonly number[]): boolean {
  for (let at = 0; at < Math.max(version.length, oldest.length); at++) {
    const difference = (version[at] ?? 0) - (oldest[at] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}
