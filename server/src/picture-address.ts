/**
 * Where pictures are (spec 14.4, 15): under a name that cannot be guessed, which only those are told who may see the
 * picture. Another picture has another name, so an address that somebody kept shows nothing later.
 */
import type { ServerConfig } from './config.ts'
import type { PeerFacts } from './context.ts'
import { mediaHost } from './media-address.ts'

export function picturePath(key: string): string {
  return `/pictures/${key}`
}

/** Absolute, at the door by which the asker came (`mediaHost` says why). */
export function pictureUrl(key: string, facts: PeerFacts, config: ServerConfig): string {
  const scheme = facts.door === 'legacyTls' ? 'https' : 'http'
  return `${scheme}://${mediaHost(facts, config)}${picturePath(key)}`
}
