/**
 * Files of messages: fetched from the server once their message is stored, checked, opened and kept in the phone's own
 * store, since the server forgets them; uploaded for what the person sends, and again when a browser finds one expired
 * (spec 13.2, 16). Works beside the phone's queue and never makes a message wait.
 */
import { formatBase64 } from 'proto/base64'
import type { Clock, Timer } from 'proto/clock'
import type { ContentInit } from 'proto/contents'
import type { Entropy } from 'proto/entropy'
import { codeOf, type ErrorCode, TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import { decryptMedia, encryptMedia, uploadedLength } from 'proto/media'
import {
  type MediaFacts,
  type MediaKind,
  type MediaWords,
  mediaContent,
  mediaOf,
  movedMedia,
} from 'proto/media-message'
import { decodeWebMessage } from 'proto/web-message'
import type { Audit } from './audit.ts'
import type { Browser } from './browsers.ts'
import type { Chats } from './chats.ts'
import type { MediaServer } from './media-server.ts'
import type { PhonesMeters } from './phones-meters.ts'
import type { Pushes } from './pushes.ts'
import type { MessageKeyRow, MessageRow, PhoneStore } from './store.ts'
import type { Uplink } from './uplink.ts'
import type { WaitingUploads } from './waiting-uploads.ts'

export interface MediaKeeperOptions {
  readonly store: PhoneStore
  readonly chats: Chats
  readonly pushes: Pushes
  readonly server: MediaServer
  readonly waiting: WaitingUploads
  readonly uplink: Pick<Uplink, 'isAttached'>
  readonly clock: Clock
  readonly entropy: Entropy
  readonly audit: Audit
  readonly meters: PhonesMeters
}

const HASH_BYTES = 32
const MEDIA_KEY_BYTES = 32
const NOWHERE = { url: '', directPath: '' }

/** Another try would end the same way. */
const forGood: ReadonlySet<ErrorCode> = new Set([
  'TETHER_ERR_NOT_FOUND',
  'TETHER_ERR_MEDIA_EXPIRED',
  'TETHER_ERR_MEDIA_LENGTH',
  'TETHER_ERR_MEDIA_MAC',
  'TETHER_ERR_MEDIA_HASH',
  'TETHER_ERR_KEY_LENGTH',
  'TETHER_ERR_TOO_LARGE',
  'TETHER_ERR_LIMIT',
])

export class MediaKeeper {
  readonly #options: MediaKeeperOptions
  /** Files that were just uploaded, by the hash of their ciphertext: they need not be fetched. */
  readonly #own = new Map<string, Uint8Array>()
  #working = false
  #stopped = false
  #retry: Timer | null = null
  #waitMs = limit('MEDIA_RETRY_MIN_MS')

  constructor(options: MediaKeeperOptions) {
    this.#options = options
  }

  /** A file is wanted. After a failure it waits for the next try, as the others do. */
  wake(): void {
    this.#work().catch(() => this.#retryLater()) // the store failed, and says so wherever else it is used
  }

  /** There is a new link: everything is tried at once. */
  attached(): void {
    this.#retry?.cancel()
    this.#retry = null
    this.#waitMs = limit('MEDIA_RETRY_MIN_MS')
    this.wake()
  }

  stop(): void {
    this.#stopped = true
    this.#retry?.cancel()
  }

  /**
   * Encrypts and uploads a file, makes the content that names it and gives that to `send`. Without a link it is uploaded
   * with the next one. Rejects with TETHER_ERR_TOO_LARGE, TETHER_ERR_LIMIT when the phone is full, what the server refuses
   * with, and what `send` rejects with.
   */
  async send<T>(
    kind: MediaKind,
    data: Uint8Array,
    words: MediaWords,
    send: (content: ContentInit) => Promise<T>,
  ): Promise<T> {
    const { server, uplink, clock, entropy, waiting, meters } = this.#options
    if (uploadedLength(data.length) > limit('MEDIA_BYTES')) {
      meters.add('limits', 'MEDIA_BYTES')
      throw new TetherError('TETHER_ERR_TOO_LARGE', `${limit('MEDIA_BYTES')} bytes at most, encrypted`)
    }
    this.#assertRoom(data.length)
    const mediaKey = entropy.bytes(MEDIA_KEY_BYTES)
    const { uploaded, ...file } = encryptMedia({ data, mediaKey, type: kind })
    const name = formatBase64(file.fileEncSha256)
    this.#own.set(name, data)
    try {
      const isAway = !uplink.isAttached
      if (isAway) waiting.add(file.fileEncSha256)
      const address = isAway ? NOWHERE : await server.upload(kind, file.fileEncSha256, uploaded)
      const madeAt = Math.floor(clock.now() / 1000)
      return await send(mediaContent(kind, { ...file, ...address, mediaKey, madeAt }, words))
    } finally {
      this.#keepOwn()
      this.#own.delete(name)
    }
  }

  /**
   * Where the file of a message can be fetched now: where it was, or, when the server has forgotten it, where this phone
   * has put its own copy; then the message names the new place, here and in every browser but `asking`. Rejects with
   * TETHER_ERR_NOT_FOUND when neither has it, and with what the server refuses with.
   */
  async provide(row: MessageRow, asking?: Browser): Promise<string> {
    const { server, store, chats, pushes } = this.#options
    const facts = factsOf(row)
    if (facts.url !== '' && (await server.has(facts.kind, facts.fileEncSha256))) {
      if (!this.#stopped && chats.find(row)) store.media.want(row) // what could not be fetched is there again
      this.wake()
      return facts.url
    }
    const data = this.#stopped ? null : store.media.read(row)
    if (data === null) throw new TetherError('TETHER_ERR_NOT_FOUND', 'the file of this message')
    const { uploaded, fileEncSha256 } = encryptMedia({ data, mediaKey: facts.mediaKey, type: facts.kind })
    const address = await server.upload(facts.kind, fileEncSha256, uploaded)
    const now = this.#stopped ? null : chats.find(row)
    if (now !== null && now.type === row.type)
      store.transaction(() => {
        pushes.replaced(chats.replace(row, movedMedia(decodeWebMessage(now.info), address)), asking)
      })
    return address.url
  }

  /** One file after another, as long as there is a link; one that fails for a time does not keep the others waiting. */
  async #work(): Promise<void> {
    if (this.#working) return
    this.#working = true
    try {
      this.#keepOwn()
      const uploaded = await this.#options.waiting.work(() => this.#mayWork())
      const failed = new Set<string>()
      for (;;) {
        const wanted = this.#mayWork() ? this.#options.store.media.wanted() : []
        const next = wanted.find((key) => !failed.has(nameOf(key)))
        if (next === undefined) break
        if (!(await this.#fetch(next))) failed.add(nameOf(next))
      }
      if (failed.size > 0 || !uploaded) this.#retryLater()
      else this.#waitMs = limit('MEDIA_RETRY_MIN_MS')
    } finally {
      this.#working = false
    }
  }

  #mayWork(): boolean {
    return !this.#stopped && this.#options.uplink.isAttached && this.#retry === null
  }

  /** False when it is to be tried again later. */
  async #fetch(key: MessageKeyRow): Promise<boolean> {
    const { chats, server, meters } = this.#options
    try {
      const row = chats.find(key)
      if (row === null) return true
      const { kind, mediaKey, fileSha256, fileEncSha256, fileLength } = factsOf(row)
      this.#assertRoom(fileLength ?? 0)
      const data = await server.download(kind, fileEncSha256)
      const announced = {
        fileEncSha256,
        ...(fileSha256.length > 0 && { fileSha256 }),
        ...(fileLength !== null && { fileLength }),
      }
      const file = decryptMedia({ data, mediaKey, type: kind, ...announced })
      if (this.#stopped) return true
      this.#keep(key, file)
      meters.add('media', 'fetched')
      return true
    } catch (error) {
      if (this.#stopped) return false
      if (!forGood.has(codeOf(error))) return false
      this.#fail(key, codeOf(error))
      return true
    }
  }

  /** Throws TETHER_ERR_LIMIT when so many bytes more are too many for this phone. */
  #assertRoom(bytes: number): void {
    const { store, meters } = this.#options
    if (store.media.bytes() + bytes <= limit('PHONE_MEDIA_BYTES')) return
    meters.add('limits', 'PHONE_MEDIA_BYTES')
    throw new TetherError('TETHER_ERR_LIMIT', 'PHONE_MEDIA_BYTES')
  }

  #keep(key: MessageKeyRow, file: Uint8Array): void {
    const { store, chats } = this.#options
    store.transaction(() => {
      store.media.keep(key, file)
      chats.fileChanged(key)
    })
  }

  /** What was uploaded here is not fetched: the message names a hash that is known. */
  #keepOwn(): void {
    if (this.#own.size === 0 || this.#stopped) return
    const { store, chats } = this.#options
    for (const key of store.media.wanted()) {
      const row = chats.find(key)
      const facts = row && mediaOf(decodeWebMessage(row.info))
      const file = facts && this.#own.get(formatBase64(facts.fileEncSha256))
      if (file) this.#keep(key, file)
    }
  }

  #fail(key: MessageKeyRow, code: ErrorCode): void {
    const { store, chats, audit, meters } = this.#options
    store.transaction(() => {
      store.media.fail(key, code)
      chats.fileChanged(key)
      audit.record('media.failed', { jid: key.chat, id: key.id, code })
    })
    meters.add('media', 'failed')
  }

  #retryLater(): void {
    if (this.#stopped || !this.#options.uplink.isAttached) return
    this.#retry ??= this.#options.clock.after(this.#waitMs, () => {
      this.#retry = null
      this.wake()
    })
    this.#waitMs = Math.min(this.#waitMs * 2, limit('MEDIA_RETRY_MAX_MS'))
  }
}

function nameOf({ chat, fromMe, id }: MessageKeyRow): string {
  return `${chat} ${fromMe} ${id}`
}

/** Throws TETHER_ERR_MEDIA_HASH for a message whose file cannot be found: none, or without hash or key. */
function factsOf(row: MessageRow): MediaFacts {
  const facts = mediaOf(decodeWebMessage(row.info))
  const isWhole = facts?.fileEncSha256.length === HASH_BYTES && facts.mediaKey.length === MEDIA_KEY_BYTES
  if (!facts || !isWhole) throw new TetherError('TETHER_ERR_MEDIA_HASH', 'the message names no file')
  return facts
}
