/**
 * The server's media store as a phone uses it. A blob is looked for under the hash that its message names and never
 * under the address in it, which its writer chose.
 */
import type { Clock } from 'proto/clock'
import { type ErrorCode, errors, TetherError } from 'proto/errors'
import { mediaFolder, type MediaKind } from 'proto/media-message'
import { formatMediaPath } from 'proto/media-path'
import type { ServerRequest } from './account.ts'
import type { PhonesMeters } from './phones-meters.ts'
import type { Uplink } from './uplink.ts'

export interface MediaServerOptions {
  readonly server: ServerRequest
  readonly uplink: Pick<Uplink, 'request'>
  readonly clock: Clock
  readonly meters: PhonesMeters
}

export interface MediaAddress {
  readonly url: string
  readonly directPath: string
}

export class MediaServer {
  readonly #options: MediaServerOptions
  #right: { readonly auth: string; readonly until: number } | null = null

  constructor(options: MediaServerOptions) {
    this.#options = options
  }

  /** Uploads ciphertext. Rejects with TETHER_ERR_PHONE_AWAY and the code of a refusal. */
  async upload(kind: MediaKind, hash: Uint8Array, uploaded: Uint8Array): Promise<MediaAddress> {
    const path = formatMediaPath(mediaFolder(kind), hash)
    const token = path.slice(path.lastIndexOf('/') + 1)
    const auth = await this.#upToDateRight()
    const { status, body } = await this.#options.server(
      'POST',
      `${path}?auth=${auth}&token=${token}`,
      uploaded,
    )
    const { url, direct_path: directPath } = (body ?? {}) as { url?: unknown; direct_path?: unknown }
    if (status === 200 && typeof url === 'string' && typeof directPath === 'string') {
      this.#options.meters.add('media', 'uploaded')
      return { url, directPath }
    }
    this.#right = null
    throw failureOf(status, body)
  }

  /** The ciphertext. Rejects with TETHER_ERR_NOT_FOUND, TETHER_ERR_MEDIA_EXPIRED, TETHER_ERR_PHONE_AWAY and others. */
  async download(kind: MediaKind, hash: Uint8Array): Promise<Uint8Array> {
    const { status, body } = await this.#options.server('GET', formatMediaPath(mediaFolder(kind), hash))
    if (status === 200 && body instanceof Uint8Array) return body
    throw failureOf(status, body)
  }

  /** Whether the server still has it. Rejects with TETHER_ERR_PHONE_AWAY. */
  async has(kind: MediaKind, hash: Uint8Array): Promise<boolean> {
    const { status } = await this.#options.server('HEAD', formatMediaPath(mediaFolder(kind), hash))
    return status === 200
  }

  async #upToDateRight(): Promise<string> {
    const { uplink, clock } = this.#options
    if (this.#right && clock.now() < this.#right.until) return this.#right.auth
    const { auth, ttlS } = await uplink.request('mediaAuth', {})
    this.#right = { auth, until: clock.now() + ttlS * 1000 }
    return auth
  }
}

/** The server's own words where it has some. */
function failureOf(status: number, body: unknown): TetherError {
  const code = (body as { code?: unknown } | null)?.code
  const known = typeof code === 'string' && Object.hasOwn(errors, code) ? (code as ErrorCode) : null
  return new TetherError(known ?? 'TETHER_ERR_INTERNAL', `media, status ${status}`)
}
