/** A video: a blurred first picture, fetched on a click, then played where it is. */
import type { JSX } from 'preact'
import { Icon } from 'look/icons'
import { BytesImage } from './bytes-image.tsx'
import { FileStatus } from './file-status.tsx'
import { frameOf } from './frame.ts'
import type { FileProps } from './file-props.ts'
import { formatSeconds } from './sizes.ts'

export function Video(props: FileProps): JSX.Element {
  const { view, message, media } = props
  const state = view.files.of(message).value
  return (
    <div class="picture" style={frameOf(media)}>
      {state.phase === 'ready' ? (
        <video
          src={state.url}
          controls={media.gif !== true}
          autoplay={media.gif === true}
          loop={media.gif === true}
          muted={media.gif === true}
          playsInline
          aria-label={message.text === '' ? 'Video' : `Video: ${message.text}`}
        />
      ) : (
        media.thumbnail !== undefined && <BytesImage bytes={media.thumbnail} class="blurred" />
      )}
      {state.phase !== 'ready' && (
        <span class="picture-length">
          <Icon name="video" /> {media.seconds === undefined ? 'Video' : formatSeconds(media.seconds)}
        </span>
      )}
      <FileStatus {...props} />
    </div>
  )
}
