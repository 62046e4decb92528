/**
 * What a message that came means for the history: the chat it belongs to, whether its sender may write there, what it
 * takes back. Who wrote it is told by the Signal session that opened it, never by the message itself.
 */
import { codeOf, type ErrorCode } from 'proto/errors'
import { isGroup, STATUS_JID } from 'proto/jid'
import { isNewerPlace } from 'proto/live-location'
import {
  decodeWebMessage,
  type KeyFields,
  type MessageKey,
  moveKey,
  removeStub,
  revokedKeyOf,
  type WebMessageInfo,
} from 'proto/web-message'
import { findGroupJid, findPersonJid, numberOf } from './addresses.ts'
import type { Audit } from './audit.ts'
import { type Chats, keepToOneself, keyOf, UNDECRYPTABLE } from './chats.ts'
import type { Groups } from './groups.ts'
import { assertId } from './message-ids.ts'
import type { Receipts } from './receipts.ts'
import type { MessageRow } from './store.ts'

export interface ArrivalsOptions {
  readonly ownJid: string
  readonly chats: Chats
  readonly groups: Groups
  /** Takes what is no message but a call; called in the transaction. */
  readonly calls: { take(info: WebMessageInfo, envelope: Envelope): boolean }
  readonly receipts: Receipts
  readonly audit: Audit
  /** A message came, or took the place of one that could not be read; called in the transaction. */
  readonly arrived: (row: MessageRow, replaces: boolean) => void
  /** A message came under this name; called in the transaction. */
  readonly named: (jid: string, name: string) => void
  /** A message that could not be read belongs into another chat; called in the transaction. */
  readonly moved: (placeholder: MessageRow) => void
}

/** The mail that a message came in. */
export interface Envelope {
  /** JID of the sender. */
  readonly from: string
  readonly mail: string
  readonly at: number
}

const NAME_LENGTH = 100

export class Arrivals {
  readonly #options: ArrivalsOptions

  constructor(options: ArrivalsOptions) {
    this.#options = options
  }

  /**
   * The message as this phone has it: its chat is the writer, or the group that it names; the same in the name of a
   * message that it takes back, because clients look for that one by its key; notices are not a person's to write;
   * everything else stays (messages.md 1, 6). Throws TETHER_ERR_PROTOBUF.
   */
  read(plaintext: Uint8Array, { from, mail }: Envelope): WebMessageInfo {
    const info = decodeWebMessage(plaintext)
    const group = info.key.remoteJid === STATUS_JID ? STATUS_JID : findGroupJid(info.key.remoteJid)
    info.key.remoteJid = group ?? from
    info.key.fromMe = false
    info.key.id ||= mail
    assertId(info.key.id)
    if (group) info.participant = info.key.participant = from
    const revoked = revokedKeyOf(info)
    if (revoked)
      moveKey(revoked, group ? this.#revokedIn(group, revoked, from) : { remoteJid: from, fromMe: false })
    removeStub(info)
    keepToOneself(info)
    return info
  }

  /** Puts it into the history; in the transaction that takes the mail. */
  store(info: WebMessageInfo, envelope: Envelope): void {
    if (info.message === undefined)
      this.#options.audit.record('message.empty', { from: envelope.from, id: info.key.id })
    else if (isGroup(info.key.remoteJid)) this.#storeInGroup(info, envelope)
    else if (info.key.remoteJid === STATUS_JID) this.#storeStory(info, envelope)
    else if (!this.#options.chats.isBlocked(envelope.from)) this.#storeFromPerson(info, envelope)
  }

  #storeFromPerson(info: WebMessageInfo, envelope: Envelope): void {
    const { chats, calls, receipts, arrived } = this.#options
    const { from, mail, at } = envelope
    const key = keyOf(info)
    this.#named(info, from)
    if (calls.take(info, envelope)) return
    if (mail !== key.id) this.#removePlaceholder(envelope)
    const known = chats.find(key)
    if (known === null) {
      const revoked = revokedKeyOf(info)
      // only the writer of a message may take it back
      if (revoked) chats.revoke({ chat: key.chat, fromMe: false, id: revoked.id })
      arrived(chats.add({ info, status: 0, seen: false, hidden: revoked !== null, at }), false)
    } else if (known.type === UNDECRYPTABLE) {
      arrived(chats.replace(key, info), true)
    } else {
      this.#move(known, info)
      return
    }
    receipts.send(from, key.chat, [key.id], 'delivered')
  }

  /** Stories are shown of people in the address book only; nobody else is told that they came. */
  #storeStory(info: WebMessageInfo, { from, at }: Envelope): void {
    const { chats, receipts, audit, arrived } = this.#options
    const key = keyOf(info)
    const contact = chats.contacts().find(({ jid }) => jid === from)
    if (!contact || contact.name === null || contact.blocked) {
      audit.record('story.refused', { from, id: key.id })
      return
    }
    this.#named(info, from)
    if (chats.find(key)) return
    const revoked = revokedKeyOf(info)
    const target = revoked && chats.find({ chat: key.chat, fromMe: false, id: revoked.id })
    if (target?.author === from) chats.revoke(target)
    arrived(chats.add({ info, status: 0, seen: false, hidden: revoked !== null, at }), false)
    receipts.send(from, key.chat, [key.id], 'delivered')
  }

  /** Blocking somebody is between two: in a group everybody reads everybody. */
  #storeInGroup(info: WebMessageInfo, { from, mail, at }: Envelope): void {
    const { chats, receipts, audit, arrived } = this.#options
    const key = keyOf(info)
    this.#removePlaceholder({ from, mail })
    const refusal = this.#refusal(info, from)
    if (refusal) {
      audit.record('group.refused', { group: key.chat, from, id: key.id, code: refusal })
      return
    }
    this.#named(info, from)
    const known = chats.find(key)
    if (known) {
      if (known.author === from) this.#move(known, info)
      return
    }
    const revoked = revokedKeyOf(info)
    if (revoked) chats.revoke({ chat: key.chat, fromMe: revoked.fromMe, id: revoked.id })
    arrived(chats.add({ info, status: 0, seen: false, hidden: revoked !== null, at }), false)
    receipts.send(from, key.chat, [key.id], 'delivered')
  }

  /** A live location has moved: the message is another in its place. */
  #move(known: MessageRow, info: WebMessageInfo): void {
    const { chats, arrived } = this.#options
    if (isNewerPlace(info, decodeWebMessage(known.info))) arrived(chats.replace(known, info), true)
  }

  /** What could not be read was shown under the name of its mail, in the chat with its sender. */
  #removePlaceholder({ from, mail }: Pick<Envelope, 'from' | 'mail'>): void {
    const { chats, moved } = this.#options
    const placeholder = chats.find({ chat: from, fromMe: false, id: mail })
    if (placeholder?.type !== UNDECRYPTABLE) return
    chats.drop(placeholder)
    moved(placeholder)
  }

  /** Why a member of a group may not say this; the server cannot know which chat a mail is for. */
  #refusal(info: WebMessageInfo, from: string): ErrorCode | null {
    const { groups, chats } = this.#options
    const { chat } = keyOf(info)
    try {
      groups.assertMayWrite(chat, numberOf(from))
    } catch (error) {
      return codeOf(error)
    }
    const revoked = revokedKeyOf(info)
    if (revoked === null || groups.isAdmin(chat, numberOf(from))) return null
    const target = chats.find({ chat, fromMe: revoked.fromMe, id: revoked.id })
    return target?.author === from ? null : 'TETHER_ERR_GROUP_RIGHT'
  }

  /** The key of a message that is taken back, as our browsers know it: ours, the sender's, or another member's. */
  #revokedIn(group: string, { fromMe, participant }: MessageKey, from: string): Omit<KeyFields, 'id'> {
    const author = fromMe ? from : findPersonJid(participant)
    if (author === this.#options.ownJid) return { remoteJid: group, fromMe: true }
    return { remoteJid: group, fromMe: false, participant: author ?? undefined }
  }

  #named({ pushName }: WebMessageInfo, from: string): void {
    if (pushName !== '') this.#options.named(from, pushName.slice(0, NAME_LENGTH))
  }
}
