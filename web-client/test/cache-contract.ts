/** What every Cache must do, whatever it is made of. */
import type { Test } from 'tap'
import type { Cache } from '../src/cache.ts'
import type { KeptChat } from '../src/chats.ts'
import type { ChatMessage } from '../src/message.ts'
import { ALICE, BOB, CARLA } from './scripted-phone.ts'

export const facts = {
  ...{ name: null, seconds: 9, unread: 2, pinned: true, archived: false, mutedUntil: null },
  ...{ readOnly: false, timer: { seconds: 60, setAt: 5 }, hasOlder: true },
}
const message: ChatMessage = {
  ...{ jid: BOB, fromMe: true, id: 'A', author: null, kind: 'image', text: 'look', seconds: 9 },
  status: 'read',
  reached: new Map([[CARLA, 'read']]),
  media: {
    ...{ kind: 'image', url: 'http://x/y', mimetype: 'image/png', fileLength: 12 },
    ...{ mediaKey: Uint8Array.of(1, 2, 255), fileSha256: Uint8Array.of(3), fileEncSha256: Uint8Array.of(4) },
    sidecar: new Uint8Array(0),
  },
}
const bob: KeptChat = { jid: BOB, facts, messages: [message] }
const carla: KeptChat = { jid: CARLA, facts: { ...facts, name: 'C' }, messages: [] }
const contact = { jid: BOB, name: 'Bob', notify: null }
const draft = { text: 'half a', quote: message }

/** `again` opens what a reload finds. */
export async function cacheContract(t: Test, open: () => Promise<Cache>, again = open): Promise<void> {
  const cache = await open()
  t.equal(await cache.load(ALICE), null)
  await cache.write(ALICE, { chats: [bob, carla], contacts: [contact], drafts: new Map([[BOB, draft]]) })
  const sync = { syncedAt: 5, paused: true }
  await cache.write(ALICE, { sync })

  const later = await again()
  const kept = await later.load(ALICE)
  t.same(
    [...kept!.chats].sort((a, b) => a.jid.localeCompare(b.jid)),
    [bob, carla],
  )
  const [known] = kept!.chats.find(({ jid }) => jid === BOB)!.messages
  t.ok(known.media?.mediaKey instanceof Uint8Array && known.reached instanceof Map)
  t.same(kept!.contacts, [contact])
  t.same(kept!.drafts, new Map([[BOB, draft]]))
  t.same(kept!.sync, sync)
  t.equal(await later.load(BOB), null, 'of another login nothing is told')

  await later.write(ALICE, {
    chats: [{ ...bob, messages: [] }],
    gone: [CARLA, BOB],
    drafts: new Map([[BOB, null]]),
  })
  const changed = await later.load(ALICE)
  t.same(changed!.chats, [{ ...bob, messages: [] }], 'what is gone and there again stays')
  t.equal(changed!.drafts.size, 0)
  t.same([changed!.contacts, changed!.sync], [[contact], sync], 'what was not named stays')

  await later.write(CARLA, { contacts: [] })
  t.equal(await later.load(ALICE), null)
  t.match(await later.load(CARLA), { chats: [], contacts: [], sync: { syncedAt: null, paused: false } })
  await later.clear()
  await later.clear()
  t.equal(await later.load(CARLA), null)
  t.equal(await (await again()).load(ALICE), null)
}
