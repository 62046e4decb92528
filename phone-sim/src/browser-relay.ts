/**
 * A message that the person wrote in a browser (spec 11.1): stored, encrypted and put into the outbox by the courier,
 * answered when the server really has it. A message known already is answered again and sent once.
 */
import { codeOf, type ErrorCode } from 'proto/errors'
import type { Node } from 'proto/node'
import { decodeWebMessage, messageStatus, revokedKeyOf, type WebMessageInfo } from 'proto/web-message'
import { findPersonJid } from './addresses.ts'
import {
  type Answer,
  type BrowserRequest,
  type Handler,
  type RequestParts,
  status,
  statusOf,
} from './browser-answer.ts'
import { keyOf } from './chats.ts'
import { assertId } from './message-ids.ts'
import type { MessageRow } from './store.ts'

export const relay: Handler = async (request, parts) => {
  const { content } = request.node
  const children = Array.isArray(content) ? content.filter(({ tag }) => tag === 'message') : []
  if (children.length === 0) return status(400)
  let answer: Answer = status(400)
  const open: MessageRow[] = []
  for (const child of children) {
    const info = messageOf(child, request.tag)
    if (info === null) return status(404)
    const sent = await send(info, request, parts)
    if ('json' in sent) return sent
    if (sent.row.status === messageStatus.ERROR) return status(404)
    if (sent.row.status === messageStatus.PENDING) open.push(sent.row)
    else answer = accepted(parts)
  }
  const last = open.at(-1)
  if (!last) return answer
  // mails settle in order: the last one speaks for all
  parts.outbox.whenSettled(last.id, (outcome) => {
    request.answerLater(outcome === null ? accepted(parts) : status(statusOf(outcome)))
    const row = parts.chats.find(last)
    if (row && !row.hidden) parts.pushes.status(row, request.browser)
  })
  return 'later'
}

async function send(
  info: WebMessageInfo,
  { browser }: BrowserRequest,
  parts: RequestParts,
): Promise<{ readonly row: MessageRow } | { readonly json: { readonly status: number } }> {
  const { store, chats, courier, pushes } = parts
  const known = chats.find(keyOf(info))
  if (known) return { row: known }
  try {
    const row = await courier.send(info)
    pushes.message(row, browser)
    return { row }
  } catch (error) {
    const code = codeOf(error)
    if (!refusals.has(code)) throw error
    const at = parts.nowS() * 1000
    const hidden = revokedKeyOf(info) !== null
    store.transaction(() => chats.add({ info, status: messageStatus.ERROR, seen: true, hidden, at }))
    return { json: { status: statusOf(code) } }
  }
}

const refusals: ReadonlySet<ErrorCode> = new Set([
  'TETHER_ERR_ACCOUNT_UNKNOWN',
  'TETHER_ERR_IDENTITY_CHANGED',
  'TETHER_ERR_SIGNATURE',
  'TETHER_ERR_TOO_LARGE',
  'TETHER_ERR_LIMIT',
])

function accepted({ nowS }: RequestParts): Answer {
  return { json: { status: 200, t: nowS() } }
}

/** The message with its key in the store's spelling; null when it is not to a person. Throws TETHER_ERR_PROTOBUF. */
function messageOf({ content }: Node, tag: string): WebMessageInfo | null {
  const info = decodeWebMessage(content instanceof Uint8Array ? content : new Uint8Array(0))
  const jid = findPersonJid(info.key.remoteJid)
  if (jid === null) return null
  info.key.remoteJid = jid
  info.key.fromMe = true
  info.key.id ||= tag
  assertId(info.key.id)
  return info
}
