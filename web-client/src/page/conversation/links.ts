/** Finds addresses in a text. Only http and https become links, whatever a text may say. */
export interface TextPart {
  readonly text: string
  /** Null for plain words. */
  readonly href: string | null
}

const ADDRESS = /\b(?:https?:\/\/|www\.)[^\s<>"]{2,2048}/gi
/** Ends a sentence rather than an address. */
const TRAILING = /[.,;:!?'"»”’)\]}]$/

export function splitLinks(text: string): readonly TextPart[] {
  const parts: TextPart[] = []
  let at = 0
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const shown = trimmed(found)
    const href = hrefOf(shown)
    if (href === null) continue
    if (index > at) parts.push({ text: text.slice(at, index), href: null })
    parts.push({ text: shown, href })
    at = index + shown.length
  }
  if (at < text.length || parts.length === 0) parts.push({ text: text.slice(at), href: null })
  return parts
}

/** A bracket at the end belongs to the address when it was opened in it. */
function trimmed(found: string): string {
  let shown = found
  while (TRAILING.test(shown)) {
    if (shown.endsWith(')') && shown.split('(').length === shown.split(')').length) break
    shown = shown.slice(0, -1)
  }
  return shown
}

function hrefOf(address: string): string | null {
  try {
    const { href, protocol } = new URL(/^www\./i.test(address) ? `https://${address}` : address)
    return protocol === 'https:' || protocol === 'http:' ? href : null
  } catch {
    return null
  }
}

/** Whose page it is; '' for no address. */
export function hostOf(address: string): string {
  try {
    return new URL(/^[a-z]+:\/\//i.test(address) ? address : `https://${address}`).host
  } catch {
    return ''
  }
}
