/**
 * What a person changes about a chat, in a browser or on the phone itself (spec 10.3, 14.2): one row for each type.
 * Every linked browser is told, but for the one that asked.
 */
import type { Browser } from './browsers.ts'
import type { Chats } from './chats.ts'
import { itemNode } from './lists.ts'
import type { Pushes } from './pushes.ts'
import type { ChatRow, MessageKeyRow, PhoneStore } from './store.ts'

export interface ChangeDetails {
  /** Seconds since 1970; absent or 0: not pinned. */
  readonly pinnedS?: number | undefined
  /** When the mute ends, in seconds since 1970; absent or 0: not muted, -1: never. */
  readonly mutedUntilS?: number | undefined
  /** Of `clear` without items: the starred ones stay. */
  readonly keepStarred?: boolean | undefined
  /** Single messages of the chat, for clear, star and unstar. */
  readonly items?: readonly MessageKeyRow[] | undefined
}

/** Gives the chat after it; null when that is gone. */
type Change = (chats: Chats, jid: string, details: ChangeDetails) => ChatRow | null

// prettier-ignore
const changes = {
  archive:   (chats, jid) => chats.changeChat(jid, { archived: true }),
  unarchive: (chats, jid) => chats.changeChat(jid, { archived: false }),
  pin:       (chats, jid, { pinnedS = 0 }) => chats.changeChat(jid, { pinnedS }),
  mute:      (chats, jid, { mutedUntilS = 0 }) => chats.changeChat(jid, { mutedUntilS }),
  delete:    (chats, jid) => (chats.removeChat(jid), null),
  clear:     (chats, jid, { items = [], keepStarred = false }) => {
    for (const item of items) chats.remove(item)
    if (items.length === 0) chats.clearChat(jid, keepStarred)
    return chats.findChat(jid)
  },
  star:      (chats, jid, { items = [] }) => (items.forEach((item) => chats.star(item, true)), chats.findChat(jid)),
  unstar:    (chats, jid, { items = [] }) => (items.forEach((item) => chats.star(item, false)), chats.findChat(jid)),
} satisfies Record<string, Change>

export type ChangeType = keyof typeof changes

export function isChangeType(type: string): type is ChangeType {
  return Object.hasOwn(changes, type)
}

/** Changes a chat that there is and tells the browsers, all of it in one transaction. */
export function changeChat(
  { store, chats, pushes }: { readonly store: PhoneStore; readonly chats: Chats; readonly pushes: Pushes },
  jid: string,
  type: ChangeType,
  details: ChangeDetails = {},
  except?: Browser,
): void {
  const { items = [] } = details
  store.transaction(() => {
    const row = changes[type](chats, jid, details)
    pushes.chat(row ?? jid, type, items.length > 0 ? items.map(itemNode) : null, except)
  })
}
