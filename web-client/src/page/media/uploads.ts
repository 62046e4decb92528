/**
 * Files on their way to the server. The message is sent when the file is there; until then it lives here: it waits for
 * a connection, can be cancelled, and is tried again on a click. A reload forgets it, and the page asks before one.
 */
import { type ReadonlySignal, signal } from '@preact/signals'
import { codeOf, type ErrorCode } from 'proto/errors'
import type { Client } from '../../client.ts'
import type { FileToSend } from '../../media.ts'
import { addressOf, type Files } from './files.ts'

export interface Upload {
  readonly id: number
  readonly jid: string
  readonly file: FileToSend
  /** Its address in this page. */
  readonly url: string
  readonly phase: 'waiting' | 'sending' | 'failed'
  /** 0 to 1. */
  readonly share: number
  readonly code: ErrorCode | null
}

/** Passes by itself when the connection is back. */
const passing: ReadonlySet<ErrorCode> = new Set(['TETHER_ERR_STATE', 'TETHER_ERR_PHONE_AWAY'])

export class Uploads {
  readonly #client: Client
  readonly #files: Files
  readonly #all = signal<readonly Upload[]>([])
  readonly #running = new Map<number, AbortController>()
  #next = 1

  constructor(client: Client, files: Files) {
    this.#client = client
    this.#files = files
    client.subscribe((event) => {
      if (event.type === 'state' && event.state === 'open') this.#goOn()
    })
  }

  get all(): ReadonlySignal<readonly Upload[]> {
    return this.#all
  }

  add(jid: string, file: FileToSend): void {
    const url = addressOf(file.data, file.mimetype)
    const upload: Upload = { id: this.#next++, jid, file, url, phase: 'waiting', share: 0, code: null }
    this.#all.value = [...this.#all.value, upload]
    this.#goOn()
  }

  retry(id: number): void {
    this.#change(id, { phase: 'waiting', code: null })
    this.#goOn()
  }

  /** Ends it; nothing is sent. */
  cancel(id: number): void {
    this.#running.get(id)?.abort()
    this.#remove(id)
  }

  reset(): void {
    for (const { id } of this.#all.value) this.cancel(id)
  }

  /** One after another, so that they arrive in the order in which they were chosen. */
  #goOn(): void {
    const next = this.#all.value.find(({ phase }) => phase === 'waiting')
    if (next === undefined || this.#running.size > 0 || this.#client.state !== 'open') return
    void this.#send(next)
  }

  async #send({ id, jid, file }: Upload): Promise<void> {
    const abort = new AbortController()
    this.#running.set(id, abort)
    this.#change(id, { phase: 'sending', share: 0 })
    try {
      const message = await this.#client.media.send(jid, file, {
        signal: abort.signal,
        progress: (done, total) => this.#change(id, { share: total === null ? 0 : done / total }),
      })
      this.#files.put(message, file.data)
      this.#remove(id)
    } catch (error) {
      const code = codeOf(error)
      this.#change(id, passing.has(code) ? { phase: 'waiting', share: 0 } : { phase: 'failed', code })
    }
    this.#running.delete(id)
    this.#goOn()
  }

  #change(id: number, changes: Partial<Upload>): void {
    this.#all.value = this.#all.value.map((each) => (each.id === id ? { ...each, ...changes } : each))
  }

  #remove(id: number): void {
    const gone = this.#all.value.find((each) => each.id === id)
    if (gone === undefined) return
    URL.revokeObjectURL(gone.url)
    this.#all.value = this.#all.value.filter((each) => each.id !== id)
  }
}
