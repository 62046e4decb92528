/** How many promises there are of each kind; a promise's name begins with it. */
export function kindsOf(names: Iterable<string>): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const name of names) {
    const [kind = ''] = name.split(' ')
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}
