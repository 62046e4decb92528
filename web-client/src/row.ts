/** Looks a name from outside up in a table; names such as `constructor` are not rows. */
export function findRow<T>(table: Readonly<Record<string, T>>, name: string | undefined): T | undefined {
  return name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined
}
