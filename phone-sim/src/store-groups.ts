/**
 * Rows of a phone's store that concern groups: the directory's facts as this phone has heard them, and what became of
 * its own messages at each recipient. Part of the port in store.ts; numbers are digits.
 */
import type { GroupFacts } from 'proto/group'

export interface GroupRow {
  readonly jid: string
  /** The newest that was heard. */
  readonly facts: GroupFacts
  /** Whether this phone's number is in it; a group that was left stays known. */
  readonly isMember: boolean
}

export interface GroupRows {
  find(jid: string): GroupRow | null
  /** In the order of their JIDs. */
  all(): GroupRow[]
  put(row: GroupRow): void
}

/** What happened to a message at a reader; each later one is the higher one. */
export const readerSteps = ['sentAt', 'deliveredAt', 'readAt', 'playedAt'] as const
export type ReaderStep = (typeof readerSteps)[number]

/** Somebody to whom an own message to a group goes, with the times in milliseconds at which it came so far. */
export type ReaderRow = { readonly number: string } & Readonly<Record<ReaderStep, number | null>>

/** Names an own message. */
export interface OwnMessage {
  readonly chat: string
  readonly id: string
}

export interface ReaderRows {
  /** A known reader stays as it is. */
  add(message: OwnMessage, number: string): void
  /** In the order of their numbers. */
  of(message: OwnMessage): ReaderRow[]
  /** Sets a time that is not set yet; false when it is, or there is no such reader. */
  mark(message: OwnMessage, number: string, step: ReaderStep, at: number): boolean
  remove(message: OwnMessage, number: string): void
  /** The chat of the own message with this id that went to this number; null when there is none. */
  chatOf(id: string, number: string): string | null
  /** Ids of messages of a chat that this number has not read, oldest first. */
  unreadBy(chat: string, number: string): string[]
}
