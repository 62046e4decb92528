/** What lies over the page, by the kind of the sheet that is open. */
import type { JSX } from 'preact'
import { ClearDialog } from './chats/clear-dialog.tsx'
import { NewChatSheet } from './chats/new-chat-sheet.tsx'
import { StarredSheet } from './chats/starred-sheet.tsx'
import { DeleteDialog } from './conversation/delete-dialog.tsx'
import { ForwardDialog } from './conversation/forward-dialog.tsx'
import { MessageInfo } from './conversation/message-info.tsx'
import { StuckDialog } from './conversation/stuck-dialog.tsx'
import { ChatInfo } from './info/chat-info.tsx'
import { AttachSheet } from './media/attach-sheet.tsx'
import { Viewer } from './media/viewer.tsx'
import { LogOutDialog } from './settings/log-out-dialog.tsx'
import { SettingsSheet } from './settings/settings-sheet.tsx'
import { ShortcutsSheet } from './settings/shortcuts-sheet.tsx'
import type { SheetProps } from './sheet-props.ts'
import type { Sheet } from './sheets.ts'
import type { View } from './view.ts'

type Kinds = {
  readonly [K in Sheet['kind']]: (props: SheetProps<K>) => JSX.Element
}

const kinds: Kinds = {
  settings: SettingsSheet,
  shortcuts: ShortcutsSheet,
  logout: LogOutDialog,
  newChat: NewChatSheet,
  starred: StarredSheet,
  chatInfo: ChatInfo,
  clear: ClearDialog,
  messageInfo: MessageInfo,
  stuck: StuckDialog,
  forward: ForwardDialog,
  delete: DeleteDialog,
  viewer: ({ view, sheet, onClose }) => <Viewer view={view} message={sheet.message} onClose={onClose} />,
  attach: ({ view, sheet, onClose }) => (
    <AttachSheet view={view} jid={sheet.jid} files={sheet.files} onClose={onClose} />
  ),
}

export function Overlay({ view }: { readonly view: View }): JSX.Element | null {
  const sheet = view.sheet.value
  if (sheet === null) return null
  const Kind = kinds[sheet.kind] as (props: SheetProps) => JSX.Element
  // Another sheet is another component, though it may be of the same kind.
  return <Kind key={sheet} view={view} sheet={sheet} onClose={() => (view.sheet.value = null)} />
}
