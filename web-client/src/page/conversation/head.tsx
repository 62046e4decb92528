/** Who this chat is with, and whether they are there; a click tells more. */
import { Icon } from 'look/icons'
import { Menu, type Place, placeOf } from 'look/menu'
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { Chat } from '../../chats.ts'
import { chatMenu } from '../chats/chat-menu.ts'
import { Face } from '../face.tsx'
import type { View } from '../view.ts'
import { presenceWords } from './presence-words.ts'

export function Head({ view, chat }: { readonly view: View; readonly chat: Chat }): JSX.Element {
  const menu = useSignal<Place | null>(null)
  return (
    <header class="bar">
      <button type="button" class="round back" aria-label="Back to the chats" onClick={() => view.open(null)}>
        <Icon name="back" />
      </button>
      <button
        type="button"
        class="head-face"
        onClick={() => (view.sheet.value = { kind: 'chatInfo', jid: chat.jid })}
      >
        <Face view={view} jid={chat.jid} name={chat.name} group={chat.group} />
        <span class="bar-text">
          <span class="head-name cut" role="heading" aria-level={2} dir="auto">
            {chat.name}
          </span>
          <Presence view={view} chat={chat} />
        </span>
      </button>
      <button
        type="button"
        class="round"
        aria-label="What can be done with this chat"
        aria-haspopup="menu"
        onClick={(event) => (menu.value = placeOf(event))}
      >
        <Icon name="more" />
      </button>
      {menu.value !== null && (
        <Menu
          label={`Chat with ${chat.name}`}
          place={menu.value}
          items={chatMenu(view, chat)}
          onClose={() => (menu.value = null)}
        />
      )}
    </header>
  )
}

function Presence({ view, chat }: { readonly view: View; readonly chat: Chat }): JSX.Element {
  const presence = view.presenceOf(chat.jid)
  const words = view.state.value === 'open' ? presenceWords(chat, presence, view.today.value) : ''
  return (
    <span class={`head-presence cut${chat.typing !== null ? ' typing' : ''}`} role="status">
      {words}
    </span>
  )
}
