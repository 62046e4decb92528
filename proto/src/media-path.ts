/**
 * Where a media blob is at the server: addressed by the SHA-256 of its ciphertext (spec 16.2, 16.5). Phones and our
 * client make the path themselves and never follow an address that a message names.
 */
import { formatBase64Url, parseBase64Url } from './base64.ts'
import { TetherError } from './errors.ts'

/** Words of the path; stickers go to `image`. */
export const mediaFolders = ['image', 'video', 'audio', 'document'] as const
export type MediaFolder = (typeof mediaFolders)[number]

const HASH_BYTES = 32

/** `/mms/<folder>/<token>`, for the upload and the download alike. */
export function formatMediaPath(folder: MediaFolder, hash: Uint8Array): string {
  return `/mms/${folder}/${formatBase64Url(hash)}`
}

/** The hash that a token names, with or without padding. Throws TETHER_ERR_BASE64, TETHER_ERR_BODY. */
export function parseMediaToken(token: string): Uint8Array {
  const hash = parseBase64Url(token)
  if (hash.length !== HASH_BYTES) throw new TetherError('TETHER_ERR_BODY', 'a SHA-256 has 32 bytes')
  return hash
}
