import t from 'tap'
import type { ThemeStore } from 'look/theme'
import { openPreferences } from '../../src/page/preferences.ts'

function newStore(text: string | null): ThemeStore & { text: string | null } {
  const store = {
    text,
    getItem: () => store.text,
    setItem: (_: string, value: string) => {
      store.text = value
    },
    removeItem: () => {
      store.text = null
    },
  }
  return store
}

t.test('it asks for nothing until somebody chooses, and remembers what was chosen', async (t) => {
  const store = newStore(null)
  const first = openPreferences(store)
  t.same(first.now.value, { notify: false, hideContent: false })
  first.change({ hideContent: true })
  t.same(openPreferences(store).now.value, { notify: false, hideContent: true })
})

t.test('what cannot be read, or is no choice, counts as never chosen', async (t) => {
  for (const text of ['{', 'null', '7', '{"notify":"yes","other":true}']) {
    t.same(openPreferences(newStore(text)).now.value, { notify: false, hideContent: false }, text)
  }
  t.same(openPreferences(null).now.value, { notify: false, hideContent: false })
})
