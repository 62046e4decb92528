/**
 * Looks for a marked text in any bytes, in every spelling that a careless program might leave it in: UTF-8, UTF-16,
 * hex, base64 at each of its three alignments, and base64 and hex as two-byte strings.
 */
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'

export interface Spelling {
  readonly name: string
  readonly bytes: Buffer
}

/** Every spelling of `mark`; at least eight characters of plain ASCII, or base64 pieces would be too short to mean anything. */
export function spellingsOf(mark: string): Spelling[] {
  if (!/^[\x21-\x7e]{8,}$/.test(mark))
    throw new RangeError('a mark is eight or more visible ASCII characters')
  return [
    { name: 'utf16le', bytes: Buffer.from(mark, 'utf16le') },
    { name: 'utf16be', bytes: Buffer.from(mark, 'utf16le').swap16() },
    ...spellingsOfBytes(Buffer.from(mark)),
  ]
}

/** Every spelling of bytes that are not text: a key, for example. */
export function spellingsOfBytes(plain: Uint8Array): Spelling[] {
  const bytes = Buffer.from(plain)
  const texts: [string, string][] = [
    ['hex', bytes.toString('hex')],
    ['HEX', bytes.toString('hex').toUpperCase()],
    ...[0, 1, 2].flatMap((shift): [string, string][] => {
      const piece = base64Piece(bytes, shift)
      const forUrl = piece.replaceAll('+', '-').replaceAll('/', '_')
      return forUrl === piece
        ? [[`base64+${shift}`, piece]]
        : [
            [`base64+${shift}`, piece],
            [`base64url+${shift}`, forUrl],
          ]
    }),
  ]
  return [
    { name: 'raw', bytes },
    ...texts.flatMap(([name, text]) => [
      { name, bytes: Buffer.from(text) },
      { name: `${name} utf16le`, bytes: Buffer.from(text, 'utf16le') },
    ]),
  ]
}

/** The characters of base64 that depend on the mark alone when `shift` other bytes stand before it. */
function base64Piece(mark: Buffer, shift: number): string {
  const whole = Buffer.concat([Buffer.alloc(shift), mark])
    .toString('base64')
    .replace(/=+$/, '')
  const end = (shift + mark.length) % 3 === 0 ? whole.length : whole.length - 1
  return whole.slice(shift === 0 ? 0 : shift + 1, end)
}

/** The names of the spellings found in `bytes`. */
export function findMark(spellings: readonly Spelling[], bytes: Buffer): string[] {
  return spellings.filter((spelling) => bytes.includes(spelling.bytes)).map((spelling) => spelling.name)
}

/** `file: spelling` for every hit in the files below `folder`. */
export function findMarkInFolder(spellings: readonly Spelling[], folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const path = join(folder, name)
    if (!statSync(path).isFile()) return []
    return findMark(spellings, readFileSync(path)).map((spelling) => `${name}: ${spelling}`)
  })
}

const CHUNK_BYTES = 1 << 18

/**
 * `region: spelling` for every hit in the memory of process `pid`, its buffers included, which a heap snapshot does not
 * show. Null where the system does not let one look (only Linux does, for one's own children).
 */
export function findMarkInMemory(
  spellings: readonly Spelling[],
  pid: number,
): { hits: string[]; bytes: number } | null {
  let memory: number
  let maps: string
  try {
    maps = readFileSync(`/proc/${pid}/maps`, 'utf8')
    memory = openSync(`/proc/${pid}/mem`, 'r')
  } catch {
    return null
  }
  const overlap = Math.max(...spellings.map((spelling) => spelling.bytes.length))
  const chunk = Buffer.alloc(CHUNK_BYTES + overlap)
  const untouched = Buffer.alloc(chunk.length)
  const hits: string[] = []
  let bytes = 0
  for (const [, from, to, name] of maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw\S+ \S+ \S+ \d+ *(.*)$/gm)) {
    const end = Number.parseInt(to, 16)
    for (let at = Number.parseInt(from, 16); at < end; at += CHUNK_BYTES) {
      const wanted = Math.min(chunk.length, end - at)
      let got: number
      try {
        got = readSync(memory, chunk, 0, wanted, at)
      } catch {
        break // a region that the kernel keeps to itself
      }
      if (chunk.subarray(0, got).equals(untouched.subarray(0, got))) continue
      bytes += Math.min(got, CHUNK_BYTES)
      for (const found of findMark(spellings, chunk.subarray(0, got)))
        hits.push(`${name || 'memory'}: ${found}`)
    }
  }
  closeSync(memory)
  return { hits, bytes }
}
