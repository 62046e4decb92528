import fc from 'fast-check'
import t, { type Test } from 'tap'
import { foldText } from '../src/search-text.ts'
import { openPhoneStore } from '../src/store-sqlite.ts'
import type { MessageRow, PhoneStore } from '../src/store.ts'
import { CHAT, message } from './store-contract.ts'
import { TestClock } from './test-clock.ts'

const OTHER = '15550003333@s.whatsapp.net'

function storeWith(t: Test, texts: readonly string[], chat = CHAT): PhoneStore {
  const store = openPhoneStore(':memory:', { clock: new TestClock() })
  t.teardown(() => store.close())
  store.transaction(() => {
    for (const [at, text] of texts.entries()) store.messages.add(message(`m${at}`, { text, chat }))
  })
  return store
}
const found = (store: PhoneStore, text: string, chat?: string): string[] =>
  store.messages
    .search({ text, chats: chat === undefined ? null : [chat], count: 99, skip: 0 })
    .map((row: MessageRow) => row.text)

t.test('it finds a text of any length anywhere in a word', async (t) => {
  const store = storeWith(t, ['Marmalade', 'ma', 'mal', 'x', 'the 東京 tower', 'ALARM'])
  t.strictSame(found(store, 'rmala'), ['Marmalade'])
  t.strictSame(found(store, 'mal'), ['mal', 'Marmalade'])
  t.strictSame(found(store, 'ma'), ['mal', 'ma', 'Marmalade'])
  t.strictSame(found(store, 'X'), ['x'])
  t.strictSame(found(store, '東京'), ['the 東京 tower'])
  t.strictSame(found(store, 'larm'), ['ALARM'])
})

t.test('it takes no text for it that only has all its parts', async (t) => {
  const store = storeWith(t, ['abcd bcde', 'abcde'])
  t.strictSame(found(store, 'abcde'), ['abcde'])
})

t.test('it takes every character as itself', async (t) => {
  const texts = [
    'say "hi" AND go',
    'a*b',
    '100% of_it',
    "it's",
    '(x) OR NOT y',
    'nul\0char',
    '-minus',
    '^start',
  ]
  const store = storeWith(t, texts)
  for (const text of texts) {
    t.strictSame(found(store, text), [text])
    t.strictSame(found(store, text, CHAT), [text])
  }
  t.strictSame(found(store, '" OR "'), [])
})

t.test('it finds in one chat what is rare, and what is in every message of the others', async (t) => {
  const store = storeWith(
    t,
    Array.from({ length: 1_200 }, (_, at) => `often ${at}`),
    OTHER,
  )
  for (const text of ['often, once', 'rarely', 'nothing']) store.messages.add(message(text, { text }))
  t.strictSame(found(store, 'often', CHAT), ['often, once'])
  t.strictSame(found(store, 'rarely', CHAT), ['rarely'])
  t.strictSame(found(store, 'rarely', OTHER), [])
  t.equal(store.messages.search({ text: 'often', chats: [OTHER], count: 9, skip: 1_195 }).length, 5)
})

t.test('it forgets a text with its message, and knows what was put in its place', async (t) => {
  const store = storeWith(t, ['first word', 'second word', 'third word'])
  const key = (at: number) => message(`m${at}`)
  store.messages.change(key(0), { text: 'replaced' })
  t.strictSame(found(store, 'first'), [])
  t.strictSame(found(store, 'repla'), ['replaced'])
  store.messages.change(key(0), { text: '' })
  t.strictSame(found(store, 'repla'), [])
  store.messages.change(key(0), { text: 'back again' })
  t.strictSame(found(store, 'again'), ['back again'])
  store.messages.remove(key(1))
  t.strictSame(found(store, 'word'), ['third word'])
  store.messages.putAllAway(CHAT, false)
  t.strictSame(found(store, 'word'), [])
  store.messages.add(message('new', { text: 'a new word' }))
  t.strictSame(found(store, 'word'), ['a new word'])
})

t.test('it never shows what is hidden, whatever its text becomes', async (t) => {
  const store = storeWith(t, [])
  store.messages.add(message('h', { text: 'hidden word', hidden: true }))
  store.messages.change(message('h'), { text: 'other word' })
  t.strictSame(found(store, 'word'), [])
})

t.test('it loses the texts of a transaction that is undone', async (t) => {
  const store = storeWith(t, ['kept word'])
  t.throws(() =>
    store.transaction(() => {
      store.messages.add(message('lost', { text: 'lost word' }))
      store.messages.putAllAway(CHAT, false)
      throw new Error('undo')
    }),
  )
  t.strictSame(found(store, 'word'), ['kept word'])
})

t.test('it finds exactly what looking at every text would find, newest first', async (t) => {
  const piece = fc.constantFrom('a', 'b', 'Ä', 'ä', 'ß', 'Σ', 'ς', '東', '👍', ' ', '"', '\0', 'ab', 'ba')
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))
  const searched = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(fc.array(text, { maxLength: 30 }), searched, (texts, wanted) => {
      const store = storeWith(t, texts)
      const expected = texts.filter((each) => foldText(each).includes(foldText(wanted))).reverse()
      t.strictSame(found(store, wanted), expected)
      t.strictSame(found(store, wanted, CHAT), expected)
    }),
    { numRuns: 60 },
  )
})
