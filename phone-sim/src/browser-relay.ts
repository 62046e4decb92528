/**
 * A message that the person wrote in a browser (spec 11.1): stored, encrypted and put into the outbox by the courier,
 * answered when the server really has it. A message known already is answered again and sent once.
 */
import { codeOf, type ErrorCode } from 'proto/errors'
import type { Node } from 'proto/node'
import {
  decodeWebMessage,
  messageStatus,
  removeAuthor,
  removeStub,
  revokedKeyOf,
  type WebMessageInfo,
} from 'proto/web-message'
import { findChatJid } from './addresses.ts'
import {
  type Answer,
  type BrowserRequest,
  type Handler,
  type RequestParts,
  status,
  statusOf,
} from './browser-answer.ts'
import { keyOf } from './chats.ts'
import { sees } from './consent.ts'
import { assertId } from './message-ids.ts'
import type { MessageRow } from './store.ts'

export const relay: Handler = async (request, parts) => {
  const { content } = request.node
  const children = Array.isArray(content) ? content.filter(({ tag }) => tag === 'message') : []
  if (children.length === 0) return status(400)
  const infos: WebMessageInfo[] = []
  for (const child of children) {
    const info = messageOf(child, request.tag)
    if (typeof info === 'number') return status(info) // before any is sent: the answer is for all of them
    infos.push(info)
  }
  let answer: Answer = status(400)
  const open: MessageRow[] = []
  for (const info of infos) {
    const sent = await send(info, request, parts)
    if ('json' in sent) return sent
    if (sent.row.status === messageStatus.ERROR) return status(404)
    if (sent.row.status === messageStatus.PENDING) open.push(sent.row)
    else answer = accepted(parts)
  }
  if (open.length === 0) return answer
  let left = open.length
  let refusal: ErrorCode | null = null
  for (const message of open) {
    parts.outbox.whenSettled(message, (outcome) => {
      refusal ??= outcome
      if (--left === 0) request.answerLater(refusal ? status(statusOf(refusal)) : accepted(parts))
      const row = parts.chats.find(message)
      if (row && !row.hidden) parts.pushes.settled(row, request.browser)
    })
  }
  return 'later'
}

async function send(
  info: WebMessageInfo,
  { browser, companion, tag }: BrowserRequest,
  parts: RequestParts,
): Promise<{ readonly row: MessageRow } | { readonly json: { readonly status: number } }> {
  if (!sees(companion.consent, info.key.remoteJid)) return { json: { status: 403 } }
  const { store, chats, courier, pushes, trace } = parts
  trace?.emit('message.written', {
    connection: browser.connection,
    messageTag: tag,
    message: info.key.id,
  })
  const known = chats.find(keyOf(info))
  if (known) return { row: known }
  try {
    const row = await courier.send(info)
    pushes.written(row, browser)
    return { row }
  } catch (error) {
    const code = codeOf(error)
    if (!refusals.has(code)) throw error
    const at = parts.nowS() * 1000
    const hidden = revokedKeyOf(info) !== null
    if (!chats.find(keyOf(info))) {
      store.transaction(() => chats.add({ info, status: messageStatus.ERROR, seen: true, hidden, at }))
    }
    return { json: { status: statusOf(code) } }
  }
}

const refusals: ReadonlySet<ErrorCode> = new Set([
  'TETHER_ERR_ACCOUNT_UNKNOWN',
  'TETHER_ERR_IDENTITY_CHANGED',
  'TETHER_ERR_SIGNATURE',
  'TETHER_ERR_TOO_LARGE',
  'TETHER_ERR_LIMIT',
  'TETHER_ERR_GROUP_UNKNOWN',
  'TETHER_ERR_GROUP_MEMBER',
  'TETHER_ERR_GROUP_RIGHT',
])

function accepted({ nowS }: RequestParts): Answer {
  return { json: { status: 200, t: nowS() } }
}

/**
 * The message with its key in the store's spelling, its author left out, since that is we (messages.md 1), and no
 * notice, since those are the directory's. 404 when it is neither to a person nor to a group, 400 when it says nothing.
 * Throws TETHER_ERR_PROTOBUF.
 */
function messageOf({ content }: Node, tag: string): WebMessageInfo | 400 | 404 {
  const info = decodeWebMessage(content instanceof Uint8Array ? content : new Uint8Array(0))
  const jid = findChatJid(info.key.remoteJid)
  if (jid === null) return 404
  if (info.message === undefined) return 400
  removeAuthor(info)
  removeStub(info)
  info.key.remoteJid = jid
  info.key.fromMe = true
  info.key.id ||= tag
  assertId(info.key.id)
  return info
}
