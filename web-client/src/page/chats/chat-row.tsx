/** One chat of the list: who, when last, what last or what is being written, and what is unread. */
import { formatMoment, isoTime } from 'look/dates'
import { Icon } from 'look/icons'
import { Ticks } from 'look/ticks'
import type { JSX } from 'preact'
import type { Chat } from '../../chats.ts'
import { hopOf } from '../../hops.ts'
import { Face } from '../face.tsx'
import { isMuted } from '../title.ts'
import type { View } from '../view.ts'
import { previewOf } from '../words.ts'

interface Props {
  readonly view: View
  readonly chat: Chat
  readonly isStop: boolean
  readonly onFocus: () => void
  readonly onMenu: (event: MouseEvent) => void
}

export function ChatRow({ view, chat, isStop, onFocus, onMenu }: Props): JSX.Element {
  const open = view.openJid.value === chat.jid
  const muted = isMuted(chat, view.today.value)
  return (
    <button
      type="button"
      class={`chat-row${chat.unread === 0 ? '' : ' has-unread'}${muted ? ' muted' : ''}`}
      data-item
      tabIndex={isStop ? 0 : -1}
      aria-current={open ? 'true' : undefined}
      onClick={() => view.open(chat.jid)}
      onFocus={onFocus}
      onContextMenu={(event) => {
        event.preventDefault()
        onMenu(event)
      }}
    >
      <Face view={view} jid={chat.jid} name={chat.name} group={chat.group} />
      <span class="chat-name cut" dir="auto">
        {chat.name}
      </span>
      {chat.seconds > 0 && (
        <time class="chat-time" dateTime={isoTime(chat.seconds)}>
          {formatMoment(chat.seconds, view.today.value)}
        </time>
      )}
      <span class="chat-preview">
        <Preview view={view} chat={chat} />
      </span>
      <span class="chat-signs">
        {muted && <Sign icon="bellOff" word="Muted" />}
        {chat.pinned && <Sign icon="pin" word="Pinned" />}
        {chat.unread !== 0 && (
          <span class="unread">
            <span aria-hidden="true">{chat.unread > 0 ? chat.unread : ''}</span>
            <span class="unseen">{chat.unread > 0 ? `${chat.unread} unread` : 'marked unread'}</span>
          </span>
        )}
      </span>
    </button>
  )
}

function Sign({ icon, word }: { readonly icon: 'bellOff' | 'pin'; readonly word: string }): JSX.Element {
  return (
    <span class="sign">
      <Icon name={icon} />
      <span class="unseen">{word}</span>
    </span>
  )
}

function Preview({ view, chat }: { readonly view: View; readonly chat: Chat }): JSX.Element | null {
  const { newest, typing } = chat
  const draft = view.drafts.of(chat.jid).value.text.trim()
  if (typing !== null)
    return <span class="typing">{typing === 'composing' ? 'typing …' : 'recording …'}</span>
  if (draft !== '' && view.openJid.value !== chat.jid) {
    return (
      <span class="cut" dir="auto">
        <b class="draft">Draft:</b> {draft}
      </span>
    )
  }
  if (newest === null) return null
  const hop = hopOf(newest)
  return (
    <>
      {hop !== null && <Ticks hop={hop} quiet />}
      <span class="cut" dir="auto">
        {newest.author !== null && chat.group && `${view.client.nameOf(newest.author)}: `}
        {previewOf(newest)}
      </span>
    </>
  )
}
