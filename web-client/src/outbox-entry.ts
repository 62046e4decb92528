/** What waits in the outbox: what is shown of it, what it takes back, and what goes over the wire. */
import { formatBase64, parseBase64 } from 'proto/base64'
import {
  decodeWebMessage,
  encodeWebMessage,
  type MessageFrame,
  textMessage,
  type WebMessageInfo,
} from 'proto/web-message'
import { type ChatMessage, readMessage, type Revocation } from './message.ts'
import type { OutboxEntry } from './outbox.ts'

/** What is shown of an entry; null for one that only takes another message back. */
export function messageOf(entry: OutboxEntry): ChatMessage | null {
  if (entry.info === undefined) return textOnly(entry)
  const reading = readMessage(decodeWebMessage(parseBase64(entry.info)))
  return reading !== null && 'message' in reading ? { ...reading.message, ...standing(entry) } : null
}

/** The message of an entry that is a bare text. */
export function textOnly(entry: OutboxEntry): ChatMessage {
  const { id, jid, text, seconds } = entry
  return { jid, fromMe: true, id, author: null, kind: 'text', text, seconds, ...standing(entry) }
}

function standing({ failure }: OutboxEntry): Pick<ChatMessage, 'status' | 'failure'> {
  return failure === undefined ? { status: 'pending' } : { status: 'failed', failure }
}

/** The same under another id and with another time, as if it had been written now. */
export function renewed(entry: OutboxEntry, as: Omit<OutboxEntry, 'text'>): OutboxEntry {
  if (entry.info === undefined) return { ...as, text: entry.text }
  const info = infoOf(entry)
  info.key.id = as.id
  info.messageTimestamp = BigInt(as.seconds)
  return { ...as, text: entry.text, info: formatBase64(encodeWebMessage(info)) }
}

/** The message that an entry takes back; null for one that does not. */
export function revocationOf({ info }: OutboxEntry): Revocation | null {
  const reading = info === undefined ? null : readMessage(decodeWebMessage(parseBase64(info)))
  return reading !== null && 'revokes' in reading ? reading.revokes : null
}

/** What goes over the wire. */
export function infoOf(entry: OutboxEntry): WebMessageInfo {
  return entry.info === undefined
    ? textMessage({ ...frameOf(entry), text: entry.text })
    : decodeWebMessage(parseBase64(entry.info))
}

/** All but the content of what goes over the wire. */
export function frameOf({ id, jid, seconds }: Omit<OutboxEntry, 'text'>): MessageFrame {
  return { remoteJid: jid, fromMe: true, id, timestampS: seconds, status: 'PENDING' }
}
