/**
 * Files that the person sent while there was no link. Their messages name what will be at the server, and wait in the
 * outbox until it is there; which files these are is kept by the hash of their ciphertext, so that a restart goes on with
 * them. The file itself is with its message, as every other.
 */
import { formatBase64 } from 'proto/base64'
import { codeOf, type ErrorCode, TetherError } from 'proto/errors'
import { encryptMedia } from 'proto/media'
import { mediaOf, movedMedia } from 'proto/media-message'
import { decodeWebMessage, type WebMessageInfo } from 'proto/web-message'
import type { Chats } from './chats.ts'
import type { MediaServer } from './media-server.ts'
import type { MessageKeyRow, MessageRow, PhoneStore } from './store.ts'

export interface WaitingUploadsOptions {
  readonly store: PhoneStore
  readonly chats: Pick<Chats, 'find' | 'replace'>
  readonly server: Pick<MediaServer, 'upload'>
  /** A file is there, or never will be: what waited for it can go. */
  readonly over: () => void
  /** A file will never be there; in no transaction. */
  readonly failed: (message: MessageKeyRow, code: ErrorCode) => void
}

const WAITING = 'uploads'

/** Another try would end the same way. */
const forGood: ReadonlySet<ErrorCode> = new Set([
  'TETHER_ERR_NOT_FOUND',
  'TETHER_ERR_TOO_LARGE',
  'TETHER_ERR_MEDIA_HASH',
])

export class WaitingUploads {
  readonly #options: WaitingUploadsOptions

  constructor(options: WaitingUploadsOptions) {
    this.#options = options
  }

  /** The message that names this file is about to be written. */
  add(fileEncSha256: Uint8Array): void {
    const name = formatBase64(fileEncSha256)
    this.#keep([...this.#names().filter((each) => each !== name), name])
  }

  /** Must this message wait for its file? */
  holds(info: WebMessageInfo): boolean {
    const name = nameOf(info)
    return name !== null && this.#names().includes(name)
  }

  /** Uploads what waits, as long as `mayWork`. False when something is to be tried again later. */
  async work(mayWork: () => boolean): Promise<boolean> {
    for (const name of this.#names()) {
      if (!mayWork()) break
      try {
        const [row] = this.#messagesOf(name)
        const address = row === undefined ? null : await this.#upload(row)
        if (!mayWork()) break
        this.#there(name, address)
      } catch (error) {
        if (!forGood.has(codeOf(error))) return false
        if (mayWork()) this.#giveUp(name, codeOf(error))
      }
    }
    return true
  }

  async #upload(row: MessageRow): Promise<{ url: string; directPath: string }> {
    const { store, server } = this.#options
    const facts = mediaOf(decodeWebMessage(row.info))!
    const data = store.media.read(row)
    if (data === null) throw new TetherError('TETHER_ERR_NOT_FOUND', 'the file of this message')
    const { uploaded, fileEncSha256 } = encryptMedia({ data, mediaKey: facts.mediaKey, type: facts.kind })
    return server.upload(facts.kind, fileEncSha256, uploaded)
  }

  #there(name: string, address: { url: string; directPath: string } | null): void {
    const { store, chats, over } = this.#options
    store.transaction(() => {
      for (const row of address === null ? [] : this.#messagesOf(name))
        chats.replace(row, movedMedia(decodeWebMessage(row.info), address!))
      this.#keep(this.#names().filter((each) => each !== name))
    })
    if (address !== null) over()
  }

  #giveUp(name: string, code: ErrorCode): void {
    const rows = this.#messagesOf(name)
    for (const row of rows) this.#options.failed(row, code)
    this.#keep(this.#names().filter((each) => each !== name))
    this.#options.over()
  }

  /** Messages that wait for somebody and have this file; none when they were taken back or deleted. */
  #messagesOf(name: string): MessageRow[] {
    const { store, chats } = this.#options
    const found = new Map<number, MessageRow>()
    for (const { message } of store.outbox.legs()) {
      const row = chats.find(message)
      if (row !== null && nameOf(decodeWebMessage(row.info)) === name) found.set(row.position, row)
    }
    return [...found.values()]
  }

  #names(): string[] {
    return JSON.parse(this.#options.store.facts.find(WAITING) ?? '[]') as string[]
  }

  #keep(names: readonly string[]): void {
    this.#options.store.facts.put(WAITING, JSON.stringify(names))
  }
}

function nameOf(info: WebMessageInfo): string | null {
  const facts = mediaOf(info)
  return facts === null ? null : formatBase64(facts.fileEncSha256)
}
