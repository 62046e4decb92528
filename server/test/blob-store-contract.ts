/** What every driver of BlobStore must do. A driver's own test file runs this. */
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { Test } from 'tap'
import { seededEntropy } from 'proto/entropy'
import type { BlobStore, Draft } from '../src/blob-store.ts'

const MOST = 1_000_000

export async function* inChunks(bytes: Uint8Array, size = 1_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size)
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest())
}

export async function bytesIn(stream: Readable | null): Promise<Buffer | null> {
  if (stream === null) return null
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

export async function namesIn(store: BlobStore): Promise<string[]> {
  const names: string[] = []
  for await (const name of store.names()) names.push(Buffer.from(name).toString('hex'))
  return names.sort()
}

export async function blobContract(t: Test, open: (t: Test) => BlobStore): Promise<void> {
  const entropy = seededEntropy('blobs')
  const put = async (store: BlobStore, bytes: Uint8Array): Promise<Draft> => {
    const draft = await store.receive(inChunks(bytes), MOST)
    await draft.keep()
    return draft
  }

  await t.test('it gives back what it took, under the hash of its bytes', async (t) => {
    const store = open(t)
    for (const length of [0, 1, 999, 1_000, 70_001]) {
      const bytes = entropy.bytes(length)
      const draft = await put(store, bytes)
      t.same(draft.hash, sha256(bytes))
      t.equal(draft.bytes, length)
      t.ok((await bytesIn(await store.read(draft.hash, null)))?.equals(bytes), `${length} bytes`)
    }
    t.equal((await namesIn(store)).length, 5)
  })

  await t.test('it gives a part, first and last byte included', async (t) => {
    const store = open(t)
    const bytes = entropy.bytes(5_000)
    const { hash } = await put(store, bytes)
    for (const [first, last] of [
      [0, 0],
      [0, 4_999],
      [16, 4_000],
      [4_999, 4_999],
    ] as const)
      // prettier-ignore
      t.ok((await bytesIn(await store.read(hash, { first, last })))?.equals(bytes.slice(first, last + 1)))
  })

  await t.test('it has nothing under other names, and nothing of a draft that was dropped', async (t) => {
    const store = open(t)
    const bytes = entropy.bytes(100)
    t.equal(await store.read(sha256(bytes), null), null)
    const draft = await store.receive(inChunks(bytes), MOST)
    t.equal(await store.read(draft.hash, null), null, 'not before it is kept')
    await draft.drop()
    t.equal(await store.read(draft.hash, null), null)
    t.same(await namesIn(store), [])
  })

  await t.test('it takes the same bytes again, and several bodies at once', async (t) => {
    const store = open(t)
    const bytes = [1, 2, 3, 1].map((n) => seededEntropy(`body ${n}`).bytes(3_000))
    const drafts = await Promise.all(bytes.map((each) => put(store, each)))
    t.equal((await namesIn(store)).length, 3)
    for (const [at, { hash }] of drafts.entries())
      t.ok((await bytesIn(await store.read(hash, null)))?.equals(bytes[at]))
  })

  await t.test(
    'it refuses a body beyond the limit, and keeps nothing of one that ends with an error',
    async (t) => {
      const store = open(t)
      t.equal((await store.receive(inChunks(entropy.bytes(5_000)), 5_000)).bytes, 5_000)
      await t.rejects(store.receive(inChunks(entropy.bytes(5_001)), 5_000), { code: 'TETHER_ERR_TOO_LARGE' })
      async function* torn() {
        yield entropy.bytes(100)
        throw new Error('the client has gone')
      }
      await t.rejects(store.receive(torn(), MOST), /the client has gone/)
      t.same(await namesIn(store), [])
    },
  )

  await t.test('it removes a blob, also one that is not there, and lets a reader finish', async (t) => {
    const store = open(t)
    const bytes = entropy.bytes(200_000)
    const { hash } = await put(store, bytes)
    const reader = await store.read(hash, null)
    await store.remove(hash)
    await store.remove(hash)
    t.equal(await store.read(hash, null), null)
    t.ok((await bytesIn(reader))?.equals(bytes))
  })
}
