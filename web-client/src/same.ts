/** Whether two values of plain data say the same: objects, arrays, maps and bytes by what is in them. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Uint8Array || b instanceof Uint8Array)
    return a instanceof Uint8Array && b instanceof Uint8Array && isSameBytes(a, b)
  if (a instanceof Map || b instanceof Map)
    return a instanceof Map && b instanceof Map && isSame([...(a as Map<unknown, unknown>)], [...(b as Map<unknown, unknown>)]) // prettier-ignore
  const [those, these] = [Object.entries(a), Object.entries(b)]
  return (
    Array.isArray(a) === Array.isArray(b) &&
    those.length === these.length &&
    those.every(
      ([name, value]) => Object.hasOwn(b, name) && isSame(value, (b as Record<string, unknown>)[name]),
    )
  )
}

function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}
