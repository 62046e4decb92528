/** Light or dark: as the system has it, unless somebody chose here. The choice outlives the page. */
import { type ReadonlySignal, signal } from '@preact/signals'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const KEY = 'tether theme'

/** What a page needs of `localStorage`; where there is none, a choice lasts as long as the page. */
export type ThemeStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

export interface ThemeChoice {
  readonly theme: ReadonlySignal<Theme>
  /** Somebody around this page has chosen, and this page has no choice of its own (follow). */
  readonly isFollowing: ReadonlySignal<boolean>
  choose(theme: Theme): void
  /** Shows what is chosen around this page. It is not kept. */
  follow(theme: Theme): void
}

/** Reads the kept choice and shows it on `root`, the root element. Call it before anything is drawn. */
export function openTheme(root: Pick<HTMLElement, 'dataset'>, store: ThemeStore | null): ThemeChoice {
  const theme = signal<Theme>(themes.find((each) => each === tried(() => store?.getItem(KEY))) ?? 'system')
  const isFollowing = signal(false)
  show()

  function show(): void {
    if (theme.value === 'system') delete root.dataset.theme
    else root.dataset.theme = theme.value
  }

  return {
    theme,
    isFollowing,
    follow(next) {
      isFollowing.value = true
      theme.value = next
      show()
    },
    choose(next) {
      theme.value = next
      show()
      tried(() => (next === 'system' ? store?.removeItem(KEY) : store?.setItem(KEY, next)))
    },
  }
}

/** A browser may forbid a page its storage. */
function tried<T>(use: () => T): T | null {
  try {
    return use()
  } catch {
    return null
  }
}
