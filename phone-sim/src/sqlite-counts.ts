/** How much waits in a SQLite store, in one statement; the meaning of each number is in store.ts. */
import type { Sql } from './sqlite-schema.ts'
import type { StoreCounts } from './store.ts'

const tables: { readonly [N in keyof StoreCounts]: string } = {
  outbox: 'outbox',
  legs: 'leg',
  receipts: 'receipt',
  held: 'held',
  parked: 'parked',
  media: "media WHERE state = 'wanted'",
}

export function storeCounts(sql: Sql): () => StoreCounts {
  const names = Object.keys(tables) as (keyof StoreCounts)[]
  const all = sql(
    `SELECT ${names.map((name) => `(SELECT count(*) FROM ${tables[name]}) AS ${name}`).join(', ')}`,
  )
  return () => {
    const row = all.get()
    return Object.fromEntries(names.map((name) => [name, Number(row?.[name])])) as Record<
      keyof StoreCounts,
      number
    >
  }
}
