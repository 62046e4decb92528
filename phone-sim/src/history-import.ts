/**
 * A past put into a phone's store at once: what a backup brings to a new device. Browsers see it at their next sync.
 */
import type { Entropy } from 'proto/entropy'
import { messageStatus, textMessage } from 'proto/web-message'
import { personJid } from './addresses.ts'
import type { Chats } from './chats.ts'
import { newId } from './message-ids.ts'
import type { HistoryChat, HistoryRow } from './phone-views.ts'

/** Adds messages in the order of their times, then sets what is known of chats. Runs in the caller's transaction. */
export function importRows(
  chats: Chats,
  ids: Entropy,
  rows: readonly HistoryRow[],
  known: readonly HistoryChat[],
): void {
  const inOrder = [...rows].sort((a, b) => a.timestampMs - b.timestampMs)
  for (const { with: other, fromMe, text, timestampMs, id = newId(ids), seen = true, starred } of inOrder) {
    const key = { remoteJid: personJid(other), fromMe, id }
    if (chats.find({ chat: key.remoteJid, fromMe, id })) continue
    const info = textMessage({ ...key, timestampS: Math.floor(timestampMs / 1000), text })
    const row = chats.add({ info, status: fromMe ? messageStatus.READ : 0, seen, at: timestampMs })
    if (starred) chats.star(row, true)
  }
  for (const { with: other, archived = false, pinnedS = 0, mutedUntilS = 0 } of known)
    chats.changeChat(personJid(other), { archived, pinnedS, mutedUntilS })
}
