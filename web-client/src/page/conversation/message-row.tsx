/**
 * One message: who (in groups), what it answers, what it carries, its words, when, and how far it has come. The first
 * one of a day begins with the day.
 */
import { dayOf, formatDay, formatTime, isoTime } from 'look/dates'
import { Icon } from 'look/icons'
import { Ticks } from 'look/ticks'
import type { JSX } from 'preact'
import type { Chat } from '../../chats.ts'
import { hopOf } from '../../hops.ts'
import type { ChatMessage } from '../../message.ts'
import { MessageFile } from '../media/message-file.tsx'
import type { View } from '../view.ts'
import { kindWord, noticeWords } from '../words.ts'
import { ContactCards } from './contact-cards.tsx'
import { LinkCard } from './link-card.tsx'
import { MessageText } from './message-text.tsx'
import { PlaceCard } from './place-card.tsx'
import { Quoted } from './quoted.tsx'

interface Props {
  readonly view: View
  readonly chat: Chat
  readonly message: ChatMessage
  readonly before: ChatMessage | null
  readonly index: number
  readonly count: number
  readonly isStop: boolean
  /** It was looked for. */
  readonly glows: boolean
  readonly measure: (element: HTMLElement | null) => void
  readonly onFocus: () => void
  readonly onMenu: (event: MouseEvent) => void
}

export function MessageRow(props: Props): JSX.Element {
  const { view, chat, message, before, index, count, isStop, glows, measure, onFocus, onMenu } = props
  const newDay = before === null || dayOf(before.seconds) !== dayOf(message.seconds)
  const notice = message.kind === 'notice'
  const continues = !newDay && before !== null && isSameHand(before, message)
  const side = notice ? 'between' : message.fromMe ? 'mine' : 'theirs'
  return (
    <li
      class={`row ${side}${continues ? ' continues' : ''}${glows ? ' glows' : ''}`}
      ref={measure}
      data-index={index}
      tabIndex={isStop ? 0 : -1}
      aria-posinset={index + 1}
      aria-setsize={count}
      onFocus={onFocus}
      onContextMenu={(event) => {
        if (notice || (event.target as Element).closest('a, video, audio') !== null) return
        event.preventDefault()
        onMenu(event)
      }}
    >
      {index === 0 && !chat.hasOlder && <p class="beginning">The beginning of this conversation</p>}
      {newDay && (
        <p class="day">
          <span>{formatDay(message.seconds, view.today.value)}</span>
        </p>
      )}
      {notice ? (
        <p class="message-notice">
          <span dir="auto">
            {noticeWords(message, (jid) => view.client.nameOf(jid), view.me.value?.jid ?? null)}
          </span>
        </p>
      ) : (
        <Bubble {...props} continues={continues} />
      )}
    </li>
  )
}

function Bubble({
  view,
  chat,
  message,
  continues,
  onMenu,
}: Props & { readonly continues: boolean }): JSX.Element {
  const { fromMe, author, kind, text, quote, link, place, contacts } = message
  const word = kindWord(message)
  const hop = hopOf(message)
  return (
    <div class={`bubble kind-${kind}`}>
      <span class="unseen">{fromMe ? 'You: ' : author === null ? `${chat.name}: ` : ''}</span>
      {author !== null && !continues && (
        <p class="author" dir="auto">
          {view.client.nameOf(author)}
        </p>
      )}
      {message.forwarded === true && (
        <p class="forwarded">
          <Icon name="forward" /> Forwarded
        </p>
      )}
      {quote !== undefined && <Quoted view={view} chat={chat} quote={quote} />}
      {message.media !== undefined ? (
        <MessageFile view={view} message={message} />
      ) : (
        word !== '' && place === undefined && contacts === undefined && <p class="kind">{word}</p>
      )}
      {place !== undefined && <PlaceCard place={place} />}
      {contacts !== undefined && <ContactCards view={view} contacts={contacts} />}
      {link !== undefined && <LinkCard link={link} />}
      {text !== '' && <MessageText text={text} />}
      {message.takingBack === true && <p class="kind">Being taken back</p>}
      <p class="meta">
        {message.starred === true && (
          <span class="sign">
            <Icon name="starred" />
            <span class="unseen">Starred</span>
          </span>
        )}
        <time dateTime={isoTime(message.seconds)}>{formatTime(message.seconds)}</time>
        {hop !== null && <Ticks hop={hop} />}
      </p>
      {(message.status === 'pending' || message.status === 'failed') && (
        <Stuck view={view} message={message} />
      )}
      <button
        type="button"
        class="bubble-more"
        tabIndex={-1}
        aria-label="What can be done with this message"
        onClick={onMenu}
      >
        <Icon name="down" />
      </button>
    </div>
  )
}

/** Asks what holds it as soon as something does; a message that is merely on its way is left alone. */
function Stuck({
  view,
  message,
}: {
  readonly view: View
  readonly message: ChatMessage
}): JSX.Element | null {
  const held = view.now.value > 0 && view.client.whyStuck(message) !== null
  if (!held) return null
  return (
    <p class="stuck">
      {message.status === 'failed' ? (
        <button type="button" class="quiet" onClick={() => view.client.resend(message.jid, message.id)}>
          Send again
        </button>
      ) : (
        <button type="button" class="quiet" onClick={() => (view.sheet.value = { kind: 'stuck', message })}>
          Why is it stuck?
        </button>
      )}
    </p>
  )
}

/** Of the same side and author, a short time apart. */
function isSameHand(before: ChatMessage, message: ChatMessage): boolean {
  return (
    before.kind !== 'notice' &&
    before.fromMe === message.fromMe &&
    before.author === message.author &&
    message.seconds - before.seconds < TOGETHER_S
  )
}

const TOGETHER_S = 600
