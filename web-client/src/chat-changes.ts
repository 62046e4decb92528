/**
 * What a person changes about a chat and its messages: pinned, muted, archived, unread, starred, cleared, deleted, and
 * voice notes that were played (spec 11.4, 14.2). The phone owns all of it and does not echo to the browser that asked,
 * so a change is shown here as soon as the phone has said yes, and not before.
 */
import type { Clock } from 'proto/clock'
import { TetherError } from 'proto/errors'
import type { Node } from 'proto/node'
import { personJid } from './address.ts'
import type { Chats } from './chats.ts'
import type { Answer, NodeKind } from './connection.ts'
import { type ChatMessage, isSettled, keyOf } from './message.ts'
import { setNode } from './opening.ts'
import { goodJson } from './refusal.ts'

export interface ChatChangesParts {
  readonly clock: Clock
  readonly chats: Chats
  /** Asks the phone; rejects TETHER_ERR_STATE or TETHER_ERR_PHONE_AWAY. */
  query(node: (epoch: string) => Node, kind: NodeKind): Promise<Answer>
}

const CHAT: NodeKind = { metric: 'CHAT', flags: ['IGNORE'] }
const MESSAGES: NodeKind = { metric: 'GROUP', flags: ['IGNORE'] } // as the legacy clients name it (spec 2.3)
const READ: NodeKind = { metric: 'READ', flags: ['IGNORE'] }
const PLAYED: NodeKind = { metric: 'RECEIVED', flags: ['IGNORE'] }
/** Muted until somebody unmutes. */
export const ALWAYS = -1

/** Methods reject as `query` does, and with the code of a refusal: TETHER_ERR_NOT_FOUND, TETHER_ERR_CONSENT_DENIED. */
export class ChatChanges {
  readonly #parts: ChatChangesParts

  constructor(parts: ChatChangesParts) {
    this.#parts = parts
  }

  async archive(jid: string): Promise<void> {
    await this.#change(jid, 'archive', this.#newest(jid))
    this.#parts.chats.change(jid, { archived: true })
  }

  async unarchive(jid: string): Promise<void> {
    await this.#change(jid, 'unarchive', this.#newest(jid))
    this.#parts.chats.change(jid, { archived: false })
  }

  async pin(jid: string): Promise<void> {
    await this.#change(jid, 'pin', { pin: String(this.#nowS()) })
    this.#parts.chats.change(jid, { pinned: true })
  }

  async unpin(jid: string): Promise<void> {
    await this.#change(jid, 'pin')
    this.#parts.chats.change(jid, { pinned: false })
  }

  /** `until` in Unix seconds, or ALWAYS. */
  async mute(jid: string, until: number): Promise<void> {
    await this.#change(jid, 'mute', { mute: String(until) })
    this.#parts.chats.change(jid, { mutedUntil: until })
  }

  async unmute(jid: string): Promise<void> {
    const { mutedUntil } = this.#parts.chats.find(jid) ?? {}
    await this.#change(jid, 'mute', mutedUntil ? { previous: String(mutedUntil) } : {})
    this.#parts.chats.change(jid, { mutedUntil: null })
  }

  /** A chat is read up to its newest message; here at once, and without waiting for the phone. */
  markRead(jid: string): void {
    const { chats } = this.#parts
    const chat = chats.find(jid)
    const newest = this.#newest(jid)
    if (chat === null || chat.unread === 0 || !('index' in newest)) return
    const attrs = { jid: chat.jid, count: String(Math.max(chat.unread, 1)), ...newest }
    chats.change(jid, { unread: 0 })
    this.#set({ tag: 'read', attrs, content: null }, READ).catch(() => {}) // the next sync tells what the phone has
  }

  /** The chat counts as unread, though it was read. */
  async markUnread(jid: string): Promise<void> {
    const attrs = { jid: personJid(jid), count: '-1', ...this.#newest(jid) }
    await this.#set({ tag: 'read', attrs, content: null }, READ)
    this.#parts.chats.change(jid, { unread: -1 })
  }

  /** Deletes all messages of a chat, here and on the phone, for nobody else. */
  async clear(jid: string, keepStarred = false): Promise<void> {
    await this.#change(jid, 'clear', { star: String(keepStarred), ...this.#newest(jid) })
    const { chats } = this.#parts
    const gone = keepStarred ? chats.messages(jid).filter(({ starred }) => !starred) : null
    chats.clear(personJid(jid), gone && new Set(gone.map(keyOf)))
    chats.change(jid, keepStarred ? { unread: 0 } : { unread: 0, hasOlder: false })
  }

  /** Deletes the chat itself, here and on the phone, for nobody else. */
  async remove(jid: string): Promise<void> {
    await this.#change(jid, 'delete', this.#newest(jid))
    this.#parts.chats.remove(jid)
  }

  /** Deletes single messages of a chat, here and on the phone, for nobody else. */
  async removeMessages(jid: string, messages: readonly ChatMessage[]): Promise<void> {
    if (messages.length === 0) return
    await this.#change(jid, 'clear', {}, messages)
    this.#parts.chats.clear(personJid(jid), new Set(messages.map(keyOf)))
  }

  /** Forgets a message that the phone has refused to send. What the phone says to that changes nothing here. */
  async removeRefused({ jid, id }: ChatMessage): Promise<void> {
    const item: Node = { tag: 'item', attrs: { owner: 'true', index: id }, content: null }
    const chat: Node = { tag: 'chat', attrs: { jid, type: 'clear' }, content: [item] }
    await this.#set(chat, MESSAGES).catch(() => {}) // the next sync tells of it again
  }

  async star(jid: string, messages: readonly ChatMessage[]): Promise<void> {
    await this.#star(jid, messages, true)
  }

  async unstar(jid: string, messages: readonly ChatMessage[]): Promise<void> {
    await this.#star(jid, messages, false)
  }

  /** A voice note of somebody else was listened to; its writer is told, once. */
  async played(message: ChatMessage): Promise<void> {
    if (message.fromMe || message.played === true) return
    const { jid, id, author } = message
    const attrs = { type: 'played', index: id, from: jid, owner: 'false', count: '1' }
    const participant = author === null ? {} : { participant: author }
    await this.#set({ tag: 'received', attrs: { ...attrs, ...participant }, content: null }, PLAYED)
    this.#parts.chats.play(jid, keyOf(message))
  }

  async #star(jid: string, messages: readonly ChatMessage[], starred: boolean): Promise<void> {
    if (messages.length === 0) return
    await this.#change(jid, starred ? 'star' : 'unstar', {}, messages)
    this.#parts.chats.star(personJid(jid), new Set(messages.map(keyOf)), starred)
  }

  #change(
    jid: string,
    type: string,
    attrs: Readonly<Record<string, string>> = {},
    messages: readonly ChatMessage[] | null = null,
  ): Promise<unknown> {
    const waiting = messages?.find((message) => !isSettled(message))
    if (waiting) return Promise.reject(new TetherError('TETHER_ERR_STATE', 'the phone does not have it yet'))
    const items = messages?.map(({ id, fromMe }) => ({
      ...{ tag: 'item', attrs: { owner: String(fromMe), index: id } },
      content: null,
    }))
    const chat: Node = { tag: 'chat', attrs: { jid: personJid(jid), type, ...attrs }, content: items ?? null }
    return this.#set(chat, items === undefined ? CHAT : MESSAGES)
  }

  async #set(child: Node, kind: NodeKind): Promise<void> {
    goodJson(await this.#parts.query((epoch) => setNode(epoch, child), kind))
  }

  /** Says how far we know the chat: a change is meant for what the person has seen. */
  #newest(jid: string): Record<string, string> {
    const newest = this.#parts.chats.messages(jid).findLast(isSettled)
    if (newest === undefined) return {}
    const { id: index, fromMe, author } = newest
    return { index, owner: String(fromMe), ...(author === null ? {} : { participant: author }) }
  }

  #nowS(): number {
    return Math.floor(this.#parts.clock.now() / 1000)
  }
}
