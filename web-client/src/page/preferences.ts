/** What a person has chosen for this browser alone; kept beside the keys, and told to nobody. */
import { type ReadonlySignal, signal } from '@preact/signals'
import type { ThemeStore } from 'look/theme'

export interface Preferences {
  /** Say on the desktop that something came. */
  readonly notify: boolean
  /** And do not say what. */
  readonly hideContent: boolean
}

export interface PreferenceStore {
  readonly now: ReadonlySignal<Preferences>
  change(changes: Partial<Preferences>): void
}

const KEY = 'tether preferences'
const first: Preferences = { notify: false, hideContent: false }

/** Reads what was kept; what cannot be read counts as never chosen. */
export function openPreferences(storage: ThemeStore | null): PreferenceStore {
  const now = signal<Preferences>({ ...first, ...kept(storage) })
  return {
    now,
    change(changes) {
      now.value = { ...now.value, ...changes }
      try {
        storage?.setItem(KEY, JSON.stringify(now.value))
      } catch {
        // a browser may forbid a page its storage: the choice then lasts as long as the page
      }
    },
  }
}

function kept(storage: ThemeStore | null): Partial<Preferences> {
  try {
    const value = JSON.parse(storage?.getItem(KEY) ?? '{}') as Readonly<Record<string, unknown>> | null
    const names = Object.keys(first) as readonly (keyof Preferences)[]
    return Object.fromEntries(
      names.flatMap((name) => (typeof value?.[name] === 'boolean' ? [[name, value[name]]] : [])),
    )
  } catch {
    return {}
  }
}
