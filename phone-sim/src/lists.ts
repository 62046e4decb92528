/** Rows of the store as nodes for browsers: contacts, chats, messages (spec 10, 11.2). Attribute values are texts. */
import { limit } from 'proto/limits'
import type { Node } from 'proto/node'
import type { BroadcastList } from './broadcast-lists.ts'
import { browserBytes } from './chats.ts'
import type { GroupRow } from './store-groups.ts'
import type { ChatRow, ContactRow, MessageRow } from './store.ts'

// the rest of a frame: tags, seal and what status and star add to a message
const FRAME_ROOM = limit('PHONE_FRAME_BYTES') * 0.9
const ROW_BYTES = 64
const NODE_BYTES = 4
const ATTRIBUTE_BYTES = 6

export function node(
  tag: string,
  attrs: Record<string, string | undefined>,
  content: Node['content'] = null,
): Node {
  const present = Object.entries(attrs).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return { tag, attrs: Object.fromEntries(present), content }
}

export function contactNode({ jid, name, notify }: ContactRow): Node {
  const short = name?.split(' ')[0]
  return node('user', {
    jid,
    name: name ?? undefined,
    notify: notify ?? undefined,
    short,
    index: name?.slice(0, 1).toUpperCase(),
  })
}

/** `group` or `list`: what is known of it when the chat is one. */
export function chatNode(
  chat: ChatRow,
  group: GroupRow | null = null,
  list: BroadcastList | null = null,
): Node {
  return node('chat', {
    jid: chat.jid,
    t: String(Math.floor(chat.at / 1000)),
    count: String(chat.unread),
    modify_tag: String(chat.modifyTag),
    spam: 'false',
    name: group?.facts.subject ?? list?.name,
    mute: chat.mutedUntilS === 0 ? undefined : String(chat.mutedUntilS),
    pin: chat.pinnedS === 0 ? undefined : String(chat.pinnedS),
    archive: chat.archived ? 'true' : undefined,
    read_only: group?.isMember === false ? 'true' : undefined,
    message: 'true',
    ephemeral: chat.timerS === 0 ? undefined : String(chat.timerS),
    eph_setting_ts: chat.timerS === 0 ? undefined : String(chat.timerSetS),
  })
}

/** One `message` node; its content is always bytes (spec 13.1). */
export function messageNode(row: MessageRow): Node {
  return node('message', {}, browserBytes(row))
}

/** Names a message of a chat that is told of (spec 10.3). */
export function itemNode({ id, fromMe }: Pick<MessageRow, 'id' | 'fromMe'>): Node {
  return node('item', { index: id, owner: String(fromMe) })
}

/** As many rows as fit into one frame of the link, from the end of the list that matters; never none. */
export function fitting(rows: readonly MessageRow[], keep: 'first' | 'last' = 'last'): MessageRow[] {
  const inOrder = keep === 'last' ? [...rows].reverse() : [...rows]
  let room = FRAME_ROOM
  const cut = inOrder.findIndex((row) => (room -= rowBytes(row)) < 0)
  const fit = cut === -1 ? inOrder : inOrder.slice(0, Math.max(1, cut))
  return keep === 'last' ? fit.reverse() : fit
}

/** The rows page by page: at most `count`, and what fits into a frame, so that a page that is cut loses nothing to the next. */
export function pagesOf(rows: readonly MessageRow[], count: number): MessageRow[][] {
  const pages: MessageRow[][] = []
  for (let from = 0; from < rows.length; from += pages.at(-1)!.length)
    pages.push(fitting(rows.slice(from, from + count), 'first'))
  return pages
}

/** What a message takes in a frame, about. */
export function rowBytes({ info }: MessageRow): number {
  return info.length + ROW_BYTES
}

/**
 * The nodes of a list that fit into its frame, in their order. When not all do, those that are not wanted go first,
 * then those at the end; one that is too large goes without the ones behind it.
 */
export function fittingList(nodes: readonly Node[], isWanted: (node: Node) => boolean = () => true): Node[] {
  const sized = nodes.map((each) => ({ each, bytes: attributeBytes(each) }))
  let room = limit('LIST_BYTES')
  if (sized.reduce((sum, { bytes }) => sum + bytes, 0) <= room) return [...nodes]
  const wanted = new Set(nodes.filter(isWanted))
  const taken = new Set<Node>()
  for (const turn of [true, false]) {
    for (const { each, bytes } of sized) {
      if (wanted.has(each) !== turn || bytes > room) continue
      room -= bytes
      taken.add(each)
    }
  }
  return nodes.filter((each) => taken.has(each))
}

/** No less than what a node without content takes: each text with its length, names by their tokens. */
function attributeBytes({ attrs }: Node): number {
  let bytes = NODE_BYTES
  for (const value of Object.values(attrs)) bytes += ATTRIBUTE_BYTES + Buffer.byteLength(value)
  return bytes
}

export function response(
  type: string,
  content: Node['content'],
  attrs: Record<string, string | undefined> = {},
): Node {
  return node('response', { type, ...attrs }, content)
}
