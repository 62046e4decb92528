import t from 'tap'
import { ALICE, createWorld } from '../src/index.ts'
import {
  ABSENT_WORD,
  COMMON_WORD,
  fillPhone,
  type HistorySize,
  largeHistory,
  RARE_TIMES,
  RARE_WORD,
} from '../src/large-history.ts'

const END_MS = 1_559_390_400_000
const SIZE: HistorySize = { messages: 3_000, chats: 60, contacts: 90 }

t.test('the same seed gives the same past, another seed another', async (t) => {
  const [first, again, other] = ['a', 'a', 'b'].map((seed) => largeHistory(seed, SIZE, END_MS))
  t.strictSame([...first.messages()], [...again.messages()])
  t.strictSame([...first.messages()], [...first.messages()], 'anew at each call')
  t.not([...first.messages()][9].text, [...other.messages()][9].text)
})

t.test('it has the size that was asked for, in the order of its times, before its end', async (t) => {
  const { contacts, partners, messages, chats } = largeHistory('size', SIZE, END_MS)
  const rows = [...messages()]
  t.equal(rows.length, SIZE.messages)
  t.equal(contacts.length, SIZE.contacts)
  t.equal(new Set(rows.map((row) => row.with)).size, SIZE.chats)
  t.equal(new Set(rows.map(({ id }) => id)).size, rows.length)
  t.ok(rows.every(({ timestampMs }, at) => at === 0 || timestampMs >= rows[at - 1].timestampMs))
  t.ok(rows.at(-1)!.timestampMs <= END_MS)
  const inLargest = rows.filter((row) => row.with === partners[0]).length
  t.ok(inLargest > (3 * rows.length) / SIZE.chats, `${inLargest} in the largest chat`)
  t.ok(chats.some(({ archived }) => archived) && chats.some(({ pinnedS }) => pinnedS))
  t.ok(rows.some(({ seen }) => !seen) && rows.some(({ starred }) => starred))
})

t.test('it knows how often its marked words occur', async (t) => {
  const texts = [...largeHistory('words', SIZE, END_MS).messages()].map(({ text }) => text.toLowerCase())
  const times = (word: string): number => texts.filter((text) => text.includes(word)).length
  t.equal(times(RARE_WORD), RARE_TIMES)
  t.ok(times(COMMON_WORD) > texts.length / 4)
  t.equal(times(ABSENT_WORD), 0)
})

t.test('it fills a phone the way any past does', async (t) => {
  const world = await createWorld({ phones: [ALICE], record: false })
  t.teardown(() => world.stop())
  const alice = world.phone(ALICE.number)
  const history = largeHistory('phone', SIZE, world.clock.now())
  await world.finish(fillPhone(alice, history))
  t.equal(alice.chats().length, SIZE.chats)
  const largest = [...history.messages()].filter((row) => row.with === history.partners[0])
  t.equal(alice.messages(history.partners[0], SIZE.messages).length, largest.length)
})
