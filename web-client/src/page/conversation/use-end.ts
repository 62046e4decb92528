/** Keeps a scrolled box at its end for as long as nobody has scrolled away from it, whatever grows or shrinks. */
import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'

const NEAR_PX = 80

export interface End {
  /** The box has been scrolled, by whomever. */
  scrolled(): void
  /** Goes there and stays. */
  go(): void
}

export function useEnd(box: RefObject<HTMLElement>): End {
  const held = useRef(true)
  const last = useRef({ top: 0, height: 0, width: 0 })

  function stay(): void {
    const element = box.current
    if (held.current && element !== null) element.scrollTop = element.scrollHeight
  }

  useLayoutEffect(stay)
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const observer = new ResizeObserver(stay)
    observer.observe(element)
    for (const child of element.children) observer.observe(child, { box: 'border-box' })
    return () => observer.disconnect()
  }, [])

  return {
    scrolled() {
      const element = box.current
      if (element === null) return
      const { scrollTop: top, clientHeight: height, clientWidth: width, scrollHeight } = element
      const before = last.current
      last.current = { top, height, width }
      if (scrollHeight - top - height < NEAR_PX) held.current = true
      // Another size moves the position too, and is nobody's wish.
      else if (top < before.top && height === before.height && width === before.width) held.current = false
    },
    go() {
      held.current = true
      stay()
    },
  }
}
