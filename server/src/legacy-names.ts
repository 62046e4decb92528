/**
 * The names of the closed-network way in: hosts that legacy clients have built in (spec 1.1, 16.5), and this machine's
 * own. What the test CA may sign, what the TLS door answers to and where the proxy leads: all from this table.
 */

/** DNS names; a client of the time connects to one of them and to nothing else. */
export const LEGACY_NAMES: readonly string[] = [
  'web.whatsapp.com',
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `w${n}.web.whatsapp.com`),
  'dyn.web.whatsapp.com',
  'mmg.whatsapp.net',
]

/** This machine, as media URLs name it. */
export const LOCAL_NAMES: readonly string[] = ['localhost']
export const LOCAL_ADDRESSES: readonly string[] = ['127.0.0.1', '::1']

/** Any case; no port. */
export function isLegacyName(name: string): boolean {
  return LEGACY_NAMES.includes(name.toLowerCase())
}

/** `localhost`, 127.0.0.1 or ::1, in any case, with or without brackets; no port. */
export function isLocalName(name: string): boolean {
  const bare = name.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  return LOCAL_NAMES.includes(bare) || LOCAL_ADDRESSES.includes(bare)
}
