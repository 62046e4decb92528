/** Changes made in a browser: `action` type=set with one child (spec 11.4, 14). Applied to the phone's own store. */
import { STATUS_JID } from 'proto/jid'
import { findChatJid } from './addresses.ts'
import { type ActionHandler, status } from './browser-answer.ts'
import { group } from './browser-groups.ts'
import { about, block, name, picture } from './browser-profile.ts'
import { changeChat, isChangeType } from './chat-changes.ts'
import { presenceTo } from './presences.ts'
import { authorOf } from './receipts.ts'
import type { MessageRow, MessageRows } from './store.ts'

const OK = status(200)
const presences = ['available', 'unavailable', 'composing', 'recording', 'paused'] as const

const presence: ActionHandler = ({ attrs }, { browser }, { uplink }) => {
  const state = presences.find((known) => known === attrs['type'])
  if (!state) return status(400)
  const typing = state !== 'available' && state !== 'unavailable'
  const to = typing ? findChatJid(attrs['to']) : null // one client names a chat with its own presence, too
  if (typing && to === null) return status(404)
  uplink.send({ type: 'presence', state, by: browser.connection, ...(to && { to: presenceTo(to) }) })
  return OK
}

/**
 * Read up to the index message; a negative count marks unread (spec 11.4). Stories are in no list of chats: they are
 * seen one person at a time, and no client could show that they are not.
 */
const read: ActionHandler = ({ attrs }, { browser }, { store, chats, receipts, pushes }) => {
  const jid = findChatJid(attrs['jid'])
  const isUnread = Number(attrs['count']) < 0
  const isStory = jid === STATUS_JID && !isUnread
  if (jid === null || (!isStory && chats.findChat(jid) === null)) return status(404)
  if (isUnread) {
    store.transaction(() => {
      chats.changeChat(jid, { unread: -1 })
      pushes.read(jid, true, browser)
    })
    return OK
  }
  const upTo = attrs['index']
    ? findEither(store.messages, jid, attrs['owner'] === 'true', attrs['index'])
    : null
  if (attrs['index'] && upTo === null) return status(404)
  store.transaction(() => {
    const rows = chats.markSeen(jid, upTo)
    receipts.read(rows)
    if (!isStory) pushes.read(jid, false, browser)
  })
  return OK
}

const played: ActionHandler = ({ attrs }, _request, { store, chats, receipts }) => {
  const jid = findChatJid(attrs['from'])
  const row = jid && chats.find({ chat: jid, fromMe: false, id: attrs['index'] ?? '' })
  if (!row) return status(404)
  store.transaction(() => receipts.send(authorOf(row), row.chat, [row.id], 'played'))
  return OK
}

const chat: ActionHandler = ({ attrs, content }, { browser }, parts) => {
  const jid = findChatJid(attrs['jid'])
  const type = attrs['type'] ?? ''
  if (!isChangeType(type)) return status(400)
  if (jid === null || parts.chats.findChat(jid) === null) return status(404)
  const items = (Array.isArray(content) ? content : []).map(({ attrs: item }) => ({
    chat: jid,
    fromMe: item['owner'] === 'true',
    id: item['index'] ?? '',
  }))
  const times = { pinnedS: seconds(attrs['pin']), mutedUntilS: seconds(attrs['mute']) }
  changeChat(parts, jid, type, { ...times, keepStarred: attrs['star'] === 'true', items }, browser)
  return OK
}

/** Handlers by the tag of the child. */
export const actions: Readonly<Record<string, ActionHandler>> = {
  presence,
  read,
  received: played,
  chat,
  status: about,
  profile: name,
  block,
  picture,
  group,
}

/** Presence is no change of anything that the phone keeps. */
export const harmless: ReadonlySet<string> = new Set(['presence'])

// One client always says that the message is not its own (spec 11.4).
function findEither(messages: MessageRows, jid: string, fromMe: boolean, id: string): MessageRow | null {
  return messages.find({ chat: jid, fromMe, id }) ?? messages.find({ chat: jid, fromMe: !fromMe, id })
}

function seconds(text: string | undefined): number {
  const value = Math.trunc(Number(text ?? '0'))
  return Number.isSafeInteger(value) ? value : 0
}
