/** Real time, for measuring: the one place of this package that reads it. */

/** Milliseconds since some moment, with fractions. */
export function elapsedMs(): number {
  return performance.now()
}

/** Milliseconds that this process has been computing: what others do on the machine does not count. */
export function computedMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
