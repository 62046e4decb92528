/**
 * What the person at the phone writes: texts and every other content, taking a message back, the disappearing timer.
 * Stored and sent as what a browser writes is, and shown in the browsers. Runs in the phone's queue.
 */
import type { Clock } from 'proto/clock'
import { type ContentInit, contentMessage, disappearing, timerContent } from 'proto/contents'
import type { Entropy } from 'proto/entropy'
import { TetherError } from 'proto/errors'
import { isGroup } from 'proto/jid'
import { movedLocation, type Place } from 'proto/live-location'
import { decodeWebMessage, type MessageFrame, revokeMessage, type WebMessageInfo } from 'proto/web-message'
import { chatJid } from './addresses.ts'
import { type Chats, REVOKED } from './chats.ts'
import type { Courier } from './courier.ts'
import { newId } from './message-ids.ts'
import type { Pushes } from './pushes.ts'

export interface WriterOptions {
  readonly chats: Chats
  readonly courier: Courier
  readonly pushes: Pushes
  readonly clock: Clock
  readonly ids: Entropy
  /** Whether the app runs; nothing is written while it is killed. */
  readonly isRunning: () => boolean
}

export class Writer {
  readonly #options: WriterOptions

  constructor(options: WriterOptions) {
    this.#options = options
  }

  /** Throws what `send` would throw before it looks at a content. */
  assertMayWrite(to: string): void {
    chatJid(to)
    if (!this.#options.isRunning()) throw new TetherError('TETHER_ERR_STATE', 'the app is not running')
  }

  /**
   * Sends a content; in a chat with a timer it will disappear. Throws TETHER_ERR_JID, TETHER_ERR_STATE while the app is
   * killed, and what the courier throws.
   */
  send(to: string, content: ContentInit): Promise<{ id: string }> {
    const jid = chatJid(to)
    const chat = this.#options.chats.findChat(jid)
    const timer = chat && chat.timerS > 0 ? { seconds: chat.timerS, setAt: chat.timerSetS } : null
    return this.#send(jid, (frame) =>
      contentMessage({ ...frame, content: timer ? disappearing(content, timer) : content }),
    )
  }

  /** Takes an own message back, for everybody. Throws TETHER_ERR_NOT_FOUND, and what `send` throws. */
  async revoke(chat: string, id: string): Promise<{ id: string }> {
    const jid = chatJid(chat)
    const row = this.#options.chats.find({ chat: jid, fromMe: true, id })
    if (row === null || row.hidden || row.type === REVOKED)
      throw new TetherError('TETHER_ERR_NOT_FOUND', 'no such message of this phone')
    const revoked = { remoteJid: jid, fromMe: true, id }
    return this.#send(jid, (frame) => revokeMessage({ ...frame, revoked }))
  }

  /**
   * Moves an own live location; it stays the message it is, for all who have it. Throws TETHER_ERR_NOT_FOUND, and what
   * `send` throws.
   */
  async moveLocation(chat: string, id: string, place: Place): Promise<void> {
    const { chats, courier, pushes, clock } = this.#options
    this.assertMayWrite(chat)
    const row = chats.find({ chat: chatJid(chat), fromMe: true, id })
    const atS = Math.floor(clock.now() / 1000)
    const moved = row && movedLocation(decodeWebMessage(row.info), place, atS)
    if (!moved) throw new TetherError('TETHER_ERR_NOT_FOUND', 'no such live location of this phone')
    pushes.replaced(await courier.sendAgain(moved))
  }

  /** Sets the disappearing timer of a chat with one person; 0 switches it off. Throws as `send`, TETHER_ERR_BODY. */
  setTimer(chat: string, seconds: number): Promise<{ id: string }> {
    if (!Number.isSafeInteger(seconds) || seconds < 0 || seconds > 0xffff_ffff)
      throw new TetherError('TETHER_ERR_BODY', 'seconds')
    const jid = chatJid(chat)
    if (isGroup(jid))
      throw new TetherError('TETHER_ERR_JID', 'the timer of a group is a setting of the group')
    return this.#send(jid, (frame) => contentMessage({ ...frame, content: timerContent(seconds) }))
  }

  async #send(remoteJid: string, build: (frame: MessageFrame) => WebMessageInfo): Promise<{ id: string }> {
    const { courier, pushes, clock, ids, isRunning } = this.#options
    if (!isRunning()) throw new TetherError('TETHER_ERR_STATE', 'the app is not running')
    const id = newId(ids)
    const timestampS = Math.floor(clock.now() / 1000)
    const info = build({ remoteJid, fromMe: true, id, timestampS, status: 'PENDING' })
    pushes.written(await courier.send(info))
    return { id }
  }
}
