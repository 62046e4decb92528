/**
 * Media blobs in a folder: `<2 hex>/<64 hex>`, and `incoming/<n>` while they arrive. A blob gets its name by a rename
 * after its bytes are on the disk, so a name always has all of its bytes (research: reliability 5.2).
 */
import { createHash } from 'node:crypto'
import { type FileHandle, mkdir, open, opendir, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type Readable } from 'node:stream'
import { codeOf, TetherError } from 'proto/errors'
import type { BlobStore, Draft, Part } from './blob-store.ts'

const INCOMING = 'incoming'
const FOLDER = /^[0-9a-f]{2}$/
const NAME = /^[0-9a-f]{64}$/
/** Only the owner of the process may look, as at the database. */
const FILE_MODE = 0o600
const FOLDER_MODE = 0o700

/** Blobs below `folder`, which is made when the first one comes. */
export function directoryBlobs(folder: string): BlobStore {
  const incoming = join(folder, INCOMING)
  let drafts = 0

  async function receive(body: AsyncIterable<Uint8Array>, most: number): Promise<Draft> {
    const path = join(incoming, String(++drafts))
    const drop = () => rm(path, { force: true })
    const { hash, bytes } = await orDrop(() => writeDraft(path, body, most), drop)
    return { hash, bytes, drop, keep: () => orDrop(() => keep(path, hash), drop) }
  }

  /** The hash and length of what was written and synced. */
  async function writeDraft(path: string, body: AsyncIterable<Uint8Array>, most: number) {
    const file = await onDisk(async () => {
      await makeFolder(incoming)
      return open(path, 'wx', FILE_MODE)
    })
    try {
      const sum = createHash('sha256')
      let bytes = 0
      for await (const chunk of body) {
        bytes += chunk.length
        if (bytes > most) throw new TetherError('TETHER_ERR_TOO_LARGE', `${most} bytes at most`)
        sum.update(chunk)
        await onDisk(() => writeAll(file, chunk))
      }
      await onDisk(() => file.sync())
      return { hash: new Uint8Array(sum.digest()), bytes }
    } finally {
      await file.close()
    }
  }

  async function keep(draft: string, hash: Uint8Array): Promise<void> {
    await onDisk(async () => {
      const path = pathOf(hash)
      const home = dirname(path)
      await makeFolder(home)
      await rename(draft, path)
      await syncFolder(home)
    })
  }

  function pathOf(hash: Uint8Array): string {
    const name = Buffer.from(hash).toString('hex')
    return join(folder, name.slice(0, 2), name)
  }

  return {
    receive,

    async read(hash, part) {
      try {
        return await fileStream(pathOf(hash), part)
      } catch (error) {
        if (isAbsent(error)) return null
        throw error
      }
    },

    remove: (hash) => rm(pathOf(hash), { force: true }),

    async *names() {
      for await (const { name: home } of entries(folder)) {
        if (!FOLDER.test(home)) continue
        for await (const { name } of entries(join(folder, home)))
          if (NAME.test(name)) yield new Uint8Array(Buffer.from(name, 'hex'))
      }
    },

    clean: () => rm(incoming, { recursive: true, force: true }),
  }
}

/** An open file cannot be taken away: what is removed meanwhile is read to its end. */
async function fileStream(path: string, part: Part | null): Promise<Readable> {
  const file = await open(path, 'r')
  return file.createReadStream(part === null ? {} : { start: part.first, end: part.last })
}

async function orDrop<T>(work: () => Promise<T>, drop: () => Promise<void>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await drop().catch(() => undefined) // a disk that fails; the next start cleans up
    throw error
  }
}

async function* entries(folder: string) {
  try {
    yield* await opendir(folder)
  } catch (error) {
    if (!isAbsent(error)) throw error
  }
}

/** Makes a folder and those above it, durably. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: FOLDER_MODE })
  if (first === undefined) return
  for (let made = resolve(path); made.length >= resolve(first).length; made = dirname(made))
    await syncFolder(dirname(made))
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length;) {
    const { bytesWritten } = await file.write(chunk, at, chunk.length - at)
    at += bytesWritten
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Failures of the disk as errors of this project. */
async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (codeOf(cause) !== 'TETHER_ERR_INTERNAL') throw cause
    throw new TetherError('TETHER_ERR_STORE_WRITE', 'a media blob', { cause })
  }
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
