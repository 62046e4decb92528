/** What the person does at the phone to chats and what is in them; every linked browser is told (spec 10.3, 14.2). */
import { TetherError } from 'proto/errors'
import { isGroup } from 'proto/jid'
import { chatJid } from './addresses.ts'
import { type ChangeDetails, type ChangeType, changeChat } from './chat-changes.ts'
import type { PhoneParts } from './phone-parts.ts'
import type { ChatPatch, ChatSummary } from './phone-views.ts'
import type { Queue } from './queue.ts'
import type { MessageKeyRow, PhoneStore } from './store.ts'

/** A message as programs name it. */
export interface MessageName {
  readonly id: string
  readonly fromMe: boolean
}

/** Each rejects with TETHER_ERR_JID for what is no chat, and TETHER_ERR_NOT_FOUND for a chat or message that is not there. */
export class PhoneChats {
  readonly #parts: () => PhoneParts
  readonly #queue: Queue
  readonly #store: PhoneStore

  constructor(parts: () => PhoneParts, queue: Queue, store: PhoneStore) {
    this.#parts = parts
    this.#queue = queue
    this.#store = store
  }

  /** Archives, pins, mutes, marks unread, or the contrary; absent members stay. Gives the chat after it. */
  change(chat: string, { archived, pinned, mutedUntilMs, unread }: ChatPatch): Promise<ChatSummary> {
    return this.#queue.run(() => {
      const jid = this.#known(chat)
      if (archived !== undefined) this.#do(jid, archived ? 'archive' : 'unarchive')
      if (pinned !== undefined) this.#do(jid, 'pin', { pinnedS: pinned ? this.#nowS() : 0 })
      if (mutedUntilMs !== undefined) this.#do(jid, 'mute', { mutedUntilS: muteEnd(mutedUntilMs) })
      if (unread !== undefined) this.#read(jid, unread)
      const { chats } = this.#parts()
      return chats.summary(chats.findChat(jid)!)
    })
  }

  /** Reads a chat: whoever wrote in it gets receipts. One that is not there was read. */
  markRead(chat: string): Promise<void> {
    return this.#queue.run(() => this.#read(chatJid(chat), false))
  }

  /** Deletes a chat with all its messages, on this phone only. */
  delete(chat: string): Promise<void> {
    return this.#queue.run(() => this.#do(this.#known(chat), 'delete'))
  }

  /** Deletes the messages of a chat, on this phone only. */
  clear(chat: string, { keepStarred = false }: { readonly keepStarred?: boolean } = {}): Promise<void> {
    return this.#queue.run(() => this.#do(this.#known(chat), 'clear', { keepStarred }))
  }

  /** Deletes one message, on this phone only. */
  deleteMessage(chat: string, message: MessageName): Promise<void> {
    return this.#queue.run(() => {
      const item = this.#message(chat, message)
      this.#do(item.chat, 'clear', { items: [item] })
    })
  }

  star(chat: string, message: MessageName, starred: boolean): Promise<void> {
    return this.#queue.run(() => {
      const item = this.#message(chat, message)
      this.#do(item.chat, starred ? 'star' : 'unstar', { items: [item] })
    })
  }

  /**
   * Sets the disappearing timer of a chat, in seconds; 0 switches it off. With a person it is a message, and throws what
   * sending does; of a group it is a setting, and throws what the directory answers.
   */
  setTimer(chat: string, seconds: number): Promise<void> {
    return this.#queue.run(async () => {
      const { groups, writer } = this.#parts()
      const jid = chatJid(chat)
      if (isGroup(jid)) await groups.change(jid, { kind: 'ephemeral', seconds })
      else await writer.setTimer(jid, seconds)
    })
  }

  #do(jid: string, type: ChangeType, details: ChangeDetails = {}): void {
    changeChat({ ...this.#parts(), store: this.#store }, jid, type, details)
  }

  #read(jid: string, unread: boolean): void {
    const { chats, receipts, pushes } = this.#parts()
    this.#store.transaction(() => {
      const was = chats.findChat(jid)?.unread ?? 0
      if (unread) {
        if (was === 0) chats.changeChat(jid, { unread: -1 })
      } else receipts.read(chats.markSeen(jid, null))
      if ((was !== 0) !== unread) pushes.read(jid, unread)
    })
  }

  #known(chat: string): string {
    const jid = chatJid(chat)
    if (this.#parts().chats.findChat(jid) === null)
      throw new TetherError('TETHER_ERR_NOT_FOUND', 'no such chat')
    return jid
  }

  #message(chat: string, { id, fromMe }: MessageName): MessageKeyRow {
    const key = { chat: this.#known(chat), fromMe, id }
    const row = this.#parts().chats.find(key)
    if (row === null || row.hidden) throw new TetherError('TETHER_ERR_NOT_FOUND', 'no such message')
    return key
  }

  #nowS(): number {
    return Math.floor(this.#parts().clock.now() / 1000)
  }
}

/** Seconds as the store has them: 0 for not muted, -1 for always. Throws TETHER_ERR_BODY. */
function muteEnd(untilMs: number | null): number {
  if (untilMs !== null && (!Number.isSafeInteger(untilMs) || untilMs < -1))
    throw new TetherError('TETHER_ERR_BODY', 'mutedUntilMs')
  return untilMs === null ? 0 : Math.floor(untilMs / 1000)
}
