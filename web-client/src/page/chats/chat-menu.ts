/** What can be done with a chat as a whole, as a table. */
import type { MenuItem } from 'look/menu'
import { codeOf } from 'proto/errors'
import { ALWAYS } from '../../chat-changes.ts'
import type { Chat } from '../../chats.ts'
import type { View } from '../view.ts'
import { failureWords } from '../words.ts'

type Row = readonly [when: (chat: Chat) => boolean, item: (view: View, chat: Chat) => MenuItem]
type Change = (view: View, chat: Chat) => Promise<void>

const always = (): boolean => true
const HOUR_S = 3_600

/** Asks the phone, which may be away, or may not allow it. */
function change(label: string, icon: MenuItem['icon'], ask: Change, grave = false): Row[1] {
  return (view, chat) => ({
    label,
    icon,
    grave,
    run: () => {
      ask(view, chat).catch((error: unknown) => view.say(`${label}: ${failureWords(codeOf(error))}`))
    },
  })
}

// prettier-ignore
const rows: readonly Row[] = [
  [always, (view, { jid, group }) => ({
    label: group ? 'Group info' : 'Contact info',
    icon: 'info',
    run: () => (view.sheet.value = { kind: 'chatInfo', jid }),
  })],
  [({ pinned }) => !pinned, change('Pin', 'pin', ({ client }, { jid }) => client.changes.pin(jid))],
  [({ pinned }) => pinned, change('Unpin', 'pin', ({ client }, { jid }) => client.changes.unpin(jid))],
  [({ mutedUntil }) => mutedUntil === null, change('Mute for 8 hours', 'bellOff', ({ client, clock }, { jid }) =>
    client.changes.mute(jid, Math.floor(clock.now() / 1000) + 8 * HOUR_S))],
  [({ mutedUntil }) => mutedUntil === null, change('Mute always', 'bellOff', ({ client }, { jid }) => client.changes.mute(jid, ALWAYS))],
  [({ mutedUntil }) => mutedUntil !== null, change('Unmute', 'bell', ({ client }, { jid }) => client.changes.unmute(jid))],
  [({ archived }) => !archived, change('Archive', 'archive', ({ client }, { jid }) => client.changes.archive(jid))],
  [({ archived }) => archived, change('Take out of the archive', 'archive', ({ client }, { jid }) => client.changes.unarchive(jid))],
  [({ unread }) => unread === 0, change('Mark as unread', 'message', ({ client }, { jid }) => client.changes.markUnread(jid))],
  [({ unread }) => unread !== 0, (view, { jid }) => ({ label: 'Mark as read', icon: 'check', run: () => view.client.markRead(jid) })],
  [always, (view, { jid }) => ({ label: 'Clear messages', icon: 'close', grave: true, run: () => (view.sheet.value = { kind: 'clear', jid, remove: false }) })],
  [always, (view, { jid }) => ({ label: 'Delete chat', icon: 'trash', grave: true, run: () => (view.sheet.value = { kind: 'clear', jid, remove: true }) })],
]

export function chatMenu(view: View, chat: Chat): readonly MenuItem[] {
  return rows.filter(([when]) => when(chat)).map(([, item]) => item(view, chat))
}
