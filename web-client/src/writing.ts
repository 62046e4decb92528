/**
 * Makes what is sent (sends.ts) of what a person does: a text with what is around it, any other content, a forwarded
 * message, a timer, a taking back. In a chat whose messages disappear, what is written does too.
 */
import { formatBase64 } from 'proto/base64'
import {
  type ChatTimer,
  type ContentInit,
  contentMessage,
  disappearing,
  forwardedContent,
  timerContent,
} from 'proto/contents'
import { TetherError } from 'proto/errors'
import { encodeWebMessage, revokeMessage, textOf, type WebMessageInfo } from 'proto/web-message'
import type { Chats } from './chats.ts'
import { type ChatMessage, readMessage } from './message.ts'
import { frameOf, textOnly } from './outbox-entry.ts'
import type { OutboxEntry } from './outbox.ts'
import type { Sends } from './sends.ts'
import { shownContent } from './shown-content.ts'
import { textContent, type TextOptions } from './text-content.ts'

export interface WritingParts {
  readonly chats: Chats
  readonly sends: Pick<Sends, 'newEntry' | 'show' | 'enqueue'>
  /** Our own JID; null when nobody is logged in. */
  me(): string | null
}

export class Writing {
  readonly #parts: WritingParts

  constructor(parts: WritingParts) {
    this.#parts = parts
  }

  /** Shows the text at once and sends it when it is safely kept; one too long fails at once. Throws TETHER_ERR_JID. */
  send(jid: string, text: string, options: TextOptions = {}): ChatMessage {
    const content = textContent(text, options, this.#parts.me())
    if (content !== null || this.#timerOf(jid) !== null)
      return this.sendContent(jid, content ?? { conversation: text })
    const entry = { ...this.#parts.sends.newEntry(jid), text }
    return this.#show(entry, textOnly(entry))
  }

  /** The same with any content. Throws TETHER_ERR_JID. */
  sendContent(jid: string, content: ContentInit): ChatMessage {
    const entry = this.#parts.sends.newEntry(jid)
    const timer = this.#timerOf(jid)
    const info = contentMessage({
      ...frameOf(entry),
      content: timer === null ? content : disappearing(content, timer),
    })
    return this.#showInfo(entry, info)
  }

  /** Passes the words, the place or the contacts of a message on. Throws TETHER_ERR_JID, TETHER_ERR_BODY for other contents. */
  forward({ kind, text, link, ...shown }: ChatMessage, jid: string): ChatMessage {
    if (kind === 'text') return this.send(jid, text, { forwarded: true, ...(link && { preview: link }) })
    const content = shownContent(shown)
    if (content === null)
      throw new TetherError('TETHER_ERR_BODY', `a content that cannot be passed on: ${kind}`)
    return this.sendContent(jid, forwardedContent(content))
  }

  /** Lets what is written in a chat with one person disappear after so many seconds; 0: no longer. Throws TETHER_ERR_JID. */
  sendTimer(jid: string, seconds: number): ChatMessage {
    const entry = this.#parts.sends.newEntry(jid)
    this.#parts.chats.change(entry.jid, { timer: seconds > 0 ? { seconds, setAt: entry.seconds } : null })
    return this.#showInfo(entry, contentMessage({ ...frameOf(entry), content: timerContent(seconds) }))
  }

  /** Takes a message back for everybody; shown as gone once the phone has said so. */
  revoke({ jid, fromMe, id, author }: ChatMessage): void {
    const entry = this.#parts.sends.newEntry(jid)
    const participant = author === null ? {} : { participant: author }
    const revoked = { remoteJid: entry.jid, fromMe, id, ...participant }
    const info = revokeMessage({ ...frameOf(entry), revoked })
    this.#parts.chats.takeBack({ jid: entry.jid, fromMe, id }, true)
    this.#parts.sends.enqueue({ ...entry, text: '', info: formatBase64(encodeWebMessage(info)) })
  }

  #timerOf(jid: string): ChatTimer | null {
    return this.#parts.chats.find(jid)?.timer ?? null
  }

  #showInfo(entry: Omit<OutboxEntry, 'text'>, info: WebMessageInfo): ChatMessage {
    const reading = readMessage(info)
    if (reading === null || !('message' in reading))
      throw new TetherError('TETHER_ERR_BODY', 'nothing to show')
    const kept = { ...entry, text: textOf(info), info: formatBase64(encodeWebMessage(info)) }
    return this.#show(kept, { ...reading.message, status: 'pending' })
  }

  #show(entry: OutboxEntry, message: ChatMessage): ChatMessage {
    this.#parts.sends.show(entry, message)
    return message
  }
}
