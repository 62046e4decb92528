import t from 'tap'
import { type Command, commandOf, shortcutSections } from '../../src/page/shortcuts.ts'

const key = (facts: Partial<KeyboardEvent>, tagName = 'BODY'): KeyboardEvent =>
  ({
    ...{ key: '', code: '', altKey: false, ctrlKey: false, metaKey: false },
    ...facts,
    target: { tagName },
  }) as unknown as KeyboardEvent

t.test('a bare key is a command only where nobody writes', async (t) => {
  t.equal(commandOf(key({ key: '/' })), 'search')
  t.equal(commandOf(key({ key: '/' }, 'TEXTAREA')), null)
  t.equal(commandOf(key({ key: '?' }, 'INPUT')), null)
  t.equal(commandOf(key({ key: '?', ctrlKey: true })), null)
})

t.test('with Alt it is one everywhere', async (t) => {
  t.equal(commandOf(key({ altKey: true, code: 'KeyK' }, 'TEXTAREA')), 'search')
  t.equal(commandOf(key({ altKey: true, ctrlKey: true, code: 'KeyK' })), null)
  t.equal(commandOf(key({ code: 'KeyK' })), null)
})

t.test('every command has a key, and no key has two', async (t) => {
  const rows = shortcutSections.flatMap((section) => section.rows)
  const commands: readonly Command[] = [
    'search',
    'newChat',
    'chatBefore',
    'chatAfter',
    'chatInfo',
    'attach',
    'settings',
    'starred',
    'shortcuts',
  ]
  for (const command of commands)
    t.ok(
      rows.some((row) => row.command === command),
      command,
    )
  const keys = rows.filter((row) => row.when).map((row) => row.keys)
  t.equal(new Set(keys).size, keys.length)
})
