/** Answers to the queries of browsers (spec 9.3, 13). What this phone does not have is answered, never left open. */
import { limit } from 'proto/limits'
import type { Node } from 'proto/node'
import { findPersonJid } from './addresses.ts'
import { type Answer, type Handler, status } from './browser-answer.ts'
import { fitting, messageNode, node, response } from './lists.ts'
import type { MessageRow } from './store.ts'
import { chatList, contactList } from './sync.ts'

const notFound: Handler = () => status(404)
const nothing =
  (type: string): Handler =>
  () => ({ node: response(type, null) })

/** A page next to the index message, oldest first in both directions; an unknown index is 404 (spec 13.1). */
const history: Handler = ({ node: { attrs } }, { store }) => {
  const chat = findPersonJid(attrs['jid'])
  if (chat === null) return status(404)
  let position: number | null = null
  if (attrs['index']) {
    const row = store.messages.find({ chat, fromMe: attrs['owner'] === 'true', id: attrs['index'] })
    if (row === null || row.hidden) return status(404)
    position = row.position
  }
  const side = attrs['kind'] === 'after' ? 'after' : 'before'
  const rows = store.messages[side](chat, position, countOf(attrs['count']))
  return messages('message', fitting(rows, side === 'after' ? 'first' : 'last'))
}

/** Who received and read one own message. */
const receipts: Handler = ({ node: { attrs } }, { store }) => {
  const chat = findPersonJid(attrs['jid'])
  const row = chat && store.messages.find({ chat, fromMe: true, id: attrs['index'] ?? '' })
  if (!row) return status(404)
  const group = (tag: string, at: number | null): Node[] =>
    at === null ? [] : [node(tag, {}, [node('user', { jid: row.chat, t: String(Math.floor(at / 1000)) })])]
  return {
    node: response('message_info', [...group('read', row.readAt), ...group('delivery', row.deliveredAt)]),
  }
}

const search: Handler = ({ node: { attrs } }, { store }) => {
  const text = attrs['search'] ?? ''
  const count = countOf(attrs['count'])
  const page = Math.max(1, Math.trunc(Number(attrs['page'] ?? '1')) || 1)
  const chat = attrs['jid'] ? findPersonJid(attrs['jid']) : undefined
  if (text === '' || chat === null) return status(404)
  const found = store.messages.search({ text, chat, count: count + 1, skip: (page - 1) * count })
  return messages('search', fitting(found.slice(0, count), 'first'), { last: String(found.length <= count) })
}

const starred: Handler = ({ node: { attrs } }, { store }) => {
  const chat = attrs['chat'] ? findPersonJid(attrs['chat']) : null
  return messages('star', fitting(store.messages.starred(chat, countOf(attrs['count'])), 'first'), {
    last: 'true',
  })
}

/** Handlers by the `type` of a query; any other type is 404. */
export const queries: Readonly<Record<string, Handler>> = {
  contacts: (_request, parts) => ({ node: contactList(parts) }),
  // always in full: one client asks for ever when it is told `duplicate` (spec 9.3)
  chat: (_request, parts) => ({ node: chatList(parts) }),
  message: history,
  message_info: receipts,
  search,
  star: starred,
  status: nothing('status'),
  quick_reply: nothing('quick_reply'),
  label: nothing('label'),
  emoji: nothing('emoji'),
  media: notFound,
  media_message: notFound,
  url: notFound,
  group: notFound,
}

function messages(type: string, rows: readonly MessageRow[], attrs: Record<string, string> = {}): Answer {
  return { node: response(type, rows.map(messageNode), attrs) }
}

function countOf(text: string | undefined): number {
  const count = Math.trunc(Number(text))
  return count >= 1 ? Math.min(count, limit('HISTORY_PAGE')) : 1
}
