/** The truth: every chat as this phone holds it, and one of them open. */
import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { Avatar } from 'look/avatar'
import { formatMoment, isoTime } from 'look/dates'
import { Dialog } from 'look/dialog'
import { Icon } from 'look/icons'
import { moveFocus } from 'look/roving-focus'
import { useState } from 'preact/hooks'
import type { ChatSummary, ContactView } from '../phone-views.ts'
import { Conversation } from './conversation.tsx'
import type { ScreenProps } from './screen-props.ts'
import { formText } from './form-text.ts'
import type { PhoneModel } from './phone-model.ts'

/** The phone whose address book is open. */
const writing = signal<string | null>(null)

export function ChatsScreen({ phone, now }: ScreenProps): JSX.Element {
  if (phone.open.value !== null) return <Conversation key={phone.open.value} phone={phone} now={now} />
  const { name } = phone.status.value
  const chats = phone.chats.value
  return (
    <>
      <header class="screen-head">
        <h2>Chats</h2>
        <button
          type="button"
          class="round"
          aria-label="Write to somebody"
          onClick={() => (writing.value = phone.number)}
        >
          <Icon name="pen" />
        </button>
      </header>
      {chats.length === 0 ? (
        <p class="empty">No chat yet. Write to somebody, or let somebody write.</p>
      ) : (
        <ul
          class="rows"
          aria-label={`Chats of ${name}`}
          onKeyDown={(event) => void moveFocus(event, event.currentTarget)}
        >
          {chats.map((chat, at) => (
            <li key={chat.jid}>
              <ChatRow
                chat={chat}
                isFirst={at === 0}
                nowMs={now.value}
                open={() => void phone.openChat(chat.jid)}
              />
            </li>
          ))}
        </ul>
      )}
      {writing.value === phone.number && <AddressBook phone={phone} onClose={() => (writing.value = null)} />}
    </>
  )
}

interface RowProps {
  readonly chat: ChatSummary
  readonly isFirst: boolean
  readonly nowMs: number
  readonly open: () => void
}

function ChatRow({ chat, isFirst, nowMs, open }: RowProps): JSX.Element {
  const { jid, name, unread, lastMessage, timestampMs } = chat
  return (
    <button type="button" class="row" data-item tabIndex={isFirst ? 0 : -1} onClick={open}>
      <Avatar jid={jid} name={name} group={jid.endsWith('@g.us')} />
      <span class="row-main">
        <span class="row-name cut">{name}</span>
        <span class="row-note cut">
          {lastMessage === null ? '' : `${lastMessage.fromMe ? 'You: ' : ''}${lastMessage.text}`}
        </span>
      </span>
      <span class="row-side">
        <time dateTime={isoTime(timestampMs / 1000)}>{formatMoment(timestampMs / 1000, nowMs)}</time>
        {unread !== 0 && (
          <span class="count">
            {unread > 0 ? unread : '•'}
            <span class="unseen"> unread</span>
          </span>
        )}
      </span>
    </button>
  )
}

interface BookProps {
  readonly phone: PhoneModel
  readonly onClose: () => void
}

function AddressBook({ phone, onClose }: BookProps): JSX.Element {
  const [contacts, setContacts] = useState<readonly ContactView[] | null>(null)
  if (contacts === null) void phone.tried(phone.api.contacts(phone.number).then(setContacts))
  const write = (to: string): void => {
    onClose()
    void phone.openChat(to)
  }
  return (
    <Dialog title={`Write from ${phone.status.value.name}’s phone`} onClose={onClose}>
      <form
        class="inline-form"
        onSubmit={(event) => {
          event.preventDefault()
          const digits = formText(event.currentTarget, 'number').replace(/[^0-9]/g, '')
          if (digits !== '') write(`${digits}@s.whatsapp.net`)
        }}
      >
        <input
          class="field"
          name="number"
          inputMode="tel"
          aria-label="Number, with country code"
          placeholder="Any number, with country code"
          autocomplete="off"
        />
        <button type="submit" class="primary">
          Write
        </button>
      </form>
      <ul
        class="rows"
        aria-label="Address book"
        onKeyDown={(event) => void moveFocus(event, event.currentTarget)}
      >
        {(contacts ?? []).map(({ jid, name }, at) => (
          <li key={jid}>
            <button
              type="button"
              class="row"
              data-item
              tabIndex={at === 0 ? 0 : -1}
              onClick={() => write(jid)}
            >
              <Avatar jid={jid} name={name} size="small" />
              <span class="row-main">
                <span class="row-name cut">{name}</span>
                <span class="row-note cut">+{jid.split('@')[0]}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
