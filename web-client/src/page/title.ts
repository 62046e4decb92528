/** The title of the window says how much is unread. Muted and archived chats do not count. */
import type { Chat } from '../chats.ts'

export function titleOf(chats: readonly Chat[], nowMs: number): string {
  const unread = chats.filter((chat) => chat.unread !== 0 && !chat.archived && !isMuted(chat, nowMs)).length
  return unread === 0 ? 'Tether' : `(${unread}) Tether`
}

export function isMuted({ mutedUntil }: Pick<Chat, 'mutedUntil'>, nowMs: number): boolean {
  return mutedUntil !== null && (mutedUntil < 0 || mutedUntil * 1000 > nowMs)
}
