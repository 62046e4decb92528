/** The files of a chat, newest first, as far as one page goes. */
import { Icon, type IconName } from 'look/icons'
import type { JSX } from 'preact'
import type { MediaKind } from 'proto/media-message'
import { useAsked } from '../asked.ts'
import { BytesImage } from '../media/bytes-image.tsx'
import type { View } from '../view.ts'

const icons: Readonly<Record<MediaKind, IconName>> = {
  image: 'image',
  video: 'video',
  audio: 'microphone',
  document: 'document',
  sticker: 'image',
}
const MOST = 12

export function Gallery({ view, jid }: { readonly view: View; readonly jid: string }): JSX.Element | null {
  const answer = useAsked(jid, () => view.client.lookups.gallery(jid, { count: MOST })).value
  if (answer.phase !== 'there' || answer.value.messages.length === 0) return null
  return (
    <section>
      <h3>Photos and files</h3>
      <ul class="gallery">
        {answer.value.messages.map((message) => {
          const { media, text } = message
          if (media === undefined) return null
          return (
            <li key={message.id}>
              <button
                type="button"
                aria-label={[media.fileName ?? media.kind, text].filter(Boolean).join(': ')}
                onClick={() => {
                  view.sheet.value = media.kind === 'image' ? { kind: 'viewer', message } : null
                  if (media.kind !== 'image') view.goTo(message)
                }}
              >
                {media.thumbnail === undefined ? (
                  <Icon name={icons[media.kind]} />
                ) : (
                  <BytesImage bytes={media.thumbnail} />
                )}
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
