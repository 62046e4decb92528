/**
 * Where pictures are (spec 14.4, 15): under a name that cannot be guessed, which only those are told who may see the
 * picture. Another picture has another name, so an address that somebody kept shows nothing later.
 */
import type { ServerConfig } from './config.ts'
import type { PeerFacts } from './context.ts'
import { absoluteUrl } from './media-address.ts'

export function picturePath(key: string): string {
  return `/pictures/${key}`
}

export function pictureUrl(key: string, facts: PeerFacts, config: ServerConfig): string {
  return absoluteUrl(picturePath(key), facts, config)
}
