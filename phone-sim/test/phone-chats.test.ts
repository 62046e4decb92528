import t, { type Test } from 'tap'
import type { Node } from 'proto/node'
import type { BrowserDouble } from './browser-double.ts'
import { choir } from './group-world.ts'
import { ALICE, BOB, jid, PhoneWorld, textsOf } from './phone-world.ts'
import { until } from './test-clock.ts'

const NOW_S = 1_600_000_000

async function stage(t: Test) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  for (const text of ['one', 'two', 'three']) await bob.sendText(ALICE, text)
  await until(() => textsOf(alice, BOB).length === 3, 'three texts')
  return { world, alice, bob, browsers: [await world.linked(alice), await world.linked(alice)] }
}

/** What a browser was told of chats: the child of each action, with the ids of its items. */
function told(browser: BrowserDouble): Record<string, unknown>[] {
  return browser.arrived.flatMap(({ node }) =>
    node?.tag === 'action' && Array.isArray(node.content)
      ? node.content.flatMap(({ tag, attrs, content }: Node) => {
          if (tag !== 'chat' && tag !== 'read') return []
          const { modify_tag: _, ...rest } = attrs
          const items = Array.isArray(content) ? content.map((item) => item.attrs) : null
          return { tag, ...rest, ...(items && { items }) }
        })
      : [],
  )
}

t.test('what the person does to a chat on the phone reaches every browser', async (t) => {
  const { alice, browsers } = await stage(t)
  const chat = jid(BOB)
  const { tidying } = alice
  t.match(await tidying.change(BOB, { archived: true }), { jid: chat, archived: true, pinned: false })
  t.match(await tidying.change(BOB, { archived: false, pinned: true }), { archived: false, pinned: true })
  t.match(await tidying.change(BOB, { mutedUntilMs: (NOW_S + 60) * 1000 }), {
    mutedUntilMs: (NOW_S + 60) * 1000,
  })
  t.match(await tidying.change(BOB, { mutedUntilMs: -1, pinned: false }), { mutedUntilMs: -1, pinned: false })
  t.match(await tidying.change(BOB, { mutedUntilMs: null }), { mutedUntilMs: null })
  const changes = [
    { tag: 'chat', jid: chat, type: 'archive' },
    { tag: 'chat', jid: chat, type: 'unarchive' },
    { tag: 'chat', jid: chat, type: 'pin', pin: String(NOW_S) },
    { tag: 'chat', jid: chat, type: 'mute', mute: String(NOW_S + 60) },
    { tag: 'chat', jid: chat, type: 'pin' },
    { tag: 'chat', jid: chat, type: 'mute', mute: '-1' },
    { tag: 'chat', jid: chat, type: 'mute' },
  ]
  for (const browser of browsers) {
    await until(() => told(browser).length === changes.length, 'all of it')
    t.strictSame(told(browser), changes)
  }
})

t.test(
  'reading a chat on the phone tells its writer and the browsers, marking it unread only these',
  async (t) => {
    const { alice, bob, browsers } = await stage(t)
    const chat = jid(BOB)
    t.match(await alice.tidying.change(BOB, { unread: true }), { unread: 3 }, 'it is unread already')
    t.match(await alice.tidying.change(BOB, { unread: false }), { unread: 0 })
    await until(() => bob.messages(jid(ALICE)).every(({ status }) => status === 'read'), 'blue ticks')
    t.match(await alice.tidying.change(BOB, { unread: true }), { unread: -1 })
    await alice.markRead(BOB)
    await alice.markRead(BOB)
    const changes = [
      { tag: 'read', jid: chat },
      { tag: 'read', jid: chat, type: 'false' },
      { tag: 'read', jid: chat },
    ]
    for (const browser of browsers) {
      await until(() => told(browser).length === changes.length, 'all of it')
      t.strictSame(told(browser), changes)
    }
  },
)

t.test('messages are starred and deleted on the phone, chats cleared and deleted', async (t) => {
  const { alice, bob, browsers } = await stage(t)
  const chat = jid(BOB)
  const [one, two] = alice.messages(chat)
  const { tidying } = alice
  await tidying.star(BOB, one, true)
  t.strictSame(alice.messages(chat).map(({ starred }) => starred), [true, false, false]) // prettier-ignore
  await tidying.deleteMessage(BOB, two)
  t.strictSame(textsOf(alice, BOB), ['one', 'three'])
  await tidying.clear(BOB, { keepStarred: true })
  t.strictSame(textsOf(alice, BOB), ['one'])
  await tidying.star(BOB, one, false)
  await tidying.clear(BOB)
  t.strictSame(textsOf(alice, BOB), [])
  t.equal(alice.chats().length, 1)
  await tidying.delete(BOB)
  t.strictSame(alice.chats(), [])
  t.equal(textsOf(bob, ALICE).length, 3, 'nothing is lost at the other side')
  const item = (id: string) => [{ index: id, owner: 'false' }]
  const changes = [
    { tag: 'chat', jid: chat, type: 'star', items: item(one.id) },
    { tag: 'chat', jid: chat, type: 'clear', items: item(two.id) },
    { tag: 'chat', jid: chat, type: 'clear' },
    { tag: 'chat', jid: chat, type: 'unstar', items: item(one.id) },
    { tag: 'chat', jid: chat, type: 'clear' },
    { tag: 'chat', jid: chat, type: 'delete' },
  ]
  for (const browser of browsers) {
    await until(() => told(browser).length === changes.length, 'all of it')
    t.strictSame(told(browser), changes)
  }
})

t.test('what is not there cannot be changed', async (t) => {
  const { alice } = await stage(t)
  const { tidying } = alice
  const unknown = { code: 'TETHER_ERR_NOT_FOUND' }
  const message = { id: 'none', fromMe: false }
  await t.rejects(tidying.change('15559999999', { pinned: true }), unknown)
  await t.rejects(tidying.delete('15559999999'), unknown)
  await t.rejects(tidying.clear('15559999999'), unknown)
  await t.rejects(tidying.star(BOB, message, true), unknown)
  await t.rejects(tidying.deleteMessage(BOB, message), unknown)
  await t.rejects(tidying.change('nobody', { pinned: true }), { code: 'TETHER_ERR_JID' })
  await t.rejects(tidying.change(BOB, { mutedUntilMs: -2 }), { code: 'TETHER_ERR_BODY' })
  await t.rejects(alice.removeContact('15559999999'), unknown)
})

t.test('somebody taken out of the address book goes by the name they gave', async (t) => {
  const { alice, browsers } = await stage(t)
  await alice.addContact({ number: BOB, name: 'Bobby' })
  t.equal(alice.chats()[0].name, 'Bobby')
  await alice.removeContact(BOB)
  t.equal(alice.chats()[0].name, 'Bob')
  t.strictSame(alice.contacts(), [])
  await t.rejects(alice.removeContact(BOB), { code: 'TETHER_ERR_NOT_FOUND' })
  const users = (browser: BrowserDouble) =>
    browser.arrived.flatMap(({ node }) =>
      node?.tag === 'action' && Array.isArray(node.content)
        ? node.content.filter(({ tag }) => tag === 'user').map(({ attrs }) => attrs)
        : [],
    )
  for (const browser of browsers) {
    await until(() => users(browser).length === 2, 'both')
    t.strictSame(users(browser).at(-1), { jid: jid(BOB), notify: 'Bob' }, 'without a name')
  }
})

t.test('a timer is set for a person by a message, for a group at the directory', async (t) => {
  const { alice, bob, group } = await choir(t)
  await alice.tidying.setTimer(BOB, 60)
  await until(() => bob.chats().some((chat) => chat.jid === jid(ALICE) && chat.timerSeconds === 60), 'at Bob')
  await alice.tidying.setTimer(group, 120)
  await until(() => bob.groups.find(group)?.ephemeral === 120, 'of the group')
  await t.rejects(alice.tidying.setTimer(BOB, -1), { code: 'TETHER_ERR_BODY' })
})
