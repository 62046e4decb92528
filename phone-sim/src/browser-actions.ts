/** Changes made in a browser: `action` type=set with one child (spec 11.4, 14). Applied to the phone's own store. */
import { utf8Text } from 'proto/bytes'
import type { Node } from 'proto/node'
import { findPersonJid, numberOf } from './addresses.ts'
import { type Answer, type BrowserRequest, type RequestParts, status } from './browser-answer.ts'
import { blockedJids } from './pushes.ts'
import type { ChatRow, MessageKeyRow, MessageRow, MessageRows } from './store.ts'

/** Handles one child of the action. */
export type ActionHandler = (child: Node, request: BrowserRequest, parts: RequestParts) => Answer

const OK = status(200)
const presences = ['available', 'unavailable', 'composing', 'recording', 'paused'] as const

const presence: ActionHandler = ({ attrs }, _request, { uplink }) => {
  const state = presences.find((known) => known === attrs['type'])
  if (!state) return status(400)
  const typing = state !== 'available' && state !== 'unavailable'
  const to = typing ? findPersonJid(attrs['to']) : null
  if (typing && to === null) return status(404)
  uplink.send({ type: 'presence', state, ...(to && { to: numberOf(to) }) })
  return OK
}

/** Read up to the index message; a negative count marks unread (spec 11.4). */
const read: ActionHandler = ({ attrs }, { browser }, { store, chats, receipts, pushes }) => {
  const jid = findPersonJid(attrs['jid'])
  if (jid === null || chats.findChat(jid) === null) return status(404)
  if (Number(attrs['count']) < 0) {
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
    receipts.read(jid, rows)
    pushes.read(jid, false, browser)
  })
  return OK
}

const played: ActionHandler = ({ attrs }, _request, { store, chats, receipts }) => {
  const jid = findPersonJid(attrs['from'])
  const row = jid && chats.find({ chat: jid, fromMe: false, id: attrs['index'] ?? '' })
  if (!row) return status(404)
  store.transaction(() => receipts.send(row.chat, [row.id], 'played'))
  return OK
}

type ChatChange = (
  jid: string,
  attrs: Node['attrs'],
  items: MessageKeyRow[],
  parts: RequestParts,
) => ChatRow | null

// prettier-ignore
const chatChanges: Readonly<Record<string, ChatChange>> = {
  archive:   (jid, _attrs, _items, { chats }) => chats.changeChat(jid, { archived: true }),
  unarchive: (jid, _attrs, _items, { chats }) => chats.changeChat(jid, { archived: false }),
  pin:       (jid, attrs, _items, { chats }) => chats.changeChat(jid, { pinnedS: seconds(attrs['pin']) }),
  mute:      (jid, attrs, _items, { chats }) => chats.changeChat(jid, { mutedUntilS: seconds(attrs['mute']) }),
  spam:      (jid, _attrs, _items, { chats }) => chats.changeChat(jid, {}),
  delete:    (jid, _attrs, _items, { chats }) => (chats.removeChat(jid), null),
  clear:     (jid, attrs, items, { chats }) => {
    for (const item of items) chats.remove(item)
    if (items.length === 0) chats.clearChat(jid, attrs['star'] === 'true')
    return chats.findChat(jid)
  },
  star:      (jid, _attrs, items, { chats }) => (items.forEach((item) => chats.star(item, true)), chats.findChat(jid)),
  unstar:    (jid, _attrs, items, { chats }) => (items.forEach((item) => chats.star(item, false)), chats.findChat(jid)),
}

const chat: ActionHandler = ({ attrs, content }, { browser }, parts) => {
  const jid = findPersonJid(attrs['jid'])
  const type = attrs['type'] ?? ''
  const change = Object.hasOwn(chatChanges, type) ? chatChanges[type] : undefined
  if (!change) return status(400)
  if (jid === null || parts.chats.findChat(jid) === null) return status(404)
  const children = Array.isArray(content) ? content : null
  const items = (children ?? []).map(({ attrs: item }) => ({
    chat: jid,
    fromMe: item['owner'] === 'true',
    id: item['index'] ?? '',
  }))
  parts.store.transaction(() => {
    const row = change(jid, attrs, items, parts)
    parts.pushes.chat(row ?? jid, type, children, browser)
  })
  return OK
}

const about: ActionHandler = ({ content }, _request, { store }) => {
  const text = textOf(content)
  if (text === null) return status(400)
  store.facts.put('about', text)
  return OK
}

const profile: ActionHandler = ({ attrs }, _request, { account, renamed }) => {
  const pushname = attrs['name'] ?? ''
  if (pushname === '' || pushname.length > 100) return status(400)
  account.rename(pushname)
  renamed()
  return { json: { status: 200, pushname } }
}

const block: ActionHandler = ({ attrs, content }, _request, { store, chats, pushes }) => {
  const jids = (Array.isArray(content) ? content : []).map((user) => findPersonJid(user.attrs['jid']))
  if ((attrs['type'] !== 'add' && attrs['type'] !== 'remove') || jids.length === 0) return status(400)
  if (jids.includes(null)) return status(404)
  store.transaction(() => {
    for (const jid of jids) chats.putContact(jid!, { blocked: attrs['type'] === 'add' })
    pushes.blocklist(blockedJids(chats))
  })
  return OK
}

/** Handlers by the tag of the child. Pictures and groups are not part of this phone. */
export const actions: Readonly<Record<string, ActionHandler>> = {
  presence,
  read,
  received: played,
  chat,
  status: about,
  profile,
  block,
  picture: () => status(404),
  group: () => status(404),
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

function textOf(content: Node['content']): string | null {
  if (typeof content === 'string') return content
  return content instanceof Uint8Array ? utf8Text(content) : null
}
