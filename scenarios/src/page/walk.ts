/** Walks through states of the page and looks at each in both themes and two sizes. */
import type { Page } from 'playwright-core'
import type { PageState } from './states.ts'
import type { Stage } from './stage.ts'

export const views = [
  { name: 'wide-light', width: 1280, height: 800, theme: 'light' },
  { name: 'wide-dark', width: 1280, height: 800, theme: 'dark' },
  { name: 'narrow-light', width: 390, height: 844, theme: 'light' },
  { name: 'narrow-dark', width: 390, height: 844, theme: 'dark' },
] as const
export type PageView = (typeof views)[number]

/** Calls `look` for each state in each view, while it stands. */
export async function walk(
  stage: Stage,
  states: readonly PageState[],
  look: (page: Page, state: PageState, view: PageView) => Promise<void>,
): Promise<void> {
  const { page } = stage
  for (const state of states) {
    await page.setViewportSize(views[0])
    await state.cause(stage)
    await state.seen?.(stage)
    for (const view of views) {
      await page.setViewportSize(view)
      await page.emulateMedia({ colorScheme: view.theme, reducedMotion: 'reduce' })
      await look(page, state, view)
    }
    await page.setViewportSize(views[0])
    await state.after?.(stage)
  }
}
