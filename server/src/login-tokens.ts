/** The tokens of a login (spec 5.4, 7.5): made once, shown to the browser, kept by the store as hashes only. */
import { createHash } from 'node:crypto'
import { formatBase64 } from 'proto/base64'
import type { Entropy } from 'proto/entropy'
import type { Credentials } from './stores.ts'

const TOKEN_BYTES = 32

/** What a browser shows at `admin login`. */
export interface TokenPair {
  readonly clientToken: string
  readonly serverToken: string
}

export interface Tokens extends TokenPair {
  readonly browserToken: string
}

export function newTokens(entropy: Entropy): Tokens {
  const clientToken = formatBase64(entropy.bytes(TOKEN_BYTES))
  return withBrowserToken({ clientToken, serverToken: `1@${formatBase64(entropy.bytes(TOKEN_BYTES))}` })
}

/** The browser token follows from the server token, so that it need not be stored. */
export function withBrowserToken({ clientToken, serverToken }: TokenPair): Tokens {
  return { clientToken, serverToken, browserToken: `1@${formatBase64(sha256(`browser ${serverToken}`))}` }
}

/** What the store compares. */
export function credentials(clientId: string, { clientToken, serverToken }: TokenPair): Credentials {
  return { clientId, clientTokenHash: sha256(clientToken), serverTokenHash: sha256(serverToken) }
}

function sha256(text: string): Uint8Array {
  return createHash('sha256').update(text).digest()
}
