/**
 * What a phone keeps, as a port: small groups of rows and one transaction over all of them. Reads and writes are
 * synchronous; a write outside `transaction` is a transaction of its own. When `transaction` returns, its effect is
 * durable. Rows are plain facts: what they mean is decided in chats, courier, inbox and vault.
 *
 * JIDs are in the node spelling (`@s.whatsapp.net`), times in milliseconds since 1970 unless the name ends in S.
 */
import type { MailKind, PhoneMailKind } from 'proto/phone-link'
import type { Level } from './levels.ts'
import type { GroupRows, ReaderRows } from './store-groups.ts'

export interface PhoneStore {
  readonly facts: FactRows
  readonly vault: VaultRows
  readonly contacts: ContactRows
  readonly chats: ChatRows
  readonly messages: MessageRows
  readonly media: MediaRows
  readonly groups: GroupRows
  readonly readers: ReaderRows
  readonly outbox: OutboxRows
  readonly receipts: WaitingReceiptRows
  readonly inbox: InboxRows
  readonly audit: AuditRows
  counts(): StoreCounts
  /** All of `work` or nothing. Transactions do not nest. */
  transaction<T>(work: () => T): T
  /**
   * Runs `task` once the transaction around it has been committed; never when it is rolled back; at once outside.
   * One that throws keeps no other from running; its error comes out of `transaction`, which is committed all the same.
   */
  afterCommit(task: () => void): void
  /** Later calls throw. */
  close(): void
}

/** How much waits, for operators. */
export interface StoreCounts {
  /** Mails that the server has not confirmed. */
  readonly outbox: number
  readonly legs: number
  readonly receipts: number
  readonly held: number
  readonly parked: number
  /** Files that are wanted. */
  readonly media: number
}

/** Named single values: number, send counter, watermark, device and the like. Never secret. */
export interface FactRows {
  find(name: string): string | null
  put(name: string, value: string): void
  remove(name: string): void
}

/** Sealed values; only the vault can read them. */
export interface VaultRows {
  find(name: string): Uint8Array | null
  /** Stamps the row with the time of the store's clock. */
  put(name: string, sealed: Uint8Array): void
  remove(name: string): void
  /** Names that begin with `prefix`, in order. */
  names(prefix: string): { readonly name: string; readonly at: number }[]
}

export interface ContactRow {
  readonly jid: string
  /** From the address book; null for a stranger. */
  readonly name: string | null
  /** The name the person gave. */
  readonly notify: string | null
  readonly blocked: boolean
}

export interface ContactRows {
  find(jid: string): ContactRow | null
  all(): ContactRow[]
  put(row: ContactRow): void
}

export interface ChatRow {
  readonly jid: string
  /** Last activity. */
  readonly at: number
  /** Messages not seen; -1 when marked unread by hand. */
  readonly unread: number
  readonly archived: boolean
  /** 0 when not pinned. */
  readonly pinnedS: number
  /** When the mute ends; 0 when not muted, -1 for always. */
  readonly mutedUntilS: number
  /** Grows with every change the phone makes to the chat (spec 10.2). */
  readonly modifyTag: number
  /** Disappearing timer in seconds, 0 for none, and when it was set. */
  readonly timerS: number
  readonly timerSetS: number
}

export interface ChatRows {
  find(jid: string): ChatRow | null
  /** Newest activity first. */
  all(): ChatRow[]
  put(row: ChatRow): void
  remove(jid: string): void
}

export interface MessageKeyRow {
  readonly chat: string
  readonly fromMe: boolean
  readonly id: string
}

export interface NewMessage extends MessageKeyRow {
  readonly at: number
  /** proto's message status number. */
  readonly status: number
  /** Shown to the person; own messages always are. */
  readonly seen: boolean
  /** Kept to recognise it again, but not part of the history (a revoke, for example). */
  readonly hidden: boolean
  /** What a person reads, for previews and search. */
  readonly text: string
  readonly type: string
  /** The serialised WebMessageInfo. */
  readonly info: Uint8Array
  /** When it disappears; null: never. */
  readonly expiresAt: number | null
  /** JID of the member who wrote it in a group; null for own messages, and where the chat is the writer. */
  readonly author: string | null
}

export interface MessageRow extends NewMessage {
  /** Place in the history of the phone; grows, is never used again. */
  readonly position: number
  readonly starred: boolean
  readonly deliveredAt: number | null
  readonly readAt: number | null
}

export type MessageChange = Partial<
  Pick<MessageRow, 'status' | 'seen' | 'starred' | 'text' | 'type' | 'info' | 'deliveredAt' | 'readAt'>
>

export interface MessageSearch {
  readonly text: string
  /** JIDs; null: in all chats. */
  readonly chats: readonly string[] | null
  readonly count: number
  readonly skip: number
}

/** Types of messages that carry a file for a gallery. */
export const mediaTypes = ['imageMessage', 'videoMessage', 'audioMessage', 'documentMessage'] as const

/** Hidden messages are given only by `find`. Lists are oldest first unless said. */
export interface MessageRows {
  /** Gives the position. A known (chat, fromMe, id) throws. */
  add(row: NewMessage): number
  find(key: MessageKeyRow): MessageRow | null
  change(key: MessageKeyRow, change: MessageChange): void
  newest(chat: string): MessageRow | null
  /** The newest message of each chat that has a row and messages, by its JID. */
  newestOfEach(): ReadonlyMap<string, MessageRow>
  /** The `count` messages nearest to `position` on its older side; null: the newest. */
  before(chat: string, position: number | null, count: number): MessageRow[]
  /** The `count` messages nearest to `position` on its newer side; null: the oldest. */
  after(chat: string, position: number | null, count: number): MessageRow[]
  /** Messages of others not seen yet, up to and including `position`. */
  unseen(chat: string, position: number): MessageRow[]
  unseenCount(chat: string): number
  /** Has this phone's person ever written here? What was deleted does not count. */
  hasOwn(chat: string): boolean
  /** The oldest message of others that was not seen. */
  firstUnseen(chat: string): MessageRow | null
  /** Newest first. */
  search(search: MessageSearch): MessageRow[]
  /** Newest first, older than `position` (null: from the newest); of these chats, null for all. */
  starred(chats: readonly string[] | null, position: number | null, count: number): MessageRow[]
  /** The `count` messages with a file (mediaTypes) nearest to `position` on one side of it, oldest first. */
  media(chat: string, side: 'before' | 'after', position: number | null, count: number): MessageRow[]
  /** Texts that this phone's person wrote last, newest first. */
  ownTexts(count: number): string[]
  /** Among the last `count` messages of all chats, the chats of those that this phone's person wrote, newest first. */
  ownChats(count: number): string[]
  /** Messages whose time is over at `at`, in the order of their times. */
  expired(at: number): MessageRow[]
  /** When the next message disappears; null when none does. */
  nextExpiry(): number | null
  remove(key: MessageKeyRow): void
  /** As `remove`, but what waits for somebody (OutboxRows.legs) is hidden until its last leg is gone. */
  putAway(key: MessageKeyRow): void
  /** Puts away all messages of a chat. */
  putAllAway(chat: string, keepStarred: boolean): void
}

/** The file of a message. */
export interface MediaFileRow extends MessageKeyRow {
  /** `wanted` until it is here, or cannot be had. */
  readonly state: 'wanted' | 'kept' | 'failed'
  /** The error code of a failure. */
  readonly code: string | null
  /** 0 while it is not here. */
  readonly bytes: number
}

/** A file goes with its message: it is gone when that is removed, or replaced by another type. */
export interface MediaRows {
  /** The message with this key has a file; one that failed is wanted again, any other stays as it is. */
  want(key: MessageKeyRow): void
  find(key: MessageKeyRow): MediaFileRow | null
  /** In the order in which they were first wanted. */
  wanted(): MessageKeyRow[]
  /** Of a file that is not wanted any more, nothing is kept, and no failure noted. */
  keep(key: MessageKeyRow, data: Uint8Array): void
  fail(key: MessageKeyRow, code: string): void
  /** Null unless it is kept. */
  read(key: MessageKeyRow): Uint8Array | null
  /** What all files together take. */
  bytes(): number
}

export interface OutboxRow {
  /** Send counter: 1, 2, 3 ... without holes. */
  readonly n: number
  /** Number of the recipient. */
  readonly to: string
  readonly mail: string
  readonly kind: PhoneMailKind
  /** Exactly the bytes to send; never encrypted again. */
  readonly body: Uint8Array
  /** The message of the history that waits for it; null for receipts. */
  readonly message: MessageKeyRow | null
}

/** One recipient of a message for whom no mail is in the outbox yet. */
export interface Leg {
  readonly message: MessageKeyRow
  /** Number of the recipient. */
  readonly to: string
  /** Waits until the person accepts a new identity of the recipient; nothing else waits for it. */
  readonly stuck: boolean
}

export interface OutboxRows {
  add(row: OutboxRow): void
  /** Rows from `n` on, in order. */
  from(n: number, count: number): OutboxRow[]
  find(n: number): OutboxRow | null
  /** The smallest and the largest n, or null. */
  range(): { readonly first: number; readonly last: number } | null
  remove(n: number): void
  /** Adds `by` to every n. */
  shift(by: number): void
  /** Is a mail of this message in the outbox, or does a leg of it wait that is not stuck? */
  isOpen(message: MessageKeyRow): boolean
  /** Oldest first; one recipient's are sent in this order. */
  legs(): Leg[]
  /** A leg that waits already stays as it is. */
  addLeg(message: MessageKeyRow, to: string): void
  removeLeg(message: MessageKeyRow, to: string): void
  removeLegs(message: MessageKeyRow): void
  stickLeg(message: MessageKeyRow, to: string): void
  /** None of the legs to this number is stuck any more. */
  freeLegs(to: string): void
}

/** One message of somebody else, and how far it has come here: its writer is not told yet. */
export interface WaitingReceiptRow {
  /** Number of the writer. */
  readonly to: string
  /** The group or the stories that it was written to; empty: this person alone. */
  readonly chat: string
  readonly level: Level
  readonly id: string
  /** Seconds since 1970. */
  readonly t: number
}

export interface WaitingReceiptRows {
  /** One that waits already stays as it is. */
  add(row: WaitingReceiptRow): void
  isEmpty(): boolean
  /** Removes and gives all of them, oldest first. */
  takeAll(): WaitingReceiptRow[]
}

/** Mail that cannot be opened yet: its sender has a new identity, or sent too much that does not decrypt. */
export interface HeldMail {
  readonly from: string
  readonly mail: string
  readonly kind: 'prekey' | 'whisper'
  readonly body: Uint8Array
  readonly at: number
}

/** Mail that was set aside because every attempt to work on it failed. */
export interface ParkedMail {
  readonly from: string
  readonly mail: string
  readonly kind: MailKind
  readonly body: Uint8Array
  readonly at: number
}

export interface InboxRows {
  knows(from: string, mail: string): boolean
  add(from: string, mail: string, at: number): void
  /** Forgets what came before `at`. */
  prune(at: number): void
  park(mail: ParkedMail): void
  /** Oldest first. */
  parked(): ParkedMail[]
  hold(mail: HeldMail): void
  /** Oldest first. */
  held(from: string): HeldMail[]
  /** Numbers of whom mail is held, in order. */
  heldSenders(): string[]
  release(from: string, mail: string): void
}

export interface AuditRow {
  readonly position: number
  readonly at: number
  readonly kind: string
  readonly fields: Readonly<Record<string, string | number | boolean | null>>
}

export interface AuditRows {
  add(row: Omit<AuditRow, 'position'>): number
  /** The last `count` records, oldest first. */
  last(count: number): AuditRow[]
}
