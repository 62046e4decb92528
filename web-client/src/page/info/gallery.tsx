/** The files of a chat, newest first, as far as one page goes. */
import { Icon, type IconName } from 'look/icons'
import type { JSX } from 'preact'
import type { MediaKind } from 'proto/media-message'
import { useAsked } from '../asked.ts'
import type { FileProps } from '../media/file-props.ts'
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

function Tile({ view, message, media }: FileProps): JSX.Element {
  const file = view.files.of(message).value
  if (media.kind === 'image' && file.phase === 'ready') return <img src={file.url} alt="" />
  if (media.thumbnail !== undefined) return <BytesImage bytes={media.thumbnail} />
  return <Icon name={icons[media.kind]} />
}

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
                <Tile view={view} message={message} media={media} />
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
