/**
 * Media blobs as the server sees them: ciphertext that somebody with the right to do so uploads and anybody who knows
 * its hash may fetch, for MEDIA_LIFE_MS (spec 16). Here is what is allowed and in which order; bytes are in the
 * BlobStore, facts in the MediaStore. Bytes are durable before their row, and a row gives them up before they go.
 */
import type { Readable } from 'node:stream'
import { formatBase64Url } from 'proto/base64'
import { codeOf, TetherError } from 'proto/errors'
import { limit, type LimitName } from 'proto/limits'
import type { Draft, Part } from './blob-store.ts'
import type { Context } from './context.ts'
import { MediaAuth } from './media-auth.ts'
import { TokenBuckets } from './token-bucket.ts'

/** Blobs given up in one transaction. */
const PAGE = 100

export interface FoundBlob {
  readonly bytes: number
  readonly expiresAt: number
}

export class Media {
  readonly auth: MediaAuth
  readonly #context: Context
  readonly #uploads = new TokenBuckets(limit('MEDIA_UPLOADS'), limit('MEDIA_UPLOAD_REFILL_MS'))
  /** Uploads under way, by number. */
  readonly #open = new Map<string, number>()
  /** Work on one blob is done one after another, or an upload could lose its bytes to the expiry before it. */
  readonly #busy = new Map<string, Promise<unknown>>()

  constructor(context: Context, seed: Uint8Array) {
    this.#context = context
    this.auth = new MediaAuth(seed)
  }

  /** The number that may upload with this token. Throws TETHER_ERR_MEDIA_AUTH, TETHER_ERR_LIMIT. */
  admit(token: string | undefined): string {
    const now = this.#context.clock.now()
    const number = token === undefined ? null : this.auth.check(token, now)
    if (number === null) throw new TetherError('TETHER_ERR_MEDIA_AUTH')
    if (this.#uploads.take(number, now) > 0) this.#refuse('MEDIA_UPLOADS')
    return number
  }

  /**
   * Takes one upload. `bytes` is what the client announced, if it did. Rejects with TETHER_ERR_TOO_LARGE,
   * TETHER_ERR_MEDIA_HASH when the body is not the one that `hash` names, TETHER_ERR_LIMIT when it does not fit into the
   * quota, and what the body and the stores reject with. Then nothing of it stays.
   */
  async upload(
    number: string,
    hash: Uint8Array,
    body: AsyncIterable<Uint8Array>,
    bytes: number | null,
  ): Promise<void> {
    const { counters, stores } = this.#context
    if (bytes !== null && bytes > limit('MEDIA_BYTES')) this.#tooLarge()
    const open = this.#open.get(number) ?? 0
    if (open >= limit('MEDIA_UPLOADS_OPEN')) this.#refuse('MEDIA_UPLOADS_OPEN')
    this.#open.set(number, open + 1)
    try {
      // a client that is full need not send all of it first; the commit decides
      const known = await stores.media.find(hash)
      if (!known?.present && (await stores.media.bytesOf(number)) + (bytes ?? 0) > limit('MEDIA_QUOTA_BYTES'))
        this.#refuse('MEDIA_QUOTA_BYTES')
      const draft = await this.#receive(body)
      await this.#alone(hash, () => this.#keep(draft, hash, number))
      counters.add('media', 'uploaded')
    } finally {
      const left = this.#open.get(number)! - 1
      if (left > 0) this.#open.set(number, left)
      else this.#open.delete(number)
    }
  }

  /** Throws TETHER_ERR_NOT_FOUND, TETHER_ERR_MEDIA_EXPIRED. */
  async find(hash: Uint8Array): Promise<FoundBlob> {
    const { stores, clock } = this.#context
    const blob = await stores.media.find(hash)
    if (blob === null) throw new TetherError('TETHER_ERR_NOT_FOUND', 'media')
    if (!blob.present || blob.expiresAt <= clock.now()) throw new TetherError('TETHER_ERR_MEDIA_EXPIRED')
    return blob
  }

  /** Rejects with TETHER_ERR_NOT_FOUND when somebody took the bytes away. */
  async read(hash: Uint8Array, part: Part | null): Promise<Readable> {
    const stream = await this.#bytes(hash, part)
    this.#context.counters.add('media', 'downloaded')
    return stream
  }

  /** Rejects as `read`, for those who only ask: a phone that hears so uploads its own copy. */
  async assertThere(hash: Uint8Array): Promise<void> {
    const stream = await this.#bytes(hash, { first: 0, last: 0 })
    stream.destroy()
  }

  /** Removes the bytes of blobs whose time is over. */
  async expire(): Promise<void> {
    const { stores, clock, counters } = this.#context
    for (;;) {
      const gone = await stores.media.expire(clock.now(), PAGE)
      for (const hash of gone) await this.#alone(hash, () => this.#removeUnlessKept(hash))
      counters.add('media', 'expired', gone.length)
      if (gone.length < PAGE) return
    }
  }

  /** Removes bytes that no row knows: a crash came between the two. */
  async clean(): Promise<void> {
    for await (const hash of this.#context.stores.blobs.names())
      await this.#alone(hash, () => this.#removeUnlessKept(hash))
  }

  async #bytes(hash: Uint8Array, part: Part | null): Promise<Readable> {
    const stream = await this.#context.stores.blobs.read(hash, part)
    if (stream !== null) return stream
    this.#context.log.error({ blob: formatBase64Url(hash) }, 'the bytes of a media blob are gone')
    throw new TetherError('TETHER_ERR_NOT_FOUND', 'media')
  }

  async #receive(body: AsyncIterable<Uint8Array>): Promise<Draft> {
    try {
      return await this.#context.stores.blobs.receive(body, limit('MEDIA_BYTES'))
    } catch (error) {
      if (codeOf(error) === 'TETHER_ERR_TOO_LARGE') this.#tooLarge()
      throw error
    }
  }

  async #keep(draft: Draft, hash: Uint8Array, owner: string): Promise<void> {
    const { stores, clock } = this.#context
    const { bytes } = draft
    if (Buffer.compare(draft.hash, hash) !== 0) {
      await draft.drop()
      throw new TetherError('TETHER_ERR_MEDIA_HASH', `${bytes} bytes that are not those of the token`)
    }
    await draft.keep()
    const { kind } = await stores.media.keep({ hash, bytes, owner, at: clock.now() })
    if (kind !== 'full') return
    await this.#context.stores.blobs.remove(hash)
    this.#refuse('MEDIA_QUOTA_BYTES')
  }

  async #removeUnlessKept(hash: Uint8Array): Promise<void> {
    const blob = await this.#context.stores.media.find(hash)
    if (!blob?.present) await this.#context.stores.blobs.remove(hash)
  }

  async #alone<T>(hash: Uint8Array, work: () => Promise<T>): Promise<T> {
    const name = formatBase64Url(hash)
    const done = (this.#busy.get(name) ?? Promise.resolve()).then(work)
    const settled = done.catch(() => undefined)
    this.#busy.set(name, settled)
    try {
      return await done
    } finally {
      if (this.#busy.get(name) === settled) this.#busy.delete(name)
    }
  }

  #tooLarge(): never {
    this.#context.counters.add('limits', 'MEDIA_BYTES')
    throw new TetherError('TETHER_ERR_TOO_LARGE', `${limit('MEDIA_BYTES')} bytes at most`)
  }

  #refuse(name: LimitName): never {
    this.#context.counters.add('limits', name)
    throw new TetherError('TETHER_ERR_LIMIT', name)
  }
}
