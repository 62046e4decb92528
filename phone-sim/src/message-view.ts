/** A stored message as programs and screens see it. */
import { decodeWebMessage } from 'proto/web-message'
import { noticeText, stubOf } from './group-notice.ts'
import { mediaView } from './media-view.ts'
import type { MessageView, MessageViewStatus } from './phone-views.ts'
import { NOTICE } from './message-facts.ts'
import type { MessageRow, PhoneStore } from './store.ts'

const shownStatus: readonly MessageViewStatus[] = [
  'error',
  'pending',
  'server',
  'delivered',
  'read',
  'played',
]

export function messageView(
  row: MessageRow,
  store: PhoneStore,
  ownJid: string,
  nameOf: (jid: string) => string,
): MessageView {
  const media = mediaView(row, store)
  const info = row.type === NOTICE ? decodeWebMessage(row.info) : null
  const stub = info && stubOf(info)
  return {
    id: row.id,
    fromMe: row.fromMe,
    author: row.fromMe ? ownJid : (row.author ?? row.chat),
    text: info ? noticeText(info, nameOf) : row.text,
    type: row.type,
    ...(info && stub && { notice: { stub, parameters: [...info.messageStubParameters] } }),
    timestampMs: row.at,
    status: row.fromMe ? (shownStatus[row.status] ?? 'error') : 'received',
    starred: row.starred,
    ...(media && { media }),
  }
}
