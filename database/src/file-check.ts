/**
 * Decides from the bytes alone whether a file is ours to open. SQLite is not asked: merely opening and closing a
 * file with a log writes to it, and a file of another program or version must stay as it is.
 */
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { TetherError } from 'proto/errors'
import type { Schema } from './schema.ts'
import { walPageOne } from './wal-header.ts'

const HEADER_BYTES = 100
const MAGIC = 'SQLite format 3\0'

/**
 * The version of the file at `path`, 0 when there is none or it is empty. Throws TETHER_ERR_STORE_DAMAGED when it
 * is no database or is cut short, TETHER_ERR_STORE_VERSION when it belongs to another program or a newer version.
 */
export function checkFile(path: string, schema: Schema): number {
  const { header, size } = readHeader(path)
  const wal = existsSync(`${path}-wal`) ? readFileSync(`${path}-wal`) : Buffer.alloc(0)
  const logged = walPageOne(wal)
  if (size === 0 && !logged) return 0
  if (size > 0) assertDatabase(header, size, wal.length > 0)
  const newest = logged ?? header
  return isBlank(newest) ? 0 : assertOurs(newest, schema)
}

/** A database in which nothing was ever made: what is left when the first start is cut off. */
function isBlank(header: Buffer): boolean {
  const [userVersion, applicationId, schemaCookie] = [60, 68, 40].map((at) => header.readUInt32BE(at))
  return userVersion === 0 && applicationId === 0 && schemaCookie === 0 && header.readUInt32BE(28) <= 1
}

/** The version a header names; throws TETHER_ERR_STORE_VERSION when it is not ours. */
function assertOurs(header: Buffer, schema: Schema): number {
  const applicationId = header.readInt32BE(68)
  const version = header.readInt32BE(60)
  if (applicationId !== schema.applicationId) {
    throw new TetherError('TETHER_ERR_STORE_VERSION', `a file of another program (${applicationId})`)
  }
  if (version < 1 || version > schema.steps.length) {
    throw new TetherError(
      'TETHER_ERR_STORE_VERSION',
      `version ${version}, this program knows 1 to ${schema.steps.length}`,
    )
  }
  return version
}

function assertDatabase(header: Buffer, size: number, hasLog: boolean): void {
  if (size < HEADER_BYTES || header.toString('latin1', 0, 16) !== MAGIC) {
    throw new TetherError('TETHER_ERR_STORE_DAMAGED', 'not a database')
  }
  const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16)
  const countIsValid = header.readUInt32BE(24) === header.readUInt32BE(92)
  // While a log is being copied into the file, page 1 may name pages that only the log has.
  if (!hasLog && countIsValid && size < header.readUInt32BE(28) * pageBytes) {
    throw new TetherError('TETHER_ERR_STORE_DAMAGED', 'the file is cut short')
  }
}

function readHeader(path: string): { header: Buffer; size: number } {
  const header = Buffer.alloc(HEADER_BYTES)
  if (!existsSync(path)) return { header, size: 0 }
  try {
    const file = openSync(path, 'r')
    try {
      readSync(file, header, 0, HEADER_BYTES, 0)
      return { header, size: fstatSync(file).size }
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    throw new TetherError('TETHER_ERR_STORE_DAMAGED', 'the file cannot be opened', { cause })
  }
}
