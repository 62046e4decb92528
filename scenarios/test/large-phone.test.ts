/** A person who writes a lot: what a browser is told of it, and what passes through the server. */
import t, { type Test } from 'tap'
import { ALICE, createWorld, type World } from 'harness'
import {
  ABSENT_WORD,
  fillPhone,
  type HistorySize,
  largeHistory,
  RARE_TIMES,
  RARE_WORD,
} from 'harness/large-history'
import { limit } from 'proto/limits'
import type { Phone } from 'phone-sim/phone'
import { browsersOf } from '../src/browser.ts'
import { RawBrowser } from '../src/raw-browser.ts'
import { childrenOf, query } from '../src/raw-story.ts'

const LARGE: HistorySize = { messages: 10_000, chats: 500, contacts: 2_000 }
const SMALL: HistorySize = { ...LARGE, messages: 1_000 }

async function filled(
  t: Test,
  size: HistorySize,
): Promise<{ world: World; alice: Phone; partners: readonly string[] }> {
  const world = await createWorld({ phones: [ALICE] })
  t.teardown(() => world.stop())
  const alice = world.phone(ALICE.number)
  const history = largeHistory('story', size, world.clock.now())
  await world.finish(fillPhone(alice, history))
  return { world, alice, partners: history.partners }
}

/** Frames and bytes that the server sent to browsers so far. */
function passed(world: World): { frames: number; bytes: number; largest: number } {
  const sizes = world.trace
    .findAll({ party: 'server', kind: 'frame.out' })
    .filter(({ fields }) => 'connection' in fields)
    .map(({ fields }) => Number(fields['bytes']))
  return {
    frames: sizes.length,
    bytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
    largest: Math.max(...sizes),
  }
}

t.test(
  'a browser has all chats, any page and what is searched; the server passes on no more for it',
  async (t) => {
    const { world, alice, partners } = await filled(t, LARGE)
    const browsers = browsersOf(world)
    t.teardown(() => browsers.stop())
    const client = await browsers.pair('alice', alice)
    await world.until(() => client.chats().length === LARGE.chats)
    await world.until(() => client.contacts().length === LARGE.contacts)
    await world.pass(3_000)
    t.strictSame(
      client
        .chats()
        .map(({ jid, unread }) => [jid, unread])
        .sort(),
      alice
        .chats()
        .map(({ jid, unread }) => [jid, unread])
        .sort(),
    )
    t.ok(
      client.chats().every(({ newest }) => newest !== null),
      'each with its newest message',
    )
    const sync = passed(world)

    const jid = `${partners[0]}@s.whatsapp.net`
    while (client.chat(jid)!.hasOlder) await world.finish(client.loadOlder(jid, 100))
    t.strictSame(
      client.messages(jid).map(({ text }) => text),
      alice.messages(jid, LARGE.messages).map(({ text }) => text),
      'page by page to the beginning',
    )
    const found = await world.finish(client.search(RARE_WORD))
    t.equal(found.messages.length, RARE_TIMES)
    const seconds = found.messages.map((message) => message.seconds)
    t.strictSame(
      seconds,
      [...seconds].sort((a, b) => b - a),
      'newest first',
    )
    t.match(await world.finish(client.search(ABSENT_WORD)), { messages: [], last: true })

    const small = await filled(t, SMALL)
    const others = browsersOf(small.world)
    t.teardown(() => others.stop())
    await others.pair('alice', small.alice)
    await small.world.pass(3_000)
    const less = passed(small.world)
    t.ok(
      sync.frames - less.frames <= limit('SYNC_RECENT_CHATS'),
      `${sync.frames} frames, ${less.frames} for a tenth`,
    )
    t.ok(sync.bytes < 2 * less.bytes, `${sync.bytes} bytes, ${less.bytes} for a tenth of the history`)
    t.ok(sync.largest < limit('PHONE_FRAME_BYTES'))
  },
)

t.test(
  'a browser that is silent while the largest sync arrives gets all of it when the hold is over',
  async (t) => {
    const world = await createWorld({ phones: [ALICE] })
    t.teardown(() => world.stop())
    const alice = world.phone(ALICE.number)
    const long = 'й'.repeat(1_000)
    const numbers = Array.from({ length: 2_000 }, (_, at) => String(15_551_000_000 + at))
    const history = numbers
      .slice(0, 1_000)
      .map((other, at) => ({ with: other, fromMe: false, text: long, timestampMs: at + 1 }))
    await world.finish(
      (async () => {
        await alice.importContacts(
          numbers.map((number) => ({ number, name: `${number} ${'ж'.repeat(190)}` })),
        )
        await alice.importHistory(history)
      })(),
    )
    const browser = await RawBrowser.connect(world, 'silent')
    await browser.pair(alice)
    await world.pass(limit('HOLD_AFTER_CONN_MS') - 50)
    t.equal(browser.binaries.length, 0, 'all of it waits at the server')
    await world.pass(200)
    const bytes = browser.binaries.reduce((sum, frame) => sum + frame.bytes.length, 0)
    const most = 2 * limit('LIST_BYTES') + limit('SYNC_MESSAGE_BYTES')
    t.ok(bytes > 0.6 * most && bytes < 1.05 * most, `${bytes} bytes of ${most}`)
    const [contacts, chats] = browser.nodes.map(({ node }) => childrenOf(node).length)
    t.ok(contacts > 1_900, `${contacts} contacts`)
    t.equal(chats, 1_000)
    const answer = await browser.node(browser.sayNode(query('contacts')))
    t.equal(childrenOf(answer).length, contacts, 'and the contacts once more')
    t.strictSame(world.trace.findAll({ kind: 'drop' }), [], 'nothing was dropped anywhere')
    t.equal(browser.closed, null)
  },
)
