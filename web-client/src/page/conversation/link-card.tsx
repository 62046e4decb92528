/** The page behind a link, as the phone of the writer saw it. */
import type { JSX } from 'preact'
import type { LinkPreview } from '../../message-context.ts'
import { BytesImage } from '../media/bytes-image.tsx'
import { hostOf } from './links.ts'

export function LinkCard({ link }: { readonly link: LinkPreview }): JSX.Element {
  const { title, description, canonicalUrl, matchedText, thumbnail } = link
  const host = hostOf(canonicalUrl || matchedText)
  return (
    <div class="link-card">
      {thumbnail !== null && <BytesImage bytes={thumbnail} />}
      <p>
        <b class="two-lines" dir="auto">
          {title}
        </b>
        <span class="two-lines" dir="auto">
          {description}
        </span>
        <small>{host}</small>
      </p>
    </div>
  )
}
