/** The chats, newest first. Arrow keys move between them, Enter opens. */
import type { JSX, TargetedKeyboardEvent } from 'preact'
import type { Chat } from '../chats.ts'
import { formatMoment, isoTime } from 'look/dates'
import { StatusIcon } from './icons.tsx'
import type { View } from './view.ts'
import { previewOf, statusWords } from './words.ts'

export function ChatList({ view }: { readonly view: View }): JSX.Element {
  const chats = view.chats.value.filter((chat) => !chat.archived)
  if (chats.length === 0) return <p class="empty">{emptyWords(view)}</p>
  return (
    <ul class="chat-list" aria-label="Chats" onKeyDown={moveFocus}>
      {chats.map((chat) => (
        <li key={chat.jid}>
          <ChatRow view={view} chat={chat} />
        </li>
      ))}
    </ul>
  )
}

function ChatRow({ view, chat }: { readonly view: View; readonly chat: Chat }): JSX.Element {
  const open = view.openJid.value === chat.jid
  const { newest } = chat
  return (
    <button
      type="button"
      class={`chat-row${chat.unread === 0 ? '' : ' has-unread'}`}
      aria-current={open ? 'true' : undefined}
      onClick={() => view.open(chat.jid)}
    >
      <Monogram name={chat.name} jid={chat.jid} />
      <span class="chat-name">{chat.name}</span>
      {chat.seconds > 0 && (
        <time class="chat-time" dateTime={isoTime(chat.seconds)}>
          {formatMoment(chat.seconds, view.today.value)}
        </time>
      )}
      <span class="chat-preview">
        {chat.typing !== null ? (
          <span class="typing">{chat.typing === 'composing' ? 'typing' : 'recording'}</span>
        ) : (
          newest !== null && (
            <>
              {newest.status !== null && (
                <span class={`tick ${newest.status}`}>
                  <StatusIcon status={newest.status} />
                  <span class="unseen">{statusWords[newest.status]}: </span>
                </span>
              )}
              <span class="preview-text">{previewOf(newest)}</span>
            </>
          )
        )}
      </span>
      {chat.unread !== 0 && (
        <span class="unread">
          <span aria-hidden="true">{chat.unread > 0 ? chat.unread : ''}</span>
          <span class="unseen">{chat.unread > 0 ? `${chat.unread} unread` : 'marked unread'}</span>
        </span>
      )}
    </button>
  )
}

const TINTS = 6

/** A letter on a tint that belongs to the address. */
export function Monogram({ name, jid }: { readonly name: string; readonly jid: string }): JSX.Element {
  const letter = Array.from(name.replace(/^\+/, ''))[0] ?? '?'
  const sum = Array.from(jid).reduce((total, character) => total + (character.codePointAt(0) ?? 0), 0)
  return (
    <span class={`monogram tint-${sum % TINTS}`} aria-hidden="true">
      {letter.toUpperCase()}
    </span>
  )
}

function emptyWords(view: View): string {
  return view.state.value === 'open' ? 'No chats yet.' : 'Chats appear when the phone sends them.'
}

const steps: ReadonlyMap<string, number> = new Map([
  ['ArrowDown', 1],
  ['ArrowUp', -1],
])

function moveFocus(event: TargetedKeyboardEvent<HTMLUListElement>): void {
  const step = steps.get(event.key)
  if (step === undefined) return
  const rows = [...event.currentTarget.querySelectorAll('button')]
  const at = rows.findIndex((row) => row === document.activeElement)
  rows[at + step]?.focus()
  event.preventDefault()
}
