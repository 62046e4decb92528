/** The page of a linked browser: the chats beside one conversation; on a narrow screen one of the two. */
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { isGroup } from 'proto/jid'
import type { Chat } from '../../chats.ts'
import { Banner } from '../banners/banner.tsx'
import { Conversation } from '../conversation/conversation.tsx'
import { Overlay } from '../overlay.tsx'
import { type Command, commandOf } from '../shortcuts.ts'
import type { View } from '../view.ts'
import { Side } from './side.tsx'

export function ChatsPage({ view }: { readonly view: View }): JSX.Element {
  const chat = openChat(view)
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => obey(view, event)
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
  return (
    <main class={`chats-page${chat === null ? '' : ' has-open'}`}>
      <h1 class="unseen">Tether</h1>
      <Side view={view} />
      <div class="main">
        {chat === null ? (
          <Nothing />
        ) : (
          <>
            <div class="narrow-only">
              <Banner view={view} />
            </div>
            <Conversation key={chat.jid} view={view} chat={chat} />
          </>
        )}
      </div>
      <Overlay view={view} />
      <p class="said" role="status">
        {view.said.value}
      </p>
    </main>
  )
}

function Nothing(): JSX.Element {
  return (
    <div class="nothing-open">
      <svg viewBox="0 0 220 90" width="220" height="90" aria-hidden="true">
        <path class="tether" d="M52 44c26 34 88 30 116 4" />
        <rect class="device" x="10" y="10" width="36" height="64" rx="8" />
        <path class="device" d="M24 66h8" />
        <rect class="device" x="150" y="18" width="60" height="44" rx="7" />
        <path class="device" d="M168 74h24" />
        <circle class="bead" r="4">
          <title>a message on its way</title>
        </circle>
      </svg>
      <p>Choose a chat to read and write.</p>
      <p>
        Everything shown here lives on your phone. Press <kbd>?</kbd> for the keys.
      </p>
    </div>
  )
}

/** The open chat; one that the phone has not told of is empty, because nobody has written in it yet. */
function openChat(view: View): Chat | null {
  const jid = view.openJid.value
  if (jid === null) return null
  const known = view.chats.value.find((chat) => chat.jid === jid)
  return known ?? { ...noChat, jid, name: view.client.nameOf(jid), group: isGroup(jid) }
}

const noChat: Omit<Chat, 'jid' | 'name' | 'group'> = {
  ...{ seconds: 0, unread: 0, pinned: false, archived: false, mutedUntil: null },
  ...{ readOnly: false, timer: null, hasOlder: false, newest: null, typing: null },
}

function obey(view: View, event: KeyboardEvent): void {
  if (view.sheet.value !== null || event.defaultPrevented) return
  if (event.key === 'Escape') return view.open(null)
  const command = commandOf(event)
  if (command === null) return
  event.preventDefault()
  commands[command](view)
}

const commands: Readonly<Record<Command, (view: View) => void>> = {
  search: () => document.querySelector<HTMLElement>('#search')?.focus(),
  newChat: ({ sheet }) => (sheet.value = { kind: 'newChat' }),
  chatBefore: (view) => step(view, -1),
  chatAfter: (view) => step(view, 1),
  chatInfo: ({ sheet, openJid }) => {
    if (openJid.value !== null) sheet.value = { kind: 'chatInfo', jid: openJid.value }
  },
  attach: () => document.querySelector<HTMLElement>('#attach')?.click(),
  starred: ({ sheet }) => (sheet.value = { kind: 'starred' }),
  settings: ({ sheet }) => (sheet.value = { kind: 'settings' }),
  shortcuts: ({ sheet }) => (sheet.value = { kind: 'shortcuts' }),
}

function step(view: View, by: number): void {
  const chats = view.chats.value.filter(({ archived }) => !archived)
  const at = chats.findIndex(({ jid }) => jid === view.openJid.value)
  const next = chats[at < 0 ? 0 : Math.max(0, Math.min(chats.length - 1, at + by))]
  if (next !== undefined) view.open(next.jid)
}
