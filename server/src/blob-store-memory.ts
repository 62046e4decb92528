/** Media blobs in memory, for worlds that keep nothing. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { TetherError } from 'proto/errors'
import type { BlobStore, Draft } from './blob-store.ts'

export function memoryBlobs(): BlobStore {
  const blobs = new Map<string, Buffer>()
  return {
    async receive(body, most): Promise<Draft> {
      const chunks: Uint8Array[] = []
      let bytes = 0
      for await (const chunk of body) {
        bytes += chunk.length
        if (bytes > most) throw new TetherError('TETHER_ERR_TOO_LARGE', `${most} bytes at most`)
        chunks.push(new Uint8Array(chunk))
      }
      const whole = Buffer.concat(chunks)
      const hash = createHash('sha256').update(whole).digest()
      return {
        hash,
        bytes,
        keep: async () => void blobs.set(nameOf(hash), whole),
        drop: () => Promise.resolve(),
      }
    },

    async read(hash, part) {
      const whole = blobs.get(nameOf(hash))
      if (!whole) return null
      const bytes = part === null ? whole : whole.subarray(part.first, part.last + 1)
      return Readable.from(bytes.length === 0 ? [] : [bytes])
    },

    async remove(hash) {
      blobs.delete(nameOf(hash))
    },

    async *names() {
      for (const name of [...blobs.keys()]) yield new Uint8Array(Buffer.from(name, 'hex'))
    },

    clean: () => Promise.resolve(),
  }
}

function nameOf(hash: Uint8Array): string {
  return Buffer.from(hash).toString('hex')
}
