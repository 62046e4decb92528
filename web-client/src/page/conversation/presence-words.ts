/** What is known of somebody's being there, in a few words; '' when nothing is. */
import { formatDayWithin, formatTime } from 'look/dates'
import type { Chat } from '../../chats.ts'
import type { PersonPresence } from '../../people.ts'

export function presenceWords(
  { typing, group }: Pick<Chat, 'typing' | 'group'>,
  presence: PersonPresence | null,
  nowMs: number,
): string {
  if (typing !== null) return typing === 'composing' ? 'typing …' : 'recording …'
  if (group || presence === null || presence.denied) return ''
  if (presence.state !== 'unavailable') return 'online'
  if (presence.lastSeen === null) return ''
  const seconds = presence.lastSeen / 1000
  return `last seen ${formatDayWithin(seconds, nowMs)} at ${formatTime(seconds)}`
}
