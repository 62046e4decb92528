/** Failures of SQLite as errors of this project. What is not in the table is a bug and is thrown as it came. */
import { TetherError, type ErrorCode } from 'proto/errors'

/** Primary result codes (https://www.sqlite.org/rescode.html). */
const codes: Readonly<Partial<Record<number, ErrorCode>>> = {
  5: 'TETHER_ERR_STORE_LOCKED', // BUSY
  6: 'TETHER_ERR_STORE_LOCKED', // LOCKED
  8: 'TETHER_ERR_STORE_WRITE', // READONLY
  10: 'TETHER_ERR_STORE_WRITE', // IOERR
  11: 'TETHER_ERR_STORE_DAMAGED', // CORRUPT
  13: 'TETHER_ERR_STORE_WRITE', // FULL
  14: 'TETHER_ERR_STORE_WRITE', // CANTOPEN
  26: 'TETHER_ERR_STORE_DAMAGED', // NOTADB
}
const IOERR = 10

interface SqliteFailure extends Error {
  readonly code?: string
  /** Extended result code; its low byte is the primary one. */
  readonly rawCode?: number
}

/** The same failure with a code of ours where there is one. */
export function storeError(error: unknown): unknown {
  if (error instanceof TetherError) return error
  const failure = error as SqliteFailure
  const code = codes[primaryCode(failure)]
  return code ? new TetherError(code, failure.code, { cause: error }) : error
}

/** Whether the disk itself failed: after that nothing this connection believes to be written can be trusted. */
export function isDiskFailure(error: unknown): boolean {
  const cause = error instanceof TetherError ? error.cause : error
  return primaryCode(cause as SqliteFailure) === IOERR
}

function primaryCode(failure: SqliteFailure | undefined): number {
  return (failure?.rawCode ?? 0) & 0xff
}
