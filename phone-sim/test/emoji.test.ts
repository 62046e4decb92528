import t from 'tap'
import { limit } from 'proto/limits'
import { emojiItems } from '../src/emoji.ts'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { message } from './store-contract.ts'
import { TestClock } from './test-clock.ts'

function itemsAfter(texts: readonly string[], change = { fromMe: true }) {
  const store = openPhoneStore(':memory:', { clock: new TestClock() })
  store.transaction(() =>
    texts.forEach((text, n) => store.messages.add(message(`m${n}`, { ...change, text }))),
  )
  const items = emojiItems(store).map(({ attrs }) => [attrs['code'], attrs['value']])
  store.close()
  return items
}

t.test('it counts whole emoji, families and flags included, most used first', async (t) => {
  t.strictSame(itemsAfter(['hi 😀', '😀👨‍👩‍👧', 'plain 7#*', '🇩🇪 👨‍👩‍👧 😀']), [
    ['😀', '3'],
    ['👨‍👩‍👧', '2'],
    ['🇩🇪', '1'],
  ])
})

t.test('it counts what the person wrote, not what came', async (t) => {
  t.strictSame(itemsAfter(['😀'], { fromMe: false }), [])
})

t.test('it keeps to its limits', async (t) => {
  const many = Array.from({ length: limit('EMOJI_ITEMS') + 1 }, (_, n) => String.fromCodePoint(0x1f400 + n))
  t.equal(itemsAfter(many).length, limit('EMOJI_ITEMS'))
  const old = ['😎', ...Array.from({ length: limit('EMOJI_MESSAGES') }, () => '😀')]
  t.strictSame(itemsAfter(old), [['😀', String(limit('EMOJI_MESSAGES'))]])
})
