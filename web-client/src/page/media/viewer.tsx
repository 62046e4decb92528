/** Looks at the pictures of a chat, one after another, as large as the window. */
import { useSignal } from '@preact/signals'
import { formatDay, formatTime } from 'look/dates'
import { Icon } from 'look/icons'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { type ChatMessage, keyOf } from '../../message.ts'
import type { View } from '../view.ts'
import { FileStatus, nameOf } from './file-status.tsx'

interface Props {
  readonly view: View
  readonly message: ChatMessage
  readonly onClose: () => void
}

export function Viewer({ view, message, onClose }: Props): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const shown = useSignal(message)
  const { jid } = message
  const known = view.client.messages(jid).filter((each) => each.media?.kind === 'image')
  const pictures = known.some((each) => keyOf(each) === keyOf(message)) ? known : [message]
  const at = pictures.findIndex((each) => keyOf(each) === keyOf(shown.value))
  const state = view.files.of(shown.value).value
  const { media, fromMe, author, seconds, text } = shown.value

  useEffect(() => {
    const before = document.activeElement
    const element = dialog.current
    element?.showModal()
    return () => {
      element?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  useEffect(() => void view.files.load(shown.value), [shown.value])

  function go(by: number): void {
    const next = pictures[at + by]
    if (next !== undefined) shown.value = next
  }

  const who = fromMe ? 'You' : view.client.nameOf(author ?? jid)
  return (
    <dialog
      ref={dialog}
      class="viewer"
      aria-label="Picture"
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.stopPropagation()
        if (event.key === 'ArrowLeft') go(-1)
        if (event.key === 'ArrowRight') go(1)
      }}
    >
      <header class="viewer-head">
        <p>
          <b class="cut" dir="auto">
            {who}
          </b>
          <small>
            {formatDay(seconds, view.today.value)}, {formatTime(seconds)}
            {pictures.length > 1 && ` · ${at + 1} of ${pictures.length}`}
          </small>
        </p>
        {state.phase === 'ready' && (
          <a class="round" href={state.url} download={`tether-${seconds}`} aria-label="Save the picture">
            <Icon name="download" />
          </a>
        )}
        <button type="button" class="round" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div class="viewer-stage">
        {state.phase === 'ready' ? (
          <img src={state.url} alt={nameOf(state, 'Photo', text)} />
        ) : (
          media !== undefined && <FileStatus view={view} message={shown.value} media={media} />
        )}
        {pictures.length > 1 && (
          <>
            <button
              type="button"
              class="round viewer-before"
              aria-label="Picture before"
              disabled={at <= 0}
              onClick={() => go(-1)}
            >
              <Icon name="back" />
            </button>
            <button
              type="button"
              class="round viewer-after"
              aria-label="Picture after"
              disabled={at >= pictures.length - 1}
              onClick={() => go(1)}
            >
              <Icon name="next" />
            </button>
          </>
        )}
      </div>
      {text !== '' && (
        <p class="viewer-caption" dir="auto">
          {text}
        </p>
      )}
    </dialog>
  )
}
