import t, { type Test } from 'tap'
import { contentMessage, disappearing, timerContent } from 'proto/contents'
import { STATUS_JID } from 'proto/jid'
import { limit } from 'proto/limits'
import { textMessage } from 'proto/web-message'
import { Chats } from '../src/chats.ts'
import { Expiry } from '../src/expiry.ts'
import { PhoneEvents } from '../src/phone-events.ts'
import type { Pushes } from '../src/pushes.ts'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { ALICE, BOB, jid } from './phone-world.ts'
import { TestClock } from './test-clock.ts'

const DAY_MS = 86_400_000

function stage(t: Test) {
  const clock = new TestClock()
  const store = openPhoneStore(':memory:', { clock })
  t.teardown(() => store.close())
  const told: [string, string[]][] = []
  const pushes = {
    chat: (_chat: unknown, type: string, items: { attrs: { index: string } }[]) =>
      told.push([type, items.map(({ attrs }) => attrs.index)]),
  } as unknown as Pushes
  const inQueue = (task: () => Promise<void>) => void task()
  const chats: Chats = new Chats(store, clock, new PhoneEvents(clock), jid(ALICE), () => expiry.arm())
  const expiry: Expiry = new Expiry({ store, chats, pushes, clock, inQueue })
  const add = (id: string, seconds: number) => {
    const timestampS = Math.floor(clock.now() / 1000)
    const content = disappearing({ conversation: id }, { seconds, setAt: 1 })
    const info = contentMessage({ remoteJid: jid(BOB), fromMe: false, id, timestampS, content })
    store.transaction(() => chats.add({ info, status: 0, seen: true, at: clock.now() }))
  }
  const ids = () => store.messages.before(jid(BOB), null, 9).map(({ id }) => id)
  return { clock, store, chats, expiry, told, add, ids }
}

t.test(
  'a message is deleted when its time is over, not a moment before, and browsers are told',
  async (t) => {
    const { clock, told, add, ids } = stage(t)
    add('late', 120)
    add('early', 60)
    await clock.advance(59_999)
    t.strictSame(ids(), ['late', 'early'])
    await clock.advance(1)
    t.strictSame(ids(), ['late'])
    t.strictSame(told, [['clear', ['early']]])
    await clock.advance(60_000)
    t.strictSame(ids(), [])
    t.strictSame(told.at(-1), ['clear', ['late']])
  },
)

t.test('a story is there for STORY_LIFE_MS and no longer', async (t) => {
  const { clock, store, chats } = stage(t)
  const timestampS = clock.now() / 1000
  const story = { remoteJid: STATUS_JID, fromMe: false, id: 'S', timestampS, participant: jid(BOB) }
  const info = textMessage({ ...story, text: 'market day' })
  store.transaction(() => chats.add({ info, status: 0, seen: true, at: clock.now() }))
  const stories = () => store.messages.before(STATUS_JID, null, 9).length
  await clock.advance(limit('STORY_LIFE_MS') - 1)
  t.equal(stories(), 1)
  await clock.advance(1)
  t.equal(stories(), 0)
})

t.test('what ran out while the phone was off goes at its start', async (t) => {
  const { clock, store, chats, expiry, told, add, ids } = stage(t)
  add('day', 86_400)
  expiry.stop()
  await clock.advance(2 * DAY_MS)
  t.strictSame(ids(), ['day'], 'a stopped phone does nothing')
  const pushes = { chat: () => told.push(['again', []]) } as unknown as Pushes
  const inQueue = (task: () => Promise<void>) => void task()
  new Expiry({ store, chats, pushes, clock, inQueue }).arm()
  await clock.advance(0)
  t.strictSame(ids(), [])
  t.strictSame(told, [['again', []]])
})

t.test('a month is waited for in parts', async (t) => {
  const { clock, add, ids } = stage(t)
  add('month', 30 * 86_400)
  for (let day = 1; day < 30; day++) await clock.advance(DAY_MS)
  t.strictSame(ids(), ['month'])
  await clock.advance(DAY_MS)
  t.strictSame(ids(), [])
})

t.test('a message that switches the timer changes its chat', async (t) => {
  const { chats, store } = stage(t)
  const set = (id: string, seconds: number) => {
    const content = timerContent(seconds)
    const info = contentMessage({
      remoteJid: jid(BOB),
      fromMe: false,
      id,
      timestampS: 1_600_000_000,
      content,
    })
    store.transaction(() => chats.add({ info, status: 0, seen: true, at: 1_600_000_000_000 }))
  }
  set('on', 604_800)
  t.match(chats.findChat(jid(BOB)), { timerS: 604_800, timerSetS: 1_600_000_000 })
  set('off', 0)
  t.match(chats.findChat(jid(BOB)), { timerS: 0 })
})
