/**
 * One tab stop for a list: arrows, Home and End move among its items, which carry `data-item`. Give the handler to the
 * list's `onKeyDown`.
 */
type Move = (at: number, count: number) => number

const vertical: ReadonlyMap<string, Move> = new Map([
  ['ArrowDown', (at, count) => Math.min(at + 1, count - 1)],
  ['ArrowUp', (at) => Math.max(at - 1, 0)],
  ['Home', () => 0],
  ['End', (_, count) => count - 1],
])

/** True when the key was one of these and the focus has moved, or could not. */
export function moveFocus(event: KeyboardEvent, list: HTMLElement): boolean {
  const move = vertical.get(event.key)
  if (move === undefined || event.altKey || event.ctrlKey || event.metaKey) return false
  const items = [...list.querySelectorAll<HTMLElement>('[data-item]')]
  const at = items.findIndex((item) => item.contains(document.activeElement))
  items[move(at, items.length)]?.focus()
  event.preventDefault()
  return true
}
