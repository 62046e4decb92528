/**
 * The initial sync (spec 9.1, 18.2), sent whenever a browser opens: contacts, chats, the newest message of each chat,
 * then older ones chat by chat. The order is law for Baileys 3.5.3: a message of an unknown chat, or a `before`
 * without its `last`, is lost there.
 */
import { utf8 } from 'proto/bytes'
import { sha256 } from 'proto/crypto-node'
import { limit } from 'proto/limits'
import type { Node } from 'proto/node'
import type { Browser, Browsers } from './browsers.ts'
import type { Chats } from './chats.ts'
import { chatNode, contactNode, fitting, messageNode, response } from './lists.ts'
import type { DeviceView } from './phone-views.ts'
import { action, batteryNode } from './pushes.ts'
import type { PhoneStore } from './store.ts'

const UNASKED = 'preempt-'

export interface SyncSource {
  readonly store: PhoneStore
  readonly chats: Chats
  readonly device: () => DeviceView
}

/** Sends everything at once; nothing that arrives later is in it, and nothing in it is relayed again (spec 11.2). */
export function sendInitialSync(browsers: Browsers, browser: Browser, source: SyncSource): void {
  browsers.sendNode(browser, contactList(source), UNASKED)
  browsers.sendNode(browser, chatList(source), UNASKED)
  const last = newestOfEach(source)
  let left = last
  do {
    const part = fitting(left, 'first')
    left = left.slice(part.length)
    browsers.sendNode(browser, batch('last', part.map(messageNode)))
  } while (left.length > 0)
  const recent = last.slice(-limit('SYNC_RECENT_CHATS')).reverse()
  const batches = recent
    .map((row) =>
      fitting(source.store.messages.before(row.chat, row.position, limit('SYNC_BEFORE_MESSAGES'))),
    )
    .filter((rows) => rows.length > 0)
  for (const rows of batches.slice(0, -1)) browsers.sendNode(browser, batch('before', rows.map(messageNode)))
  const final = batches.at(-1) ?? []
  browsers.sendNode(browser, batch('before', final.map(messageNode), { last: 'true' }))
  browsers.sendNode(browser, action(batteryNode(source.device())))
}

export function contactList({ chats }: Pick<SyncSource, 'chats'>): Node {
  const users = chats.contacts().map(contactNode)
  const checksum = Buffer.from(sha256(utf8(JSON.stringify(users)))).toString('hex', 0, 8)
  return response('contacts', users, { checksum })
}

export function chatList({ chats }: Pick<SyncSource, 'chats'>): Node {
  return response(
    'chat',
    chats.chats().map((chat) => chatNode(chat)),
  )
}

/** The newest message of each chat, oldest chat first. */
function newestOfEach({ chats, store }: SyncSource) {
  return chats
    .chats()
    .flatMap((chat) => store.messages.newest(chat.jid) ?? [])
    .reverse()
}

function batch(add: 'last' | 'before', content: Node[], attrs: Record<string, string> = {}): Node {
  return { tag: 'action', attrs: { add, ...attrs }, content }
}
