import t from 'tap'
import { openTheme, type ThemeStore } from '../src/theme.ts'

function world(kept: string | null): {
  root: { dataset: DOMStringMap }
  store: ThemeStore
  kept: () => string | null
} {
  let value = kept
  return {
    root: { dataset: {} },
    store: { getItem: () => value, setItem: (_, text) => (value = text), removeItem: () => (value = null) },
    kept: () => value,
  }
}

t.test('it follows the system until somebody chooses', (t) => {
  const { root, store, kept } = world(null)
  const choice = openTheme(root, store)
  t.equal(choice.theme.value, 'system')
  t.equal(root.dataset.theme, undefined)
  choice.choose('dark')
  t.equal(root.dataset.theme, 'dark')
  t.equal(kept(), 'dark')
  choice.choose('system')
  t.equal(root.dataset.theme, undefined)
  t.equal(kept(), null)
  t.end()
})

t.test('it shows what was chosen before, and takes an unknown word for no choice', (t) => {
  t.equal(openTheme({ dataset: {} }, world('light').store).theme.value, 'light')
  t.equal(openTheme({ dataset: {} }, world('sepia').store).theme.value, 'system')
  t.end()
})

t.test('it works where the browser keeps nothing', (t) => {
  const refused = (): never => {
    throw new Error('no storage here')
  }
  const root: { dataset: DOMStringMap } = { dataset: {} }
  const choice = openTheme(root, { getItem: refused, setItem: refused, removeItem: refused })
  choice.choose('dark')
  t.equal(root.dataset.theme, 'dark')
  openTheme(root, null).choose('light')
  t.equal(root.dataset.theme, 'light')
  t.end()
})

t.test('it follows a page around it without forgetting what was chosen here', (t) => {
  const { store, kept } = world('light')
  const root: { dataset: DOMStringMap } = { dataset: {} }
  const choice = openTheme(root, store)
  t.equal(choice.isFollowing.value, false)
  choice.follow('dark')
  t.strictSame([choice.isFollowing.value, choice.theme.value, root.dataset.theme], [true, 'dark', 'dark'])
  t.equal(kept(), 'light')
  choice.follow('system')
  t.equal(root.dataset.theme, undefined)
  t.end()
})
