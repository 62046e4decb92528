/**
 * Files of messages, as far as this page has fetched them: each is fetched at most once, and its address in the page
 * lives until the login ends. What a file says it is decides nothing: only known kinds get a type that a browser shows.
 */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { codeOf, type ErrorCode } from 'proto/errors'
import type { Client } from '../../client.ts'
import { type ChatMessage, keyOf } from '../../message.ts'

export type FileState =
  | { readonly phase: 'absent' }
  /** `share` is null while the length is not known. */
  | { readonly phase: 'loading'; readonly share: number | null }
  | { readonly phase: 'ready'; readonly url: string; readonly bytes: number }
  | { readonly phase: 'failed'; readonly code: ErrorCode }

const absent: FileState = { phase: 'absent' }
/** Anything else is bytes: a page of somebody else must not open under our address. */
const SHOWN = /^(image\/(jpeg|png|gif|webp)|audio\/(ogg|mpeg|mp4|aac|webm|wav)|video\/(mp4|webm|ogg))\b/

export class Files {
  readonly #client: Client
  readonly #places = new Map<string, Signal<FileState>>()
  readonly #running = new Map<string, AbortController>()

  constructor(client: Client) {
    this.#client = client
  }

  of(message: ChatMessage): ReadonlySignal<FileState> {
    return this.#place(message)
  }

  /** Fetches the file unless it is here or on its way. When the server has none, the phone is asked to put it back. */
  async load(message: ChatMessage): Promise<void> {
    const place = this.#place(message)
    if (place.value.phase === 'ready' || place.value.phase === 'loading') return
    const key = nameOf(message)
    const abort = new AbortController()
    this.#running.set(key, abort)
    place.value = { phase: 'loading', share: null }
    try {
      const bytes = await this.#client.media.download(message, {
        signal: abort.signal,
        progress: (done, total) => {
          if (place.value.phase !== 'loading') return
          place.value = { phase: 'loading', share: total === null || total === 0 ? null : done / total }
        },
      })
      if (this.#running.get(key) === abort) place.value = ready(bytes, message.media?.mimetype ?? '')
    } catch (error) {
      if (this.#running.get(key) !== abort) return
      place.value = abort.signal.aborted ? absent : { phase: 'failed', code: codeOf(error) }
    } finally {
      if (this.#running.get(key) === abort) this.#running.delete(key)
    }
  }

  cancel(message: ChatMessage): void {
    this.#running.get(nameOf(message))?.abort()
  }

  /** What was sent from here is here. */
  put(message: ChatMessage, bytes: Uint8Array): void {
    this.#place(message).value = ready(bytes, message.media?.mimetype ?? '')
  }

  reset(): void {
    for (const abort of this.#running.values()) abort.abort()
    this.#running.clear()
    for (const { value } of this.#places.values()) if (value.phase === 'ready') URL.revokeObjectURL(value.url)
    this.#places.clear()
  }

  #place(message: ChatMessage): Signal<FileState> {
    const key = nameOf(message)
    let place = this.#places.get(key)
    if (place === undefined) {
      place = signal(absent)
      this.#places.set(key, place)
    }
    return place
  }
}

function ready(bytes: Uint8Array, mimetype: string): FileState {
  return { phase: 'ready', url: addressOf(bytes, mimetype), bytes: bytes.length }
}

/** An address in this page; whoever makes it revokes it. */
export function addressOf(bytes: Uint8Array, mimetype: string): string {
  const type = SHOWN.test(mimetype) ? mimetype : 'application/octet-stream'
  return URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type }))
}

function nameOf(message: ChatMessage): string {
  return `${message.jid} ${keyOf(message)}`
}
