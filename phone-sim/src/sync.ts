/**
 * The initial sync (spec 9.1, 18.2), sent whenever a browser opens: contacts, chats, the newest message of each chat,
 * then what is unread, then older ones chat by chat. The order is law for Baileys 3.5.3: a message of an unknown chat
 * is lost there, and so is a batch that has no `last` before it; each batch goes in front of the one before.
 */
import { utf8 } from 'proto/bytes'
import { sha256 } from 'proto/crypto-node'
import { isUser } from 'proto/jid'
import { limit } from 'proto/limits'
import type { Node } from 'proto/node'
import { findList } from './broadcast-lists.ts'
import type { Browser, Browsers } from './browsers.ts'
import type { Chats } from './chats.ts'
import {
  chatNode,
  contactNode,
  fitting,
  fittingList,
  messageNode,
  node,
  response,
  rowBytes,
} from './lists.ts'
import type { DeviceView } from './phone-views.ts'
import { action, batteryNode } from './pushes.ts'
import type { MessageRow, PhoneStore } from './store.ts'

const UNASKED = 'preempt-'
/** How many persons are called frequent (spec 9.1). */
const FREQUENT = 3

export interface SyncSource {
  readonly store: PhoneStore
  readonly chats: Chats
  /** Whether the consent of the browser covers a chat. */
  readonly maySee: (jid: string) => boolean
  readonly device: () => DeviceView
}

/** Sends everything at once; nothing that arrives later is in it, and nothing in it is relayed again (spec 11.2). */
export function sendInitialSync(browsers: Browsers, browser: Browser, source: SyncSource): void {
  const { store, chats, maySee } = source
  browsers.sendNode(browser, contactList(source), UNASKED)
  browsers.sendNode(browser, chatList(source), UNASKED)
  let room = limit('SYNC_MESSAGE_BYTES')
  const fits = (row: MessageRow): boolean => {
    const bytes = rowBytes(row)
    if (bytes > room) return false
    room -= bytes
    return true
  }
  const newest = store.messages.newestOfEach()
  browser.synced = [...newest.values()].reduce((most, { position }) => Math.max(most, position), 0)
  const last = chats
    .chats()
    .flatMap(({ jid }) => (maySee(jid) ? (newest.get(jid) ?? []) : []))
    .filter(fits) // newest chat first
  for (const part of partsOf([...last].reverse()))
    browsers.sendNode(browser, batch('last', part.map(messageNode)))
  const recent = last.slice(0, limit('SYNC_RECENT_CHATS'))
  const begins = new Map(recent.map((row) => [row.chat, row.position]))
  for (const row of recent) {
    const [first, rows] = unreadBefore(source, row, fits)
    if (rows.length === 0) continue
    begins.set(row.chat, rows[0].position)
    browsers.sendNode(browser, batch('unread', rows.map(messageNode), firstUnread(first!)))
  }
  const batches = recent
    .map(({ chat }) => olderThan(source, chat, begins.get(chat)!, fits))
    .filter((rows) => rows.length > 0)
  for (const rows of batches.slice(0, -1)) browsers.sendNode(browser, batch('before', rows.map(messageNode)))
  const final = batches.at(-1) ?? []
  browsers.sendNode(browser, batch('before', final.map(messageNode), { last: 'true' }))
  const frequent = frequentContacts(source)
  if (frequent !== null) browsers.sendNode(browser, action(frequent))
  browsers.sendNode(browser, action(batteryNode(source.device())))
}

/** Everybody whom the phone knows; when that is too much for a frame, those with a chat before the others. */
export function contactList({ chats, maySee }: Pick<SyncSource, 'chats' | 'maySee'>): Node {
  const users = fittingList(
    chats
      .contacts()
      .filter(({ jid }) => maySee(jid))
      .map(contactNode),
    ({ attrs }) => chats.findChat(attrs['jid']) !== null,
  )
  const checksum = Buffer.from(sha256(utf8(JSON.stringify(users)))).toString('hex', 0, 8)
  return response('contacts', users, { checksum })
}

export function chatList({ chats, store, maySee }: Pick<SyncSource, 'chats' | 'store' | 'maySee'>): Node {
  const nodes = chats
    .chats()
    .filter(({ jid }) => maySee(jid))
    .map((chat) => chatNode(chat, store.groups.find(chat.jid), findList(store.facts, chat.jid)))
  return response('chat', fittingList(nodes))
}

/** The list in frames; an empty one is one frame too. */
function partsOf(rows: readonly MessageRow[]): MessageRow[][] {
  const parts: MessageRow[][] = []
  for (let at = 0; at < rows.length || at === 0;) {
    const part = fitting(rows.slice(at), 'first')
    parts.push(part)
    at += Math.max(1, part.length)
  }
  return parts
}

/** A batch of the messages before one, oldest first, without a hole; from the newer end while they fit. */
function olderThan(
  { store }: SyncSource,
  chat: string,
  position: number,
  fits: (row: MessageRow) => boolean,
): MessageRow[] {
  return withoutHole(store.messages.before(chat, position, limit('SYNC_BEFORE_MESSAGES')), fits)
}

/** The first message that was not read, and the messages from there to the newest of the chat, which is not among them. */
function unreadBefore(
  { store }: SyncSource,
  { chat, position }: MessageRow,
  fits: (row: MessageRow) => boolean,
): [MessageRow | null, MessageRow[]] {
  const first = store.messages.firstUnseen(chat)
  if (first === null || first.position >= position) return [first, []]
  const before = store.messages.before(chat, position, limit('SYNC_UNREAD_MESSAGES'))
  const unread = before.filter((row) => row.position >= first.position)
  return [first, withoutHole(unread, fits)]
}

/** As many of these, oldest first, as a frame and the sync have room for, from the newer end. */
function withoutHole(rows: readonly MessageRow[], fits: (row: MessageRow) => boolean): MessageRow[] {
  const newestFirst = fitting(rows).reverse()
  const cut = newestFirst.findIndex((row) => !fits(row))
  return newestFirst.slice(0, cut === -1 ? undefined : cut).reverse()
}

function firstUnread({ id, fromMe, author }: MessageRow): Record<string, string> {
  return { index: id, owner: String(fromMe), ...(author !== null && { participant: author }) }
}

/** Whom the person has written to most often of late, most often first; null while that is nobody (spec 9.1). */
function frequentContacts({ store, maySee }: SyncSource): Node | null {
  const counts = new Map<string, number>()
  for (const chat of store.messages.ownChats(limit('FREQUENT_MESSAGES')))
    if (isUser(chat) && maySee(chat)) counts.set(chat, (counts.get(chat) ?? 0) + 1)
  const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, FREQUENT)
  if (most.length === 0) return null
  const people = most.map(([jid]) => node('contact', {}, jid))
  return node('contacts', { type: 'frequent' }, people)
}

function batch(add: 'last' | 'unread' | 'before', content: Node[], attrs: Record<string, string> = {}): Node {
  return { tag: 'action', attrs: { add, ...attrs }, content }
}
