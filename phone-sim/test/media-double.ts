/** The media store of the relay double: blobs under their hash, and whatever goes wrong with them. */
import { createHash } from 'node:crypto'

export class MediaDouble {
  /** By token: the URL-safe base64 of their SHA-256. */
  readonly blobs = new Map<string, Uint8Array>()
  readonly expired = new Set<string>()
  /** `GET token`, in the order in which they came. */
  readonly heard: string[] = []
  /** Set to answer everything with this status. */
  failing: number | null = null
  /** Set to answer a download with these bytes. */
  instead: Uint8Array | null = null
  #rights = 0

  grant(): string {
    return `right-${++this.#rights}`
  }

  get rights(): number {
    return this.#rights
  }

  answer(method: string, path: string, body: unknown): { status: number; body: unknown } {
    const { pathname, searchParams } = new URL(path, 'http://relay')
    const token = pathname.split('/')[3]
    this.heard.push(`${method} ${token}`)
    if (this.failing !== null) return { status: this.failing, body: null }
    if (method === 'POST') return this.#take(pathname, token, searchParams, body)
    const blob = this.blobs.get(token)
    if (this.expired.has(token))
      return { status: 404, body: { code: 'TETHER_ERR_MEDIA_EXPIRED', message: '' } }
    if (!blob) return { status: 404, body: { code: 'TETHER_ERR_NOT_FOUND', message: '' } }
    return { status: 200, body: method === 'HEAD' ? null : (this.instead ?? blob) }
  }

  /** Forgets a blob as the server does after its time. */
  expire(token: string): void {
    this.blobs.delete(token)
    this.expired.add(token)
  }

  #take(pathname: string, token: string, query: URLSearchParams, body: unknown) {
    if (query.get('auth') !== `right-${this.#rights}`)
      return { status: 401, body: { code: 'TETHER_ERR_MEDIA_AUTH', message: '' } }
    const bytes = body as Uint8Array
    if (createHash('sha256').update(bytes).digest('base64url') !== token)
      return { status: 400, body: { code: 'TETHER_ERR_MEDIA_HASH', message: '' } }
    this.blobs.set(token, bytes)
    this.expired.delete(token)
    return { status: 200, body: { url: `http://relay${pathname}`, direct_path: pathname } }
  }
}
