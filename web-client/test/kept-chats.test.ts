import t from 'tap'
import { limit } from 'proto/limits'
import { type Cache, type CacheChanges, memoryCache, type SyncFacts } from '../src/cache.ts'
import { Chats } from '../src/chats.ts'
import { Drafts } from '../src/drafts.ts'
import { KeptChats } from '../src/kept-chats.ts'
import type { ChatMessage } from '../src/message.ts'
import { CACHE_WRITE_MS } from '../src/timing.ts'
import { ALICE, BOB, CARLA } from './scripted-phone.ts'
import { VirtualClock } from './virtual-clock.ts'

const message = (id: string, more: Partial<ChatMessage> = {}): ChatMessage => ({
  ...{ jid: BOB, id, fromMe: false, author: null, kind: 'text', text: id, seconds: 10, status: null },
  ...more,
})

function newKept(cache: Cache = memoryCache()) {
  const clock = new VirtualClock()
  const writes: CacheChanges[] = []
  const failed: string[] = []
  const torn = new Set<string>()
  let sync: SyncFacts = { syncedAt: null, paused: false }
  const chats: Chats = new Chats(() => kept.touch())
  const drafts: Drafts = new Drafts(({ jid }) => kept.touchDraft(jid))
  const kept: KeptChats = new KeptChats({
    ...{ clock, chats, drafts },
    cache: {
      ...cache,
      write: (owner, changes) => (writes.push(changes), cache.write(owner, changes)),
    },
    isWhole: (jid) => !torn.has(jid),
    sync: () => sync,
    failed: (code) => failed.push(code),
  })
  const setSync = (next: SyncFacts) => ((sync = next), kept.touch())
  return { clock, cache, chats, drafts, kept, writes, failed, torn, setSync }
}

t.test('writes what has changed some time later, all of it together, and nothing else', async (t) => {
  const { clock, cache, chats, drafts, kept, writes } = newKept()
  chats.addNewer(CARLA, [message('before', { jid: CARLA })], false)
  await clock.run(5_000)
  t.equal(writes.length, 0, 'nobody is logged in')
  kept.use(ALICE)
  for (let n = 0; n < 500; n++) chats.addNewer(`1555100${n}@s.whatsapp.net`, [message('a')], true)
  chats.putContacts([{ jid: BOB, name: 'Bob' }], true)
  drafts.put(BOB, { text: 'half', quote: null })
  await clock.run(CACHE_WRITE_MS - 1)
  t.equal(writes.length, 0)
  await clock.run(1)
  t.equal(writes.length, 1)
  t.equal(writes[0].chats?.length, 501)
  t.match(writes[0], { contacts: [{ jid: BOB }], drafts: new Map([[BOB, { text: 'half' }]]) })
  chats.putContacts([{ jid: BOB, name: 'Bob' }], true)
  chats.addNewer(CARLA, [message('before', { jid: CARLA })], false)
  chats.change(BOB, { typing: 'composing' })
  await clock.run(5_000)
  t.equal(writes.length, 1, 'the same once more is no change, nor is typing')
  chats.remove(CARLA)
  await clock.run(5_000)
  t.same(writes[1], { gone: [CARLA] })
  t.equal((await cache.load(ALICE))?.chats.length, 500)
})

t.test('keeps the newest messages of a chat, up to the limit, and none that waits here', async (t) => {
  const { chats, kept, writes } = newKept()
  kept.use(ALICE)
  const most = limit('CACHED_MESSAGES')
  const all = Array.from({ length: most }, (_, n) => message(`m${n}`, { seconds: n }))
  chats.addNewer(BOB, all, false)
  chats.change(BOB, { hasOlder: false })
  chats.addNewer(BOB, [message('mine', { fromMe: true, status: 'pending', seconds: 999 })], false)
  await kept.flush()
  t.equal(writes[0].chats?.[0].messages.length, most)
  t.equal(writes[0].chats?.[0].facts.hasOlder, false, 'it is whole')
  chats.addNewer(BOB, [message('one more', { seconds: 1_000 })], false)
  await kept.flush()
  const [row] = writes[1].chats!
  t.same([row.messages.length, row.messages[0].id, row.messages.at(-1)?.id], [most, 'm1', 'one more'])
  t.equal(row.facts.hasOlder, true, 'the first one is asked of the phone now')
})

t.test('writes a chat with a hole when it is whole again', async (t) => {
  const { clock, chats, kept, writes, torn } = newKept()
  kept.use(ALICE)
  torn.add(BOB)
  chats.addNewer(BOB, [message('a')], false)
  await clock.run(5_000)
  t.equal(writes.length, 0)
  torn.delete(BOB)
  chats.ready(CARLA)
  chats.ready(BOB)
  await clock.run(5_000)
  t.match(writes, [{ chats: [{ jid: BOB }] }])
})

t.test('shows what was kept, and what the window knows already stays', async (t) => {
  const first = newKept()
  first.kept.use(ALICE)
  first.chats.putContacts([{ jid: BOB, name: 'Bob' }], true)
  first.chats.addNewer(BOB, [message('a'), message('b', { seconds: 11 })], true)
  first.drafts.put(BOB, { text: 'half', quote: null })
  first.setSync({ syncedAt: 7, paused: true })
  await first.kept.flush()

  const { clock, chats, drafts, kept, writes } = newKept(first.cache)
  chats.addNewer(BOB, [message('waits', { fromMe: true, status: 'pending', seconds: 12 })], false)
  const loading = kept.load(ALICE)
  t.same(await loading, { syncedAt: 7, paused: true })
  t.match(chats.list(), [{ jid: BOB, name: 'Bob', unread: 2, hasOlder: true }])
  t.same(chats.messages(BOB).map(({ id }) => id), ['a', 'b', 'waits']) // prettier-ignore
  t.equal(drafts.find(BOB)?.text, 'half')
  await clock.run(5_000)
  t.notOk(
    writes.some(({ drafts: written }) => written),
    'what was kept is not written again',
  )
  t.match(
    await newKept(first.cache).kept.load(CARLA),
    { syncedAt: null },
    'of another login nothing is shown',
  )
})

t.test('forgets all when the login is over, whatever was about to be written', async (t) => {
  const { clock, cache, chats, drafts, kept } = newKept()
  kept.use(ALICE)
  chats.addNewer(BOB, [message('a')], false)
  void kept.flush()
  chats.addNewer(BOB, [message('b')], false)
  drafts.put(BOB, { text: 'half', quote: null })
  kept.use(null)
  await clock.run(5_000)
  t.equal(await cache.load(ALICE), null)
  t.equal(clock.waiting, 0)
})

t.test('a chat that is gone takes its draft along', async (t) => {
  const { clock, cache, chats, drafts, kept } = newKept()
  kept.use(ALICE)
  chats.addNewer(BOB, [message('a')], false)
  drafts.put(BOB, { text: 'half', quote: null })
  await clock.run(5_000)
  chats.putList([])
  await clock.run(5_000)
  const left = await cache.load(ALICE)
  t.same([left?.chats.length, left?.drafts.size, drafts.find(BOB)], [0, 0, null])
})

t.test('has each write with the cache at once, though an earlier one is not done', async (t) => {
  const cache = memoryCache()
  let done: () => void = () => undefined
  const { chats, kept, writes } = newKept({
    ...cache,
    write: async (owner, changes) => {
      await cache.write(owner, changes)
      await new Promise<void>((resolve) => (done = resolve)) // the disk takes its time
    },
  })
  kept.use(ALICE)
  chats.addNewer(BOB, [message('a')], false)
  void kept.flush()
  chats.addNewer(CARLA, [message('b', { jid: CARLA })], false)
  void kept.flush()
  t.match(writes, [{ chats: [{ jid: BOB }] }, { chats: [{ jid: CARLA }] }], 'the window may close now')
  done()
})

t.test('writes nothing while it is not known what was kept', async (t) => {
  const cache = memoryCache()
  let loaded: () => void = () => undefined
  const { clock, chats, kept, writes } = newKept({
    ...cache,
    load: async (owner) => {
      await new Promise<void>((resolve) => (loaded = resolve))
      return cache.load(owner)
    },
  })
  const loading = kept.load(ALICE)
  chats.addNewer(BOB, [message('a')], false)
  void kept.flush()
  t.equal(writes.length, 0)
  loaded()
  await loading
  await clock.run(CACHE_WRITE_MS)
  t.match(writes, [{ chats: [{ jid: BOB }] }])
})

t.test('goes on without a cache that fails, or without any', async (t) => {
  const broken = () => Promise.reject(new DOMException('no', 'QuotaExceededError'))
  const { clock, chats, kept, failed } = newKept({ load: broken, write: broken, clear: broken })
  t.match(await kept.load(ALICE), { syncedAt: null })
  chats.addNewer(BOB, [message('a')], false)
  await clock.run(5_000)
  kept.use(null)
  await clock.run(5_000)
  t.equal(failed.length, 3)
  const none = new KeptChats({
    ...{ clock, chats, drafts: new Drafts(() => {}), cache: null, failed: () => t.fail() },
    isWhole: () => true,
    sync: () => ({ syncedAt: null, paused: false }),
  })
  await none.load(ALICE)
  none.touch()
  await none.flush()
  none.use(null)
  t.equal(clock.waiting, 0)
})
