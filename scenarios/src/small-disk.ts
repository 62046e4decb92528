/**
 * A disk of a given size for one program, without rights on the machine: a file system in memory, mounted in name spaces
 * of the program's own. Where the kernel does not allow that, stories about a full disk are skipped.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { basename, join } from 'node:path'

const UNSHARE = ['unshare', '--user', '--map-root-user', '--mount']
const HASH_DIGITS = 64
const PIECE = Buffer.alloc(4096, 1)

/** Null when small disks can be made here, else why not. */
export function whyNoSmallDisk(): string | null {
  const tried = spawnSync(UNSHARE[0], [...UNSHARE.slice(1), 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'])
  return tried.status === 0 ? null : 'this kernel gives no name spaces to unprivileged programs'
}

/** The command before a program whose folder `at`, which exists, is to be a disk of `bytes`. */
export function onSmallDisk(at: string, bytes: number): readonly string[] {
  const mount = `mount -t tmpfs -o size=${bytes} tmpfs '${at}' && exec "$@"`
  return [...UNSHARE, 'sh', '-c', mount, 'small-disk']
}

/** The disk as the program sees it, reached from outside. */
export class SmallDisk {
  readonly #at: string
  readonly #ballast: string

  constructor(pid: number, at: string) {
    this.#at = join('/proc', String(pid), 'root', at)
    this.#ballast = join(this.#at, 'ballast')
  }

  /** Takes the room that is left, to the last page. */
  fill(): void {
    const file = openSync(this.#ballast, 'a')
    try {
      for (;;) if (writeSync(file, PIECE) < PIECE.length) return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    } finally {
      closeSync(file)
    }
  }

  clear(): void {
    rmSync(this.#ballast)
  }

  /** The hash of the one media blob that is there. */
  blob(): Uint8Array {
    const names = readdirSync(join(this.#at, 'server', 'media'), { recursive: true, encoding: 'utf8' })
    const [name = ''] = names.filter((name) => name.length > HASH_DIGITS).map((name) => basename(name))
    return new Uint8Array(Buffer.from(name, 'hex'))
  }
}
