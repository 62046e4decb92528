/**
 * The SQLite binding behind a small surface, and the only file that knows which binding it is. It evens out what
 * the binding does with values: a boolean would end the process, a missing one would be NULL, a single blob would
 * be taken for named values, rows carry a `_metadata` member, blobs come in two types, and text ends at its first
 * U+0000 when it is read.
 */
import Binding from 'libsql'
import { TetherError } from 'proto/errors'
import { storeError } from './store-error.ts'

export type Value = string | number | bigint | null | Uint8Array

export interface Changes {
  readonly changes: number
  readonly lastRow: number
}

type Row = Record<string, unknown>
interface Prepared {
  readonly statement: Binding.Statement
  readonly values: number
}

export class Connection {
  readonly #binding: Binding.Database
  readonly #prepared = new Map<string, Prepared>()

  /** Opens without reading; the file appears with the first write. Throws TETHER_ERR_STORE_WRITE. */
  constructor(path: string) {
    try {
      this.#binding = new Binding(path)
    } catch (cause) {
      throw new TetherError('TETHER_ERR_STORE_WRITE', 'the file cannot be opened', { cause })
    }
  }

  get inTransaction(): boolean {
    return this.#binding.inTransaction
  }

  /** Runs SQL without values; several statements are allowed. */
  exec(sql: string): void {
    attempt(() => this.#binding.exec(sql))
  }

  run(sql: string, values: readonly Value[]): Changes {
    const { changes, lastInsertRowid } = this.#call(sql, values, (statement, bound) => statement.run(bound))
    return { changes, lastRow: Number(lastInsertRowid) }
  }

  get(sql: string, values: readonly Value[]): Row | undefined {
    const row = this.#call(sql, values, (statement, bound) => statement.get(bound) as Row | undefined)
    if (row) delete row['_metadata']
    return row && fromBinding(row)
  }

  all(sql: string, values: readonly Value[]): Row[] {
    const rows = this.#call(sql, values, (statement, bound) => statement.all(bound) as Row[])
    for (const row of rows) fromBinding(row)
    return rows
  }

  close(): void {
    this.#prepared.clear()
    attempt(() => this.#binding.close())
  }

  #call<T>(
    sql: string,
    values: readonly Value[],
    use: (statement: Binding.Statement, bound: unknown[]) => T,
  ): T {
    const prepared = this.#prepare(sql)
    if (values.length !== prepared.values) {
      throw new TypeError(`${prepared.values} values expected, ${values.length} given: ${sql}`)
    }
    const bound = values.map(toBinding)
    return attempt(() => use(prepared.statement, bound))
  }

  #prepare(sql: string): Prepared {
    let prepared = this.#prepared.get(sql)
    if (!prepared) {
      const statement = attempt(() => this.#binding.prepare(sql))
      prepared = { statement, values: sql.split('?').length - 1 }
      this.#prepared.set(sql, prepared)
    }
    return prepared
  }
}

function attempt<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw storeError(error)
  }
}

function toBinding(value: Value): unknown {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return BigInt(value) // a plain number would be stored as a float
    if (Number.isFinite(value) && !Number.isInteger(value)) return value
  } else if (typeof value === 'string') {
    return escapeText(value)
  } else if (value === null || typeof value === 'bigint') {
    return value
  } else if (value instanceof Uint8Array) {
    return value
  }
  throw new TypeError(`a ${typeof value} that SQLite cannot hold`)
}

function fromBinding(row: Row): Row {
  for (const name in row) {
    const value = row[name]
    if (typeof value === 'string') row[name] = unescapeText(value)
    else if (value instanceof ArrayBuffer) row[name] = new Uint8Array(value)
    else if (Buffer.isBuffer(value)) row[name] = new Uint8Array(value)
  }
  return row
}

/** A code point that is no character; it stands before `0` for U+0000 and before `1` for itself. */
const ESCAPE = '\u{10fffe}'

function escapeText(text: string): string {
  if (!text.includes('\0') && !text.includes(ESCAPE)) return text
  return text.replaceAll(ESCAPE, `${ESCAPE}1`).replaceAll('\0', `${ESCAPE}0`)
}

function unescapeText(text: string): string {
  if (!text.includes(ESCAPE)) return text
  return text.replaceAll(`${ESCAPE}0`, '\0').replaceAll(`${ESCAPE}1`, ESCAPE)
}
