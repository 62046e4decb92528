/**
 * What a process asked of the kernel, as strace wrote it down. For audits of what reaches the disk before what is
 * answered; the programs themselves do not use it.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/** Where strace is; null where there is none. */
export const STRACE: string | null =
  ['/usr/bin/strace', '/usr/local/bin/strace'].find((path) => existsSync(path)) ?? null

/** Null when calls can be traced here, else why not. */
export function whyNoStrace(): string | null {
  if (STRACE === null) return 'strace is not installed'
  const tried = spawnSync(STRACE, [...straceArguments('/dev/null', ['write']), 'true'])
  return tried.status === 0 ? null : 'strace may not look at processes here, or is too old'
}

const LONGEST_TEXT = 40_000_000

export interface SystemCall {
  readonly name: string
  /** -1 for a call by path. */
  readonly fd: number
  /** What the descriptor names: a path, `socket:[inode]`, `pipe:[inode]`. Empty for a call by path. */
  readonly file: string
  /** What the call returned; null for one that never did. */
  readonly result: number | null
  /** The bytes of a write or a read. */
  bytes(): Buffer
  /** The whole line as strace wrote it. */
  text(): string
}

/** The arguments before the command: follow every thread, name descriptors, write bytes in full into `trace`. */
export function straceArguments(trace: string, calls: readonly string[]): string[] {
  const size = String(LONGEST_TEXT)
  return ['-f', '-y', '-qq', '--seccomp-bpf', '-s', size, '-e', `trace=${calls.join(',')}`, '-o', trace]
}

/** Of these the entry counts, since the bytes are under way from then on; of all others the return. */
const FROM_ENTRY = new Set(['write', 'writev', 'pwrite64', 'pwritev', 'sendto', 'sendmsg'])
const LINE = /^(\d+) +(?:<\.\.\. (\w+) resumed>|(\w+)\()/
const UNFINISHED = ' <unfinished ...>'

/** The calls of a trace in the order in which they took effect. */
export function readTrace(path: string): SystemCall[] {
  const trace = readFileSync(path)
  const calls: (Traced | null)[] = []
  /** Per thread: the begun call, and its place. */
  const open = new Map<string, { readonly begun: Buffer; readonly place: number | null }>()
  for (let at = 0; at < trace.length;) {
    const newline = trace.indexOf(10, at)
    const line = trace.subarray(at, newline < 0 ? trace.length : newline)
    at += line.length + 1
    const found = LINE.exec(line.toString('latin1', 0, 60))
    if (!found) continue // a signal, an exit
    const [head, thread = '', resumed, name = ''] = found
    if (resumed !== undefined) {
      const before = open.get(thread)
      open.delete(thread)
      if (!before) continue
      const call = new Traced(resumed, Buffer.concat([before.begun, line.subarray(head.length)]))
      if (before.place === null) calls.push(call)
      else calls[before.place] = call
    } else if (line.toString('latin1', line.length - UNFINISHED.length) === UNFINISHED) {
      const begun = line.subarray(0, line.length - UNFINISHED.length)
      const place = FROM_ENTRY.has(name) ? calls.push(new Traced(name, begun)) - 1 : null
      open.set(thread, { begun, place })
    } else {
      calls.push(new Traced(name, line))
    }
  }
  return calls.filter((call) => call !== null)
}

const HEAD_BYTES = 400
const TAIL_BYTES = 200
const DESCRIPTOR = /^\d+ +\w+\((\d+)<([^>]*)>/

class Traced implements SystemCall {
  readonly name: string
  readonly fd: number
  readonly file: string
  readonly result: number | null
  readonly #line: Buffer

  constructor(name: string, line: Buffer) {
    this.name = name
    this.#line = line
    const named = DESCRIPTOR.exec(line.toString('latin1', 0, HEAD_BYTES))
    this.fd = named ? Number(named[1]) : -1
    this.file = named?.[2] ?? ''
    const returned = /\) += (-?\d+)[^"]*$/.exec(
      line.toString('latin1', Math.max(0, line.length - TAIL_BYTES)),
    )
    this.result = returned ? Number(returned[1]) : null
  }

  bytes(): Buffer {
    const texts = textsOf(this.#line)
    return texts.length === 1 ? texts[0] : Buffer.concat(texts)
  }

  text(): string {
    return this.#line.toString('latin1')
  }
}

/** The quoted texts of a line, decoded. */
export function textsOf(line: Buffer): Buffer[] {
  const texts: Buffer[] = []
  for (let at = line.indexOf(QUOTE); at >= 0; at = line.indexOf(QUOTE, at)) {
    const end = closingQuote(line, at + 1)
    if (line[end + 1] === DOT) throw new RangeError('strace cut a text short')
    texts.push(unescaped(line.subarray(at + 1, end)))
    at = end + 1
  }
  return texts
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const DOT = 0x2e

function closingQuote(line: Buffer, from: number): number {
  for (let at = from; at < line.length; at++) {
    if (line[at] === BACKSLASH) at++
    else if (line[at] === QUOTE) return at
  }
  throw new RangeError('a text without an end')
}

const LETTERS: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, v: 11, f: 12, '"': 34, '\\': 92 }

/** Escapes as in C: a letter, or one to three octal digits. */
function unescaped(text: Buffer): Buffer {
  if (!text.includes(BACKSLASH)) return text
  const out = Buffer.alloc(text.length)
  let length = 0
  for (let at = 0; at < text.length; at++) {
    let byte = text[at]
    if (byte === BACKSLASH) {
      byte = text[++at]!
      if (isOctal(byte)) {
        byte -= 48
        for (let digits = 1; digits < 3 && isOctal(text[at + 1]); digits++) byte = byte * 8 + text[++at] - 48
      } else {
        byte = LETTERS[String.fromCharCode(byte)] ?? byte
      }
    }
    out[length++] = byte
  }
  return out.subarray(0, length)
}

function isOctal(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 55
}
