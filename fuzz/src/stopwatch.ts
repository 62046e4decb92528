/** Real time, for measuring: the one place of this package that reads it. */

/** Milliseconds since some moment, with fractions. */
export function elapsedMs(): number {
  return performance.now()
}
