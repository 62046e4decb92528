/**
 * A short list of things to do, beside what it belongs to. It takes the focus, arrows move in it, Escape and a click
 * elsewhere close it, and the focus goes back.
 */
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Icon, type IconName } from './icons.tsx'
import { moveFocus } from './roving-focus.ts'

export interface MenuItem {
  readonly label: string
  readonly icon: IconName
  readonly run: () => void
  /** It cannot be undone. */
  readonly grave?: boolean
}

/** Where it opens, in pixels of the window. */
export interface Place {
  readonly x: number
  readonly y: number
}

interface Props {
  readonly label: string
  readonly place: Place
  readonly items: readonly MenuItem[]
  readonly onClose: () => void
}

const EDGE_PX = 8

/** Open for as long as it is rendered. */
export function Menu({ label, place, items, onClose }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  const before = useRef(document.activeElement)

  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    element.showPopover()
    const { width, height } = element.getBoundingClientRect()
    const inside = (at: number, size: number, room: string): string =>
      `max(${EDGE_PX}px, min(${at}px, calc(${room} - ${size + EDGE_PX}px)))`
    element.style.left = inside(place.x, width, '100vw')
    element.style.top = inside(place.y, height, '100dvh')
    element.querySelector<HTMLElement>('[data-item]')?.focus()
  }, [])

  // At once, not after the next picture: who is quick closes the menu before that, and the focus would be lost.
  useLayoutEffect(() => {
    // Not left to the browser: some end the menu with the same click of the other button that opened it.
    const elsewhere = (event: Event): void => {
      if (event.target instanceof Node && box.current?.contains(event.target) !== true) onClose()
    }
    document.addEventListener('pointerdown', elsewhere, true)
    return () => {
      document.removeEventListener('pointerdown', elsewhere, true)
      giveBack(before.current)
    }
  }, [])

  return (
    <div
      ref={box}
      class="menu"
      role="menu"
      aria-label={label}
      popover="manual"
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Tab') event.preventDefault()
        if (event.key === 'Escape' || event.key === 'Tab') onClose()
        else moveFocus(event, event.currentTarget)
      }}
    >
      {items.map(({ label: words, icon, run, grave = false }) => (
        <button
          key={words}
          type="button"
          role="menuitem"
          data-item
          tabIndex={-1}
          class={grave ? 'dangerous' : undefined}
          onClick={() => {
            onClose()
            giveBack(before.current)
            run()
          }}
        >
          <Icon name={icon} />
          {words}
        </button>
      ))}
    </div>
  )
}

function giveBack(element: Element | null): void {
  const active = document.activeElement
  if (active !== null && active !== document.body && active.closest('.menu') === null) return
  if (element instanceof HTMLElement && element.isConnected) element.focus()
}

/** Beside a button, or where the pointer was. */
export function placeOf(event: MouseEvent | KeyboardEvent): Place {
  if ('clientX' in event && (event.clientX !== 0 || event.clientY !== 0))
    return { x: event.clientX, y: event.clientY }
  const target = event.currentTarget as Element
  const { left, bottom } = target.getBoundingClientRect()
  return { x: left, y: bottom + 4 }
}
