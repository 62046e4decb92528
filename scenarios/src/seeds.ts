/** The seeds of a story that is told many times: only TETHER_SEED when it is set, else `${name} 0`, `${name} 1` and so on. */
export function seedsOf(name: string, count: number): readonly string[] {
  const { TETHER_SEED: one } = process.env
  return one ? [one] : Array.from({ length: count }, (_, n) => `${name} ${n}`)
}
