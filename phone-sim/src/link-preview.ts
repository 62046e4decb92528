/**
 * Link previews (spec 13.2, `url`): the phone fetches the page that a text links to and gives its title, description
 * and small picture. A phone without a way to fetch gives none, which clients take as "send it without".
 */
import { Parser } from 'htmlparser2'
import type { Clock } from 'proto/clock'
import { limit } from 'proto/limits'

export interface Preview {
  readonly title: string
  readonly description: string
  /** The address the page gives itself, else the one that was fetched. */
  readonly canonicalUrl: string
  /** JPEG bytes. */
  readonly thumbnail: Uint8Array | null
}

/** Gives the preview of an address; null when there is none. Never rejects. */
export type PreviewSource = (url: string) => Promise<Preview | null>

/** The first address in a text, as it stands there, or null: with a scheme, or a host name and a path or known ending. */
export function findLink(text: string): string | null {
  return LINK.exec(text)?.[0] ?? null
}
// so many labels and no more: from each of many labels on, all that follow would be looked at again
const LINK =
  /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]|\b(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,10}[a-z]{2,24}(?::\d{1,5})?(?:\/[^\s<>"']*[^\s<>"'.,;:!?)\]}])?/i

/** Fetches over HTTP, within LINK_PREVIEW_MS and LINK_PREVIEW_BYTES. */
export function httpPreviews(clock: Clock, get: typeof fetch = fetch): PreviewSource {
  return async (link) => {
    const stop = new AbortController()
    const timer = clock.after(limit('LINK_PREVIEW_MS'), () => stop.abort())
    try {
      const url = new URL(/^https?:\/\//i.test(link) ? link : `https://${link}`)
      const page = await body(await get(url, { signal: stop.signal }), 'text/html')
      if (page === null) return null
      const facts = readPage(new TextDecoder().decode(page))
      if (facts.title === '') return null
      return {
        title: facts.title,
        description: facts.description,
        canonicalUrl: facts.canonical === '' ? url.href : new URL(facts.canonical, url).href,
        thumbnail: facts.image === '' ? null : await picture(new URL(facts.image, url), stop.signal, get),
      }
    } catch {
      return null
    } finally {
      timer.cancel()
    }
  }
}

async function picture(url: URL, signal: AbortSignal, get: typeof fetch): Promise<Uint8Array | null> {
  if (!/^https?:$/.test(url.protocol)) return null
  const bytes = await get(url, { signal }).then((response) => body(response, 'image/jpeg'))
  return bytes !== null && bytes.length <= limit('LINK_THUMBNAIL_BYTES') ? bytes : null
}

/** The body of a good answer of this type; null for others and for what is too long. */
async function body(response: Response, type: string): Promise<Uint8Array | null> {
  const fits = response.ok && (response.headers.get('content-type') ?? '').startsWith(type)
  if (!fits || response.body === null) {
    await response.body?.cancel()
    return null
  }
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body as AsyncIterable<Uint8Array>) {
    length += part.length
    if (length > limit('LINK_PREVIEW_BYTES')) return null
    parts.push(part)
  }
  return Buffer.concat(parts)
}

interface PageFacts {
  title: string
  description: string
  canonical: string
  image: string
}

/** What a page says of itself: Open Graph first, then its own title and description. */
export function readPage(html: string): PageFacts {
  const meta = new Map<string, string>()
  let title = ''
  let inTitle = false
  const parser = new Parser({
    onopentag(name, attrs) {
      if (name === 'title') inTitle = true
      const key = (attrs['property'] ?? attrs['name'] ?? attrs['rel'] ?? '').toLowerCase()
      const value = attrs['content'] ?? attrs['href'] ?? ''
      if ((name === 'meta' || name === 'link') && value !== '' && !meta.has(key)) meta.set(key, value)
    },
    ontext(text) {
      if (inTitle) title += text
    },
    onclosetag(name) {
      if (name === 'title') inTitle = false
    },
  })
  parser.end(html)
  const first = (...keys: string[]) => keys.map((key) => meta.get(key)).find(Boolean) ?? ''
  const cut = (text: string, length: number) => text.replace(/\s+/g, ' ').trim().slice(0, length)
  return {
    title: cut(first('og:title', 'twitter:title') || title, 300),
    description: cut(first('og:description', 'description', 'twitter:description'), 1_000),
    canonical: first('og:url', 'canonical'),
    image: first('og:image', 'twitter:image'),
  }
}
