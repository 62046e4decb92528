/**
 * From Conn to credentials: by the secret when pairing, by the kept keys when resuming. Keys never change on a
 * resume, whatever the server sends, and a login never becomes another account's. Spec 5.3, 5.4, 7.
 */
import { codeOf, type ErrorCode } from 'proto/errors'
import { personJid } from './address.ts'
import type { Conn } from './conn.ts'
import type { Credentials } from './keys.ts'
import type { Pairing } from './pairing.ts'

export type Admission = { readonly credentials: Credentials } | { readonly code: ErrorCode }

export function admit(
  conn: Conn,
  tokens: NonNullable<Conn['tokens']>,
  kept: Credentials | null,
  pairing: Pairing | null,
): Admission {
  if (kept !== null) {
    if (!sameAccount(kept, tokens.wid)) return { code: 'TETHER_ERR_BODY' }
    return { credentials: renewCredentials(kept, conn) }
  }
  if (pairing === null || conn.secret === null) return { code: 'TETHER_ERR_SECRET_LENGTH' }
  try {
    const { encKey, macKey } = pairing.open(conn.secret)
    const { clientId } = pairing
    return { credentials: { clientId, ...tokens, pushname: conn.pushname ?? '', encKey, macKey } }
  } catch (error) {
    return { code: codeOf(error) }
  }
}

/** The credentials with the name and tokens of a later Conn, full or partial. */
export function renewCredentials(kept: Credentials, { tokens, pushname }: Conn): Credentials {
  const fresh = tokens !== null && sameAccount(kept, tokens.wid) ? tokens : {}
  return { ...kept, ...fresh, pushname: pushname ?? kept.pushname }
}

function sameAccount(kept: Credentials, wid: string): boolean {
  return personJid(wid) === personJid(kept.wid)
}
