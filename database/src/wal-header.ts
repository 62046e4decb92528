/**
 * Reads page 1 as a write-ahead log would leave it, without SQLite and without touching a byte. Needed because
 * after a crash the newest version number may stand in the log only (https://www.sqlite.org/fileformat2.html, 4).
 */
const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24
const MAGIC_LITTLE = 0x377f0682
const MAGIC_BIG = 0x377f0683

/** The last committed copy of page 1 in a log file; null when the log holds none. */
export function walPageOne(wal: Buffer): Buffer | null {
  if (wal.length < HEADER_BYTES) return null
  const magic = wal.readUInt32BE(0)
  if (magic !== MAGIC_LITTLE && magic !== MAGIC_BIG) return null
  const sum = checksum(magic === MAGIC_BIG)
  const pageBytes = wal.readUInt32BE(8)
  if (!sum(wal, 0, 24) || !sum.equals(wal, 24)) return null
  let pending: Buffer | null = null
  let committed: Buffer | null = null
  const step = FRAME_HEADER_BYTES + pageBytes
  for (let at = HEADER_BYTES; at + step <= wal.length; at += step) {
    const salted = wal.compare(wal, 16, 24, at + 8, at + 16) === 0
    if (!salted || !sum(wal, at, 8) || !sum(wal, at + FRAME_HEADER_BYTES, pageBytes)) break
    if (!sum.equals(wal, at + 16)) break // a torn or older frame: the log ends before it
    if (wal.readUInt32BE(at) === 1) pending = wal.subarray(at + FRAME_HEADER_BYTES, at + step)
    if (wal.readUInt32BE(at + 4) !== 0) {
      committed = pending ?? committed
      pending = null
    }
  }
  return committed
}

/** The running checksum of the log; its words are big or little endian, as the magic number says. */
function checksum(big: boolean) {
  let a = 0
  let b = 0
  const add = (bytes: Buffer, from: number, length: number): boolean => {
    if (length % 8 !== 0) return false
    for (let at = from; at < from + length; at += 8) {
      a = (a + (big ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)) + b) >>> 0
      b = (b + (big ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4)) + a) >>> 0
    }
    return true
  }
  const equals = (bytes: Buffer, at: number): boolean =>
    bytes.readUInt32BE(at) === a && bytes.readUInt32BE(at + 4) === b
  return Object.assign(add, { equals })
}
