/** Which addresses for media are told to clients, and what clients of the older way ask for (spec 16.2, 16.3). */
import { parseBase64 } from 'proto/base64'
import { codeOf } from 'proto/errors'
import { formatMediaPath, type MediaFolder } from 'proto/media-path'
import type { ServerConfig } from './config.ts'
import type { PeerFacts } from './context.ts'

/** Where there are no sockets: in worlds of virtual time. */
const NOWHERE = 'localhost'
const HASH_BYTES = 32

const folders: Readonly<Record<string, MediaFolder>> = {
  image: 'image',
  sticker: 'image',
  video: 'video',
  gif: 'video',
  audio: 'audio',
  ptt: 'audio',
  document: 'document',
}

/**
 * Not from the Host that a client sends to /ws: two of them name the legacy host there, whatever they connect to. At the
 * TLS door that door itself, since nothing else has a certificate that such a client trusts.
 */
export function mediaHost({ door, reached }: PeerFacts, { publicHost }: ServerConfig): string {
  return (door === 'plain' ? publicHost : null) ?? reached ?? NOWHERE
}

/** At the door by which the asker came. */
export function absoluteUrl(path: string, facts: PeerFacts, config: ServerConfig): string {
  const scheme = facts.door === 'legacyTls' ? 'https' : 'http'
  return `${scheme}://${mediaHost(facts, config)}${path}`
}

/** The path for an upload of the older way; null when the type or the hash is none. */
export function uploadPath(type: string, base64: string): string | null {
  const folder = Object.hasOwn(folders, type) ? folders[type] : undefined
  try {
    const hash = parseBase64(base64)
    return folder === undefined || hash.length !== HASH_BYTES ? null : formatMediaPath(folder, hash)
  } catch (error) {
    if (codeOf(error) === 'TETHER_ERR_BASE64') return null
    throw error
  }
}
