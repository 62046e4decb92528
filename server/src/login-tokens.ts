/** The tokens of a login (spec 5.4, 7.5): made once, shown to the browser, kept by the store as hashes only. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { formatBase64, formatBase64Url, parseBase64, parseBase64Url } from 'proto/base64'
import { concat, utf8 } from 'proto/bytes'
import { codeOf } from 'proto/errors'
import type { Entropy } from 'proto/entropy'
import type { Credentials } from './stores.ts'

const TOKEN_BYTES = 32
/** A browser token: the id of the login, and a hash cut to the same length; so it is as long as its neighbours. */
const LOGIN_BYTES = 16
const PREFIX = '1@'

/** What a browser shows at `admin login`. */
export interface TokenPair {
  readonly clientToken: string
  readonly serverToken: string
}

export interface Tokens extends TokenPair {
  readonly browserToken: string
}

/** A login as its browser token names it. */
export interface TokenOwner {
  readonly login: string
  readonly serverTokenHash: Uint8Array
}

export function newTokens(entropy: Entropy): TokenPair {
  const clientToken = formatBase64(entropy.bytes(TOKEN_BYTES))
  return { clientToken, serverToken: `${PREFIX}${formatBase64(entropy.bytes(TOKEN_BYTES))}` }
}

/** What the store compares. */
export function credentials(clientId: string, { clientToken, serverToken }: TokenPair): Credentials {
  return { clientId, clientTokenHash: sha256(utf8(clientToken)), serverTokenHash: sha256(utf8(serverToken)) }
}

/**
 * The token of the log-out over HTTP (spec 8.1): the id of the login, and what follows from it and the stored hash. So
 * nothing more is stored, and a login is found without looking at any other.
 */
export function browserTokenOf({ login, serverTokenHash }: TokenOwner): string {
  const id = parseBase64Url(login)
  const hash = sha256(concat(utf8('browser'), id, serverTokenHash))
  return `${PREFIX}${formatBase64(concat(id, hash.subarray(0, TOKEN_BYTES - LOGIN_BYTES)))}`
}

/** The login that a browser token names; null for what is none. It proves nothing: see `fitsBrowserToken`. */
export function loginOfBrowserToken(token: string): string | null {
  const bytes = token.startsWith(PREFIX) ? bytesOf(token.slice(PREFIX.length)) : null
  return bytes?.length === TOKEN_BYTES ? formatBase64Url(bytes.subarray(0, LOGIN_BYTES)) : null
}

/** Compares in constant time. */
export function fitsBrowserToken(token: string, owner: TokenOwner): boolean {
  const [given, right] = [sha256(utf8(token)), sha256(utf8(browserTokenOf(owner)))]
  return timingSafeEqual(given, right)
}

function bytesOf(text: string): Uint8Array | null {
  try {
    return parseBase64(text)
  } catch (error) {
    if (codeOf(error) === 'TETHER_ERR_BASE64') return null
    throw error
  }
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}
