/**
 * Binds @tanstack/virtual-core to Preact: of a long list only the rows near the window are in the page. Rows may have
 * any height; each is measured when it is there.
 */
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/virtual-core'
import type { RefObject } from 'preact'
import { useLayoutEffect, useReducer, useState } from 'preact/hooks'

export type Rows = Virtualizer<HTMLElement, HTMLElement>

type Options = Partial<VirtualizerOptions<HTMLElement, HTMLElement>> &
  Pick<VirtualizerOptions<HTMLElement, HTMLElement>, 'count' | 'estimateSize' | 'getItemKey'>

export function useRows(box: RefObject<HTMLElement>, options: Options): Rows {
  const [, again] = useReducer((n: number) => n + 1, 0)
  const whole = {
    getScrollElement: () => box.current,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    ...options,
    onChange: (rows: Rows, sync: boolean) => {
      again(0)
      options.onChange?.(rows, sync)
    },
  } as VirtualizerOptions<HTMLElement, HTMLElement>
  const [rows] = useState(() => new Virtualizer(whole))
  rows.setOptions(whole)
  useLayoutEffect(() => rows._didMount(), [])
  useLayoutEffect(() => rows._willUpdate())
  return rows
}

/** Room above and below the rows that are in the page. */
export function roomAround(rows: Rows): { readonly paddingTop: string; readonly paddingBottom: string } {
  const items = rows.getVirtualItems()
  const above = items[0]?.start ?? 0
  const below = rows.getTotalSize() - (items.at(-1)?.end ?? 0)
  return { paddingTop: `${above}px`, paddingBottom: `${Math.max(0, below)}px` }
}
