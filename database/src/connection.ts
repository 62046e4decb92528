/**
 * The SQLite binding behind a small surface, and the only file that knows which binding it is. It evens out what
 * the binding does with values: a boolean would end the process, a missing one would be NULL, a single blob would
 * be taken for named values, blobs come in two types, and text ends at its first U+0000 when it is read. Rows are
 * asked for as arrays: as objects they carry a `_metadata` member and take half as long again.
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
  readonly isQuery: boolean
  readonly values: number
  /** Of the rows it gives; none for a statement that gives none. */
  columns: readonly string[]
}

export class Connection {
  readonly #binding: Binding.Database
  readonly #prepared = new Map<string, Prepared>()
  #writes = 0

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

  /** Grows with each statement that may change something, whether it did or not. */
  get writes(): number {
    return this.#writes
  }

  /** Runs SQL without values; several statements are allowed. */
  exec(sql: string): void {
    this.#writes += 1
    attempt(() => this.#binding.exec(sql))
  }

  run(sql: string, values: readonly Value[]): Changes {
    const { statement } = this.#prepare(sql, values)
    const bound = values.map(toBinding)
    const { changes, lastInsertRowid } = attempt(() => statement.run(bound))
    return { changes, lastRow: Number(lastInsertRowid) }
  }

  get(sql: string, values: readonly Value[]): Row | undefined {
    const prepared = this.#prepare(sql, values)
    const bound = values.map(toBinding)
    const cells = attempt(() => prepared.statement.get(bound) as unknown[] | undefined)
    return cells && rowOf(prepared, cells)
  }

  all(sql: string, values: readonly Value[]): Row[] {
    const prepared = this.#prepare(sql, values)
    const bound = values.map(toBinding)
    const rows = attempt(() => prepared.statement.all(bound) as unknown[][])
    return rows.map((cells) => rowOf(prepared, cells))
  }

  close(): void {
    this.#prepared.clear()
    attempt(() => this.#binding.close())
  }

  #prepare(sql: string, values: readonly Value[]): Prepared {
    let prepared = this.#prepared.get(sql)
    if (!prepared) {
      const statement = attempt(() => this.#binding.prepare(sql))
      if (statement.reader) statement.raw()
      prepared = {
        statement,
        isQuery: /^\s*SELECT\b/i.test(sql),
        values: sql.split('?').length - 1,
        columns: columnsOf(statement),
      }
      this.#prepared.set(sql, prepared)
    }
    if (!prepared.isQuery) this.#writes += 1
    if (values.length !== prepared.values)
      throw new TypeError(`${prepared.values} values expected, ${values.length} given: ${sql}`)
    return prepared
  }
}

function columnsOf(statement: Binding.Statement): string[] {
  return statement.columns().map(({ name }) => name)
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

function rowOf(prepared: Prepared, cells: readonly unknown[]): Row {
  // a migration has added a column meanwhile
  if (cells.length !== prepared.columns.length) prepared.columns = columnsOf(prepared.statement)
  const row: Row = {}
  for (const [at, name] of prepared.columns.entries()) row[name] = fromBinding(cells[at])
  return row
}

function fromBinding(cell: unknown): unknown {
  if (typeof cell === 'string') return unescapeText(cell)
  if (cell instanceof ArrayBuffer || Buffer.isBuffer(cell)) return new Uint8Array(cell)
  return cell
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
