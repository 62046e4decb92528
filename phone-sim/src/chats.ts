/**
 * The history that the phone owns: contacts, chats and messages, and what is read. Decides what a message does to
 * its chat; knows neither Signal nor browsers. Every method that changes something runs in the caller's transaction.
 */
import type { Clock } from 'proto/clock'
import { timerOf } from 'proto/contents'
import { isBroadcast, isGroup, isUser, STATUS_JID } from 'proto/jid'
import {
  contentTypeOf,
  encodeWebMessage,
  messageStatus,
  revokedKeyOf,
  stubMessage,
  type WebMessageInfo,
} from 'proto/web-message'
import { mediaOf } from 'proto/media-message'
import { findList } from './broadcast-lists.ts'
import { describe, factsOf, keyOf } from './message-facts.ts'
import { messageView } from './message-view.ts'
import type { ChatSummary, MessageView } from './phone-views.ts'
import type { PhoneEventBody, PhoneEvents } from './phone-events.ts'
import type {
  ChatRow,
  ContactRow,
  MessageChange,
  MessageKeyRow,
  MessageRow,
  NewMessage,
  PhoneStore,
} from './store.ts'

export { browserBytes, keepToOneself, keyOf, REVOKED, UNDECRYPTABLE } from './message-facts.ts'

type ChatChange = Partial<Omit<ChatRow, 'jid' | 'modifyTag'>>

export interface Arrival {
  readonly info: WebMessageInfo
  /** Status number of an own message; 0 for others. */
  readonly status: number
  readonly seen: boolean
  readonly hidden?: boolean
  /** Used when the message names no time, or one that cannot be. */
  readonly at: number
}

export class Chats {
  readonly #store: PhoneStore
  readonly #clock: Clock
  readonly #events: PhoneEvents
  readonly #ownJid: string
  readonly #willExpire: () => void
  readonly #fileWanted: () => void

  /** After the commit of a message `willExpire` is called when it disappears some time, `fileWanted` when it has a file. */
  constructor(
    store: PhoneStore,
    clock: Clock,
    events: PhoneEvents,
    ownJid: string,
    willExpire: () => void = () => undefined,
    fileWanted: () => void = () => undefined,
  ) {
    this.#store = store
    this.#clock = clock
    this.#events = events
    this.#ownJid = ownJid
    this.#willExpire = willExpire
    this.#fileWanted = fileWanted
  }

  // contacts

  contacts(): ContactRow[] {
    return this.#store.contacts.all()
  }

  /** Adds or changes; absent members stay. */
  putContact(jid: string, change: Partial<Omit<ContactRow, 'jid'>>): ContactRow {
    const before = this.#store.contacts.find(jid) ?? { jid, name: null, notify: null, blocked: false }
    const row = { ...before, ...change }
    this.#store.contacts.put(row)
    this.#tell(() => ({ type: 'contact', jid, name: this.nameOf(jid) }))
    return row
  }

  isBlocked(jid: string): boolean {
    return this.#store.contacts.find(jid)?.blocked ?? false
  }

  nameOf(jid: string): string {
    if (jid === this.#ownJid) return 'You'
    if (isGroup(jid)) return this.#store.groups.find(jid)?.facts.subject ?? jid
    if (isBroadcast(jid)) return findList(this.#store.facts, jid)?.name ?? jid
    const contact = this.#store.contacts.find(jid)
    return contact?.name ?? contact?.notify ?? `+${jid.slice(0, jid.indexOf('@'))}`
  }

  // chats

  chats(): ChatRow[] {
    return this.#store.chats.all()
  }

  findChat(jid: string): ChatRow | null {
    return this.#store.chats.find(jid)
  }

  /** Changes a chat, making it when there is none; counts up its modify tag (spec 10.2). */
  changeChat(jid: string, change: ChatChange): ChatRow {
    return this.#putChat(jid, this.#store.chats.find(jid), change)
  }

  #putChat(jid: string, known: ChatRow | null, change: ChatChange): ChatRow {
    const before = known ?? {
      jid,
      at: this.#clock.now(),
      unread: 0,
      archived: false,
      pinnedS: 0,
      mutedUntilS: 0,
      modifyTag: 0,
      timerS: 0,
      timerSetS: 0,
    }
    const row = { ...before, ...change, modifyTag: before.modifyTag + 1 }
    this.#store.chats.put(row)
    this.#tell(() => ({ type: 'chat', chat: this.summary(row) }))
    return row
  }

  /** A chat that is not marked by hand knows how many are not seen; counting them would take longer the more there are. */
  #unreadWith(added: NewMessage, chat: ChatRow | null): number {
    if (chat === null || chat.unread < 0) return this.#store.messages.unseenCount(added.chat)
    return chat.unread + (added.seen ? 0 : 1)
  }

  removeChat(jid: string): void {
    this.#store.messages.putAllAway(jid, false)
    this.#store.chats.remove(jid)
    this.#tell(() => ({ type: 'chatGone', jid }))
  }

  clearChat(jid: string, keepStarred: boolean): void {
    this.#store.messages.putAllAway(jid, keepStarred)
    if (this.#store.chats.find(jid)) this.changeChat(jid, { unread: this.#store.messages.unseenCount(jid) })
  }

  // messages

  find(key: MessageKeyRow): MessageRow | null {
    return this.#store.messages.find(key)
  }

  /** Puts a message at the end of its chat. Its key must be in the store's spelling and not known yet. */
  add({ info, status, seen, hidden = false, at: arrivedAt }: Arrival): MessageRow {
    const key = keyOf(info)
    const row = {
      ...key,
      ...factsOf(info, arrivedAt),
      status,
      seen: seen || key.fromMe || hidden,
      hidden,
      info: encodeWebMessage(info),
    }
    const position = this.#store.messages.add(row)
    const stored = { ...row, position, starred: false, deliveredAt: null, readAt: null }
    if (!hidden) this.#wantFile(key, info)
    if (hidden) return stored
    const chat = this.#store.chats.find(key.chat)
    // a new message brings an archived chat back; clients do so by themselves
    const archived = (chat?.archived ?? false) && info.message === undefined
    const change = { at: Math.max(chat?.at ?? 0, row.at), unread: this.#unreadWith(row, chat), archived }
    if (key.chat !== STATUS_JID) {
      // stories are in no list of chats
      this.#putChat(key.chat, chat, { ...change, ...timerChange(info, row.at) })
    }
    if (row.expiresAt !== null) this.#store.afterCommit(() => this.#willExpire())
    this.#tell(() => ({ type: 'message', jid: key.chat, message: this.view(stored) }))
    return stored
  }

  /** Adds a message of this phone's person; one that takes another back, in a group also somebody else's, is not shown. */
  addOwn(info: WebMessageInfo, status: number, at: number): MessageRow {
    const revoked = revokedKeyOf(info)
    const chat = info.key.remoteJid
    if (revoked) this.revoke({ chat, fromMe: !isGroup(chat) || revoked.fromMe, id: revoked.id })
    return this.add({
      info,
      status,
      seen: true,
      hidden: revoked !== null || contentTypeOf(info) === 'call',
      at,
    })
  }

  /** A message that came but cannot be read; `messageStubType` CIPHERTEXT asks clients to wait for it. */
  addUndecryptable(chat: string, id: string, at: number): MessageRow {
    const timestampS = Math.floor(at / 1000)
    const info = stubMessage({ remoteJid: chat, fromMe: false, id, timestampS, stub: 'CIPHERTEXT' })
    return this.add({ info, status: 0, seen: false, at })
  }

  /** Puts what was meant in the place of a message that could not be read. */
  replace(key: MessageKeyRow, info: WebMessageInfo): MessageRow {
    const row = this.#change(key, { ...describe(info), info: encodeWebMessage(info) })
    this.#wantFile(key, info)
    return row
  }

  /** Takes a message back: its content is gone from the store, a notice stays. Null when it is not known. */
  revoke(key: MessageKeyRow): MessageRow | null {
    const row = this.#store.messages.find(key)
    if (row === null || row.hidden) return null
    const notice = stubMessage({
      remoteJid: key.chat,
      fromMe: key.fromMe,
      id: key.id,
      timestampS: Math.floor(row.at / 1000),
      participant: row.author ?? undefined,
      stub: 'REVOKE',
    })
    return this.replace(key, notice)
  }

  /** The file of a message came, or cannot be had. */
  fileChanged(key: MessageKeyRow): void {
    if (this.#store.messages.find(key)) this.#change(key, {})
  }

  star(key: MessageKeyRow, starred: boolean): void {
    if (this.#store.messages.find(key)) this.#change(key, { starred })
  }

  /** Deletes for this phone only: what still waits for somebody goes out all the same. */
  remove(key: MessageKeyRow): void {
    this.#store.messages.putAway(key)
    this.#recount(key.chat)
  }

  /** Takes a message out of the history for good; whoever it waits for does not get it. */
  drop(key: MessageKeyRow): void {
    this.#store.messages.remove(key)
    this.#recount(key.chat)
  }

  #recount(chat: string): void {
    if (this.#store.chats.find(chat))
      this.changeChat(chat, { unread: this.#store.messages.unseenCount(chat) })
  }

  /**
   * Raises the status of an own message, `at` in milliseconds; never lowers it, except to ERROR while it is on its way.
   */
  raiseStatus(key: MessageKeyRow, status: number, at = this.#clock.now()): MessageRow | null {
    const row = this.#store.messages.find(key)
    if (row === null || !key.fromMe) return null
    const failed = status === messageStatus.ERROR && row.status <= messageStatus.PENDING
    if (row.status >= status && !failed) return null
    return this.#change(key, {
      status,
      ...(status >= messageStatus.DELIVERY_ACK && row.deliveredAt === null && { deliveredAt: at }),
      ...(status >= messageStatus.READ && row.readAt === null && { readAt: at }),
    })
  }

  /**
   * Marks messages of others as seen, up to and including `upTo` (null: all). Gives those that were not seen
   * before; their writer is owed a receipt. Stories are seen of one person, up to one: those of its author.
   */
  markSeen(jid: string, upTo: MessageRow | null): MessageRow[] {
    const isMeant = ({ author }: MessageRow) => jid !== STATUS_JID || upTo === null || author === upTo.author
    const unseen = this.#store.messages.unseen(jid, upTo?.position ?? Number.MAX_SAFE_INTEGER)
    const rows = unseen.filter(isMeant)
    for (const row of rows) this.#store.messages.change(row, { seen: true })
    const chat = this.#store.chats.find(jid)
    const unread = this.#store.messages.unseenCount(jid)
    if (chat && chat.unread !== unread) this.changeChat(jid, { unread })
    return rows
  }

  // views

  /** All chats, newest activity first. */
  summaries(): ChatSummary[] {
    const newest = this.#store.messages.newestOfEach()
    return this.chats().map((chat) => this.summary(chat, newest.get(chat.jid) ?? null))
  }

  summary(chat: ChatRow, last = this.#store.messages.newest(chat.jid)): ChatSummary {
    return {
      jid: chat.jid,
      name: this.nameOf(chat.jid),
      unread: chat.unread,
      lastMessage: last && { text: this.view(last).text, fromMe: last.fromMe, timestampMs: last.at },
      timestampMs: chat.at,
      archived: chat.archived,
      pinned: chat.pinnedS !== 0,
      mutedUntilMs: chat.mutedUntilS > 0 ? chat.mutedUntilS * 1000 : chat.mutedUntilS || null,
      timerSeconds: chat.timerS,
    }
  }

  view(row: MessageRow): MessageView {
    return messageView(row, this.#store, this.#ownJid, (jid) => this.nameOf(jid))
  }

  #wantFile(key: MessageKeyRow, info: WebMessageInfo): void {
    if (mediaOf(info) === null) return
    this.#store.media.want(key)
    this.#store.afterCommit(() => this.#fileWanted())
  }

  #change(key: MessageKeyRow, change: MessageChange): MessageRow {
    this.#store.messages.change(key, change)
    const row = this.#store.messages.find(key)!
    if (!row.hidden) this.#tell(() => ({ type: 'messageChanged', jid: key.chat, message: this.view(row) }))
    return row
  }

  /** Screens hear of it after the commit. */
  #tell(make: () => PhoneEventBody): void {
    this.#store.afterCommit(() => this.#events.tell(make))
  }
}

/** What a message that switches the disappearing timer does to its chat; timers of groups are the directory's. */
function timerChange(info: WebMessageInfo, sentAt: number): Partial<ChatRow> {
  const timerS = isUser(info.key.remoteJid) ? timerOf(info) : null
  return timerS === null ? {} : { timerS, timerSetS: Math.floor(sentAt / 1000) }
}
