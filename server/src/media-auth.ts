/**
 * The right to upload media: number and time, and an HMAC over both under a key of this server. Nothing is stored, and
 * every door and every node of one deployment can check it. Downloads need no right: who knows the hash of a blob may
 * have its ciphertext (spec 16.5).
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { limit } from 'proto/limits'

/** What was granted at the end of a client's time still holds for the upload that begins then. */
const GRACE_MS = 60_000
const TOKEN = /^([0-9]{5,15})\.([0-9a-z]{1,11})\.([A-Za-z0-9_-]{43})$/

export class MediaAuth {
  readonly #key: Uint8Array

  /** From the server's own seed. */
  constructor(seed: Uint8Array) {
    this.#key = createHmac('sha256', seed).update('media auth').digest()
  }

  /** Good for MEDIA_AUTH_MS and a little more. */
  grant(number: string, now: number): string {
    const end = (now + limit('MEDIA_AUTH_MS') + GRACE_MS).toString(36)
    return `${number}.${end}.${this.#mac(number, end).toString('base64url')}`
  }

  /** The number that may upload; null when the token is not ours or its time is over. */
  check(token: string, now: number): string | null {
    const [, number, end, mac] = TOKEN.exec(token) ?? []
    if (number === undefined || end === undefined || mac === undefined) return null
    const given = Buffer.from(mac, 'base64url')
    const isOurs = timingSafeEqual(given, this.#mac(number, end))
    return isOurs && now <= Number.parseInt(end, 36) ? number : null
  }

  #mac(number: string, end: string): Buffer {
    return createHmac('sha256', this.#key).update(`${number}.${end}`).digest()
  }
}
