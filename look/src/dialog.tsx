/**
 * A modal: the browser keeps the focus inside and gives it back to where it was. Escape, the cross and a click beside
 * it close it. A `sheet` comes from the side, or from below on a narrow screen.
 */
import type { ComponentChildren, JSX, TargetedPointerEvent } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { Icon } from './icons.tsx'

interface Props {
  readonly title: string
  readonly sheet?: boolean
  /** Its own class, for its own width. */
  readonly kind?: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** Open for as long as it is rendered. */
export function Dialog({ title, sheet = false, kind = '', onClose, children }: Props): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const element = dialog.current
    const before = document.activeElement
    element?.showModal()
    return () => {
      element?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      class={`${sheet ? 'sheet' : ''} ${kind}`.trim()}
      aria-labelledby={id}
      onCancel={(event) => {
        if (event.target !== event.currentTarget) return
        event.preventDefault()
        onClose()
      }}
      onKeyDown={(event) => {
        // What the page does on Escape is not meant for it.
        if (event.key === 'Escape') event.stopPropagation()
      }}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget && isBeside(event)) onClose()
      }}
    >
      <header class="dialog-head">
        <h2 id={id}>{title}</h2>
        <button type="button" class="round" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div class="dialog-body">{children}</div>
    </dialog>
  )
}

function isBeside(event: TargetedPointerEvent<HTMLDialogElement>): boolean {
  const { left, right, top, bottom } = event.currentTarget.getBoundingClientRect()
  const { clientX, clientY } = event
  return clientX < left || clientX > right || clientY < top || clientY > bottom
}
