/**
 * Files in chats: encrypted here and uploaded, sent as a message, and fetched, checked and opened again, whole or in
 * part (spec 16). A file is looked for at our own server under its hash; when the server has forgotten it, the phone is
 * asked once to put it back (spec 13.2).
 */
import type { Clock } from 'proto/clock'
import type { ContentInit } from 'proto/contents'
import type { Entropy } from 'proto/entropy'
import { type ErrorCode, errors, TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import { decryptMedia, encryptMedia, uploadedLength } from 'proto/media'
import {
  mediaContent,
  type MediaFacts,
  mediaFolder,
  type MediaKind,
  type MediaWords,
} from 'proto/media-message'
import { fetchRangeOf, type MediaPart, openMediaPart } from 'proto/media-part'
import { formatMediaPath } from 'proto/media-path'
import type { Node } from 'proto/node'
import type { Answer, NodeKind } from './connection.ts'
import { objectOf } from './conn.ts'
import type { MediaHttp, TransferOptions } from './media-http.ts'
import type { ChatMessage } from './message.ts'

const QUERY: NodeKind = { metric: 'QUERY_MEDIA', flags: ['IGNORE'] }
const MEDIA_KEY_BYTES = 32
const GONE: ReadonlySet<number> = new Set([404, 410])

export interface FileToSend extends MediaWords {
  readonly type: MediaKind
  readonly data: Uint8Array
}

export interface MediaParts {
  readonly clock: Clock
  readonly entropy: Entropy
  readonly http: MediaHttp
  /** Asks the server in JSON; rejects when there is no connection. */
  ask(json: readonly unknown[]): Promise<Answer>
  query(node: (epoch: string) => Node, kind: NodeKind): Promise<Answer>
  /** Shows a message with this content and sends it as any other. */
  send(jid: string, content: ContentInit): ChatMessage
}

export class Media {
  readonly #parts: MediaParts
  #right: { readonly auth: string; readonly until: number } | null = null

  constructor(parts: MediaParts) {
    this.#parts = parts
  }

  /**
   * Uploads a file and sends it; the message is shown once the file is at the server. Rejects with TETHER_ERR_TOO_LARGE,
   * TETHER_ERR_STATE without a connection, TETHER_ERR_PHONE_AWAY when the server gives no answer, TETHER_ERR_JID, the code
   * of a refusal, and the reason of an aborted signal; then nothing is sent.
   */
  async send(
    jid: string,
    { type, data, ...words }: FileToSend,
    options?: TransferOptions,
  ): Promise<ChatMessage> {
    if (uploadedLength(data.length) > limit('MEDIA_BYTES'))
      throw new TetherError('TETHER_ERR_TOO_LARGE', `${limit('MEDIA_BYTES')} bytes at most, encrypted`)
    const { entropy, clock, http } = this.#parts
    const mediaKey = entropy.bytes(MEDIA_KEY_BYTES)
    const { uploaded, ...file } = encryptMedia({ data, mediaKey, type })
    const path = formatMediaPath(mediaFolder(type), file.fileEncSha256)
    const query = `auth=${encodeURIComponent(await this.#upToDateRight())}&token=${file.uploadToken}`
    const { status, json } = await http.upload(`${path}?${query}`, uploaded, options)
    const { url, direct_path: directPath } = objectOf(json)
    if (status !== 200 || typeof url !== 'string' || typeof directPath !== 'string') {
      this.#right = null
      throw refusal(status, json)
    }
    const madeAt = Math.floor(clock.now() / 1000)
    return this.#parts.send(jid, mediaContent(type, { ...file, mediaKey, url, directPath, madeAt }, words))
  }

  /**
   * The file of a message. Rejects with TETHER_ERR_NOT_FOUND or TETHER_ERR_MEDIA_EXPIRED when neither server nor phone has
   * it, TETHER_ERR_MEDIA_* when it is not what the message announced, and as `send` for the rest.
   */
  async download(message: ChatMessage, options?: TransferOptions): Promise<Uint8Array> {
    const { kind, mediaKey, fileSha256, fileEncSha256, fileLength } = factsOf(message)
    const data = await this.#fetch(message, options ?? {})
    const announced = { fileEncSha256, ...(fileSha256.length > 0 && { fileSha256 }) }
    const length = fileLength === null ? {} : { fileLength }
    return decryptMedia({ data, mediaKey, type: kind, ...announced, ...length })
  }

  /**
   * Some bytes of a video or audio file, both ends included, without fetching the rest; checked chunk by chunk. Rejects
   * with TETHER_ERR_RANGE for bytes that are not in it or a message that does not say its length, and as `download`.
   */
  async part(message: ChatMessage, part: MediaPart, options?: TransferOptions): Promise<Uint8Array> {
    const { kind: type, fileLength, mediaKey, sidecar } = factsOf(message)
    if (fileLength === null) throw new TetherError('TETHER_ERR_RANGE', 'a file of unknown length')
    const range = fetchRangeOf(part, fileLength)
    const fetched = await this.#fetch(message, { ...options, range })
    return openMediaPart({ type, mediaKey, fileLength, sidecar }, part, fetched)
  }

  /**
   * The content of a message with a file, for another message with the same file. The phone is asked to have it at the
   * server; rejects with TETHER_ERR_NOT_FOUND when it cannot, and as `download` for the rest.
   */
  async again(message: ChatMessage): Promise<ContentInit> {
    const { kind, url, fileLength, fileEncSha256, caption, ...facts } = factsOf(message)
    if (!(await this.#askPhone(message)))
      throw new TetherError('TETHER_ERR_NOT_FOUND', 'the file of this message')
    const directPath = formatMediaPath(mediaFolder(kind), fileEncSha256)
    const madeAt = Math.floor(this.#parts.clock.now() / 1000)
    const file = { ...facts, fileEncSha256, url, directPath, madeAt, fileLength: fileLength ?? 0 }
    return mediaContent(kind, file, { ...facts, caption: message.text === '' ? caption : message.text })
  }

  /** The login is over. */
  forget(): void {
    this.#right = null
  }

  async #fetch(
    message: ChatMessage,
    options: TransferOptions & { readonly range?: MediaPart },
  ): Promise<Uint8Array> {
    const { kind, fileEncSha256 } = factsOf(message)
    const path = formatMediaPath(mediaFolder(kind), fileEncSha256)
    const get = () => this.#parts.http.download(path, options)
    let answer = await get()
    if (GONE.has(answer.status) && (await this.#askPhone(message))) answer = await get()
    const { status, bytes } = answer
    const wanted = options.range === undefined ? 200 : 206
    if (status === wanted) return bytes
    throw refusal(status, null)
  }

  /** True when the phone says that the file can be fetched again. */
  async #askPhone({ jid, id, fromMe }: ChatMessage): Promise<boolean> {
    const attrs = { type: 'media', index: id, jid, owner: String(fromMe) }
    const answer = await this.#parts.query(
      (epoch) => ({ tag: 'query', attrs: { ...attrs, epoch }, content: null }),
      QUERY,
    )
    return 'node' in answer && answer.node.attrs['code'] === '200'
  }

  async #upToDateRight(): Promise<string> {
    const { clock } = this.#parts
    if (this.#right && clock.now() < this.#right.until) return this.#right.auth
    const answer = await this.#parts.ask(['query', 'mediaConn'])
    const { auth, ttl } = objectOf('json' in answer ? answer.json['media_conn'] : null)
    if (typeof auth !== 'string' || typeof ttl !== 'number')
      throw new TetherError('TETHER_ERR_BODY', 'the server gives no right to upload')
    this.#right = { auth, until: clock.now() + ttl * 1000 }
    return auth
  }
}

/** Throws TETHER_ERR_NOT_FOUND for a message without a file. */
function factsOf({ media }: ChatMessage): MediaFacts {
  if (media === undefined) throw new TetherError('TETHER_ERR_NOT_FOUND', 'a message without a file')
  return media
}

// What the statuses of a download mean when no code came with them (proto/errors).
const codes: Readonly<Partial<Record<number, ErrorCode>>> = {
  404: 'TETHER_ERR_NOT_FOUND',
  410: 'TETHER_ERR_MEDIA_EXPIRED',
  416: 'TETHER_ERR_RANGE',
  429: 'TETHER_ERR_LIMIT',
}

function refusal(status: number, json: unknown): TetherError {
  const { code } = objectOf(json)
  const known = typeof code === 'string' && Object.hasOwn(errors, code) ? (code as ErrorCode) : codes[status]
  return new TetherError(known ?? 'TETHER_ERR_INTERNAL', `media, status ${status}`)
}
