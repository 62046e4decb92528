/**
 * What a disk may hold when the power fails: everything that was synced, and of the rest whatever happened to get
 * there, in any order and torn at sectors (the method of ALICE and LazyFS; research: reliability 4.2 T5). Fed with the
 * system calls of one process, below one folder.
 *
 * What it assumes of a disk: a sync that returned has reached it; a sector is written whole or not at all; writing
 * a part of a sector leaves the rest of it as it was (SQLite's "powersafe overwrite"). A new or renamed file has its
 * name for sure only after its folder was synced.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { SystemCall } from 'database/strace'
import { fraction, type Entropy } from 'proto/entropy'

/** The calls that it has to see. */
export const DISK_CALLS = [
  ...['openat', 'open', 'write', 'writev', 'pwrite64', 'pwritev', 'ftruncate', 'fsync', 'fdatasync'],
  ...['rename', 'renameat', 'renameat2', 'unlink', 'unlinkat', 'mkdir', 'mkdirat', 'rmdir'],
]

type Change = { readonly at: number; readonly bytes: Buffer } | { readonly size: number }

class File {
  readonly synced = new Content()
  pending: Change[] = []
}

/** Bytes that grow in place: a log is written many times. */
class Content {
  #room = Buffer.alloc(4096)
  #size = 0

  get bytes(): Buffer {
    return this.#room.subarray(0, this.#size)
  }

  apply(what: Change): void {
    if ('size' in what) {
      this.#resize(what.size)
      return
    }
    const end = what.at + what.bytes.length
    if (end > this.#size) this.#resize(end)
    what.bytes.copy(this.#room, what.at)
  }

  copy(): Content {
    const copy = new Content()
    copy.apply({ at: 0, bytes: this.bytes })
    return copy
  }

  #resize(size: number): void {
    if (size > this.#room.length) {
      const room = Buffer.alloc(Math.max(size, 2 * this.#room.length))
      this.bytes.copy(room)
      this.#room = room
    }
    if (size < this.#size) this.#room.fill(0, size, this.#size)
    this.#size = size
  }
}

interface Naming {
  readonly remove?: string
  readonly add?: readonly [string, File | Folder]
}

class Folder {
  readonly live = new Map<string, File | Folder>()
  readonly synced = new Map<string, File | Folder>()
  pending: Naming[] = []

  name(change: Naming): void {
    this.pending.push(change)
    apply(this.live, change)
  }
}

function apply(names: Map<string, File | Folder>, { remove, add }: Naming): void {
  if (remove !== undefined) names.delete(remove)
  if (add) names.set(...add)
}

/** How much of what was not synced is there; drawn once for each image. */
interface Luck {
  readonly chance: Entropy
  /** That a change is there at all. */
  readonly arrives: number
  /** That a write which is there is torn. */
  readonly torn: number
  readonly sector: number
}

export class DiskModel {
  readonly #root: string
  readonly #top = new Folder()
  /** Where the next `write` of a descriptor goes. */
  readonly #positions = new Map<number, number>()

  /** What is below `root` now, if it is there at all, is on the disk from the beginning. */
  constructor(root: string) {
    this.#root = root
    if (existsSync(root)) load(root, this.#top)
  }

  /** Takes one call; whether it may have changed what the disk holds. */
  take(call: SystemCall): boolean {
    if (call.result !== null && call.result < 0) return false
    const known = steps[call.name]
    return known !== undefined && known(call, this)
  }

  /** Whether a file whose path `isMeant` has changes that are not synced. */
  isUnsynced(isMeant: (path: string) => boolean): boolean {
    return [...filesOf(this.#top, this.#root)].some(
      ([path, file]) => file.pending.length > 0 && isMeant(path),
    )
  }

  /** Writes into the folder `to` what the disk may hold now; with `onlySynced`, at its worst. */
  image(to: string, chance: Entropy, onlySynced = false): void {
    const draw = (...of: number[]): number => of[Math.floor(fraction(chance) * of.length)]
    writeFolder(this.#top, to, {
      chance,
      arrives: onlySynced ? 0 : draw(0, 0.25, 0.5, 0.75, 0.95, 1),
      torn: draw(0, 0.1, 0.5),
      sector: draw(512, 4096),
    })
  }

  // for the steps

  /** The folder of a path and the last part of it; null outside of the root, or where no such folder is. */
  place(path: string): { readonly folder: Folder; readonly name: string } | null {
    const way = relative(this.#root, path)
    if (way === '' || way.startsWith('..')) return null
    const parts = way.split('/')
    const name = parts.pop()!
    let folder = this.#top
    for (const part of parts) {
      const next = folder.live.get(part)
      if (!(next instanceof Folder)) return null
      folder = next
    }
    return { folder, name }
  }

  find(path: string): File | Folder | null {
    if (path === this.#root) return this.#top
    const place = this.place(path)
    return place?.folder.live.get(place.name) ?? null
  }

  opened(fd: number): void {
    this.#positions.set(fd, 0)
  }

  /** Where this write goes, and the next one after it. */
  position(fd: number, length: number): number {
    const at = this.#positions.get(fd) ?? 0
    this.#positions.set(fd, at + length)
    return at
  }
}

type Step = (call: SystemCall, disk: DiskModel) => boolean

const steps: Readonly<Record<string, Step>> = {
  open: openFile,
  openat: openFile,
  write: writeNext,
  writev: writeNext,
  pwrite64: (call, disk) => change(disk.find(call.file), { at: lastNumber(call), bytes: call.bytes() }),
  ftruncate: (call, disk) => change(disk.find(call.file), { size: lastNumber(call) }),
  fsync: sync,
  fdatasync: sync,
  rename: renameFile,
  renameat: renameFile,
  renameat2: renameFile,
  unlink: removeName,
  unlinkat: removeName,
  rmdir: removeName,
  mkdir: makeFolder,
  mkdirat: makeFolder,
}

function openFile(call: SystemCall, disk: DiskModel): boolean {
  const [path = ''] = pathsOf(call)
  const place = disk.place(path)
  if (!place || call.result === null) return false
  disk.opened(call.result)
  const flags = call.text()
  const found = place.folder.live.get(place.name)
  if (!found && flags.includes('O_CREAT')) {
    place.folder.name({ add: [place.name, new File()] })
    return true
  }
  return found instanceof File && flags.includes('O_TRUNC') && change(found, { size: 0 })
}

function writeNext(call: SystemCall, disk: DiskModel): boolean {
  const file = disk.find(call.file)
  if (!file) return false
  const bytes = call.bytes()
  return change(file, { at: disk.position(call.fd, bytes.length), bytes })
}

function change(file: File | Folder | null, what: Change): boolean {
  if (!(file instanceof File)) return false
  file.pending.push(what)
  return true
}

function sync(call: SystemCall, disk: DiskModel): boolean {
  const found = disk.find(call.file)
  if (found instanceof File) {
    for (const each of found.pending) found.synced.apply(each)
    found.pending = []
  } else if (found) {
    for (const each of found.pending) apply(found.synced, each)
    found.pending = []
  }
  return found !== null
}

function renameFile(call: SystemCall, disk: DiskModel): boolean {
  const [from, to] = pathsOf(call).map((path) => disk.place(path))
  const moved = from && from.folder.live.get(from.name)
  if (!from || !to || !moved) return false
  if (from.folder === to.folder) {
    to.folder.name({ remove: from.name, add: [to.name, moved] })
  } else {
    // between folders: the old name may outlive the move, the new one is there when its folder was synced
    to.folder.name({ add: [to.name, moved] })
    from.folder.name({ remove: from.name })
  }
  return true
}

function removeName(call: SystemCall, disk: DiskModel): boolean {
  const place = disk.place(pathsOf(call)[0] ?? '')
  place?.folder.name({ remove: place.name })
  return place !== null
}

function makeFolder(call: SystemCall, disk: DiskModel): boolean {
  const place = disk.place(pathsOf(call)[0] ?? '')
  place?.folder.name({ add: [place.name, new Folder()] })
  return place !== null
}

function pathsOf(call: SystemCall): string[] {
  return [...call.text().matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, path = '']) => path)
}

/** The last argument of a call. */
function lastNumber(call: SystemCall): number {
  const found = /(\d+)\) += -?\d+[^"]*$/.exec(call.text().slice(-200))
  if (!found) throw new TypeError(`no last argument: ${call.text().slice(0, 100)}`)
  return Number(found[1])
}

function* filesOf(folder: Folder, path: string): Generator<[string, File]> {
  for (const [name, node] of folder.live) {
    if (node instanceof File) yield [join(path, name), node]
    else yield* filesOf(node, join(path, name))
  }
}

function load(path: string, folder: Folder): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const node = entry.isDirectory() ? new Folder() : new File()
    const inside = join(path, entry.name)
    if (node instanceof Folder) load(inside, node)
    else node.synced.apply({ at: 0, bytes: readFileSync(inside) })
    folder.live.set(entry.name, node)
    folder.synced.set(entry.name, node)
  }
}

function writeFolder(folder: Folder, path: string, luck: Luck): void {
  mkdirSync(path, { recursive: true })
  const names = new Map(folder.synced)
  for (const each of folder.pending) if (fraction(luck.chance) < luck.arrives) apply(names, each)
  for (const [name, node] of names) {
    if (node instanceof Folder) writeFolder(node, join(path, name), luck)
    else writeFileSync(join(path, name), contentOf(node, luck))
  }
}

function contentOf({ synced, pending }: File, luck: Luck): Buffer {
  if (pending.length === 0) return synced.bytes
  const content = synced.copy()
  for (const each of pending) {
    if (fraction(luck.chance) >= luck.arrives) continue
    if ('size' in each || fraction(luck.chance) >= luck.torn) content.apply(each)
    else for (const part of sectorsOf(each, luck)) content.apply(part)
  }
  return content.bytes
}

/** Some of the sectors of a write, at least none and at most all. */
function* sectorsOf(
  { at, bytes }: { readonly at: number; readonly bytes: Buffer },
  luck: Luck,
): Generator<Change> {
  for (let from = 0; from < bytes.length;) {
    const to = Math.min(bytes.length, from + luck.sector - ((at + from) % luck.sector))
    if (fraction(luck.chance) < 0.5) yield { at: at + from, bytes: bytes.subarray(from, to) }
    from = to
  }
}
