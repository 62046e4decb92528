/** Plain data as JSON text with a version in it; bytes and maps, which JSON does not know, are objects of one member. */
import { formatBase64, parseBase64 } from 'proto/base64'
import { TetherError } from 'proto/errors'

const VERSION = 1
const BYTES = '~bytes'
const MAP = '~map'

export function formatKept(value: unknown): string {
  return JSON.stringify({ version: VERSION, value }, (_, member: unknown) => {
    if (member instanceof Uint8Array) return { [BYTES]: formatBase64(member) }
    return member instanceof Map ? { [MAP]: [...(member as Map<unknown, unknown>)] } : member
  })
}

/** Throws TETHER_ERR_STORE_DAMAGED and TETHER_ERR_STORE_VERSION. */
export function parseKept(text: string): unknown {
  let kept: { readonly version?: unknown; readonly value?: unknown } | null
  try {
    kept = JSON.parse(text, (_, member: unknown) => revived(member)) as typeof kept
  } catch (cause) {
    throw new TetherError('TETHER_ERR_STORE_DAMAGED', 'not JSON', { cause })
  }
  if (kept?.version !== VERSION) throw new TetherError('TETHER_ERR_STORE_VERSION', `expected ${VERSION}`)
  return kept.value
}

function revived(member: unknown): unknown {
  if (typeof member !== 'object' || member === null) return member
  const { [BYTES]: bytes, [MAP]: map } = member as Readonly<Record<string, unknown>>
  if (typeof bytes === 'string') return parseBase64(bytes)
  return Array.isArray(map) ? new Map(map as [unknown, unknown][]) : member
}
