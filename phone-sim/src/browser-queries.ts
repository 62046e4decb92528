/** Answers to the queries of browsers (spec 9.3, 13). What this phone does not have is answered, never left open. */
import { codeOf, type ErrorCode } from 'proto/errors'
import { isUser, jidOfNumber, STATUS_JID } from 'proto/jid'
import { limit } from 'proto/limits'
import type { Node } from 'proto/node'
import { findChatJid } from './addresses.ts'
import { type Answer, type BrowserRequest, type Handler, status, statusOf } from './browser-answer.ts'
import { groupQuery } from './browser-groups.ts'
import { sees } from './consent.ts'
import { emojiItems } from './emoji.ts'
import { findLink, type Preview } from './link-preview.ts'
import { fitting, messageNode, node, pagesOf, response } from './lists.ts'
import { storyNodes } from './stories.ts'
import type { MessageRow, PhoneStore } from './store.ts'
import { chatList, contactList } from './sync.ts'

const nothing =
  (type: string): Handler =>
  () => ({ node: response(type, null) })

/** A page next to the index message, oldest first in both directions; an unknown index is 404 (spec 13.1). */
const history: Handler = ({ node: { attrs } }, { store }) => {
  const chat = findChatJid(attrs['jid'])
  if (chat === null) return status(404)
  const position = indexOf(attrs, store)
  if (position === 'unknown') return status(404)
  const side = attrs['kind'] === 'after' ? 'after' : 'before'
  const rows = store.messages[side](chat, position, countOf(attrs['count']))
  return messages('message', fitting(rows, side === 'after' ? 'first' : 'last'))
}

/** Who received and read one own message, and when: the person of the chat, or members of the group. */
const receipts: Handler = ({ node: { attrs } }, { store }) => {
  const chat = findChatJid(attrs['jid'])
  const row = chat && store.messages.find({ chat, fromMe: true, id: attrs['index'] ?? '' })
  if (!row) return status(404)
  const readers = !isUser(chat)
    ? store.readers.of(row).map((reader) => ({ ...reader, jid: jidOfNumber(reader.number) }))
    : [{ ...row, jid: chat }]
  const those = (tag: string, step: 'readAt' | 'deliveredAt'): Node[] => {
    const users = readers.flatMap(({ jid, [step]: at }) =>
      at === null ? [] : node('user', { jid, t: String(Math.floor(at / 1000)) }),
    )
    return users.length > 0 ? [node(tag, {}, users)] : []
  }
  return { node: response('message_info', [...those('read', 'readAt'), ...those('delivery', 'deliveredAt')]) }
}

const search: Handler = ({ node: { attrs }, companion }, { store }) => {
  const text = attrs['search'] ?? ''
  const count = countOf(attrs['count'])
  const page = Math.max(1, Math.trunc(Number(attrs['page'] ?? '1')) || 1)
  const chat = attrs['jid'] ? findChatJid(attrs['jid']) : undefined
  if (text === '' || chat === null) return status(404)
  const chats = chat === undefined ? companion.consent.chats : [chat]
  const found = store.messages.search({ text, chats, count: page * count + 1, skip: 0 })
  const pages = pagesOf(found, count)
  return messages('search', pages[page - 1] ?? [], { last: String(page >= pages.length) })
}

/** Newest first, page by page behind the index message; `chat` names one chat, `jid` the chat of the index. */
const starred: Handler = ({ node: { attrs }, companion }, { store }) => {
  const chat = attrs['chat'] ? findChatJid(attrs['chat']) : null
  const from = indexOf(attrs, store)
  if ((attrs['chat'] && chat === null) || from === 'unknown') return status(404)
  const count = countOf(attrs['count'])
  const chats = chat === null ? companion.consent.chats : [chat]
  const found = store.messages.starred(chats, from, count + 1)
  const page = fitting(found.slice(0, count), 'first')
  return messages('star', page, { last: String(page.length === found.length) })
}

/** Messages of one chat that carry a file: a page on one side of the index message, oldest first. */
const gallery: Handler = ({ node: { attrs } }, { store }) => {
  const chat = findChatJid(attrs['jid'])
  const from = indexOf(attrs, store)
  if (chat === null || from === 'unknown') return status(404)
  const side = attrs['kind'] === 'after' ? 'after' : 'before'
  const rows = store.messages.media(chat, side, from, countOf(attrs['count']))
  return messages('media_message', fitting(rows, side === 'after' ? 'first' : 'last'))
}

/**
 * Where the file of a message can be fetched now. Clients copy every attribute onto the content, so there are none but
 * its address, and two that no content has (spec 13.2). Nothing waits for the upload but this answer.
 */
const file: Handler = ({ node: { attrs }, browser, answerLater }, { store, media }) => {
  const chat = findChatJid(attrs['jid'])
  const key = { fromMe: attrs['owner'] === 'true', id: attrs['index'] ?? '' }
  const row = chat && store.messages.find({ chat, ...key })
  if (!row || store.media.find(row) === null) return status(404)
  media.provide(row, browser).then(
    (url) => answerLater({ node: response('media', null, { url, code: '200' }) }),
    (error: unknown) => answerLater(status(fileStatus(codeOf(error)))),
  )
  return 'later'
}

/** What nobody can have is not found, whatever is wrong with it. */
function fileStatus(code: ErrorCode): number {
  return code.startsWith('TETHER_ERR_MEDIA') ? 404 : statusOf(code)
}

/** They are counted over all chats: a browser that may not see all is told none. */
const emoji: Handler = ({ companion }, { store }) => ({
  node: response('emoji', companion.consent.chats === null ? emojiItems(store) : []),
})

const stories: Handler = ({ companion }, { store, account }) => {
  const mayKnow = sees(companion.consent, STATUS_JID)
  return { node: response('status', mayKnow ? storyNodes(store, jidOfNumber(account.number)) : []) }
}

/** A text and the address in it, or the address alone; clients wait for the answer before they send (spec 13.2). */
const preview: Handler = ({ node: { attrs }, answerLater }, { previews }) => {
  const link = findLink(attrs['url'] ?? '')
  if (link === null || previews === undefined) return status(404)
  void previews(link).then((found) => answerLater(found ? previewAnswer(link, found) : status(404)))
  return 'later'
}

function previewAnswer(link: string, { title, description, canonicalUrl, thumbnail }: Preview): Answer {
  const attrs = { title, description, 'canonical-url': canonicalUrl, 'matched-text': link }
  return { node: response('url', thumbnail, attrs) }
}

/** Handlers by the `type` of a query; any other type is 404. */
export const queries: Readonly<Record<string, Handler>> = {
  contacts: (request, parts) => ({ node: contactList({ ...parts, maySee: sightOf(request) }) }),
  // always in full: one client asks for ever when it is told `duplicate` (spec 9.3)
  chat: (request, parts) => ({ node: chatList({ ...parts, maySee: sightOf(request) }) }),
  message: history,
  message_info: receipts,
  search,
  star: starred,
  status: stories,
  quick_reply: nothing('quick_reply'),
  label: nothing('label'),
  emoji,
  media: file,
  media_message: gallery,
  url: preview,
  group: groupQuery,
}

function sightOf({ companion }: BrowserRequest): (jid: string) => boolean {
  return (jid) => sees(companion.consent, jid)
}

function messages(type: string, rows: readonly MessageRow[], attrs: Record<string, string> = {}): Answer {
  return { node: response(type, rows.map(messageNode), attrs) }
}

/** Where a page begins: the place of the index message, null when none is named. */
function indexOf(attrs: Node['attrs'], { messages }: PhoneStore): number | null | 'unknown' {
  const { jid, index, owner } = attrs
  if (!index) return null
  const chat = findChatJid(jid)
  const row = chat && messages.find({ chat, fromMe: owner === 'true', id: index })
  return row ? row.position : 'unknown' // a taking back is in no page, but browsers know its id
}

function countOf(text: string | undefined): number {
  const count = Math.trunc(Number(text))
  return count >= 1 ? Math.min(count, limit('HISTORY_PAGE')) : 1
}
