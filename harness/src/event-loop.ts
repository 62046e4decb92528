/**
 * The one place of this package that touches the machine's event loop. A virtual clock moves only when nothing is
 * left to do at its present instant; "nothing left" is found by letting the real loop turn.
 */

/** Resolves when every microtask, nextTick and immediate that is ready now has run. */
export function turn(): Promise<void> {
  // eslint-disable-next-line no-restricted-globals -- the harness drains real work here and nowhere else
  return new Promise((resolve) => setImmediate(resolve))
}
