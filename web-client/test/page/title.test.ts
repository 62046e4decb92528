import t from 'tap'
import type { Chat } from '../../src/chats.ts'
import { isMuted, titleOf } from '../../src/page/title.ts'

const NOW = 1_700_000_000_000
const chat = (facts: Partial<Chat>): Chat =>
  ({ unread: 0, archived: false, mutedUntil: null, ...facts }) as Chat

t.test('it counts chats with something unread, also by hand, and not the muted and archived', async (t) => {
  t.equal(titleOf([chat({})], NOW), 'Tether')
  t.equal(titleOf([chat({ unread: 5 }), chat({ unread: -1 }), chat({})], NOW), '(2) Tether')
  t.equal(titleOf([chat({ unread: 5, archived: true }), chat({ unread: 2, mutedUntil: -1 })], NOW), 'Tether')
})

t.test('a mute ends', async (t) => {
  t.equal(isMuted({ mutedUntil: null }, NOW), false)
  t.equal(isMuted({ mutedUntil: -1 }, NOW), true)
  t.equal(isMuted({ mutedUntil: NOW / 1000 + 1 }, NOW), true)
  t.equal(isMuted({ mutedUntil: NOW / 1000 - 1 }, NOW), false)
})
