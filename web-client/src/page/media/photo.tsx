/** A photo or sticker: its place is kept from the first moment, blurred until the file is there, opened on a click. */
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { BytesImage } from './bytes-image.tsx'
import { FileStatus, nameOf } from './file-status.tsx'
import { frameOf } from './frame.ts'
import type { FileProps } from './file-props.ts'

/** Larger ones wait for a click. */
const UNASKED_BYTES = 4_000_000

export function Photo(props: FileProps): JSX.Element {
  const { view, message, media } = props
  const state = view.files.of(message).value
  const ready = state.phase === 'ready'
  useEffect(() => {
    const wanted = state.phase === 'absent' && (media.fileLength ?? 0) <= UNASKED_BYTES
    if (wanted && view.state.value === 'open') void view.files.load(message)
  }, [view.state.value])
  const sticker = media.kind === 'sticker'
  return (
    <div class={`picture${sticker ? ' sticker' : ''}`} style={frameOf(media)}>
      {media.thumbnail !== undefined && !ready && <BytesImage bytes={media.thumbnail} class="blurred" />}
      {ready && (
        <button
          type="button"
          class="picture-open"
          tabIndex={-1}
          aria-label={nameOf(state, sticker ? 'Sticker' : 'Photo', message.text)}
          onClick={() => (view.sheet.value = { kind: 'viewer', message })}
        >
          <img src={state.url} alt="" draggable={false} />
        </button>
      )}
      <FileStatus {...props} />
    </div>
  )
}
