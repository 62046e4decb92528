/** One chat: what was said, day by day, and a line to write by hand. Ticks are as far as this phone knows. */
import type { JSX } from 'preact'
import { Fragment } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Avatar } from 'look/avatar'
import { dayOf, formatDay, formatTime, isoTime } from 'look/dates'
import { Icon } from 'look/icons'
import { type Hop, Ticks } from 'look/ticks'
import type { MessageView, MessageViewStatus } from '../phone-views.ts'
import type { ScreenProps } from './screen-props.ts'

const hops: Readonly<Record<MessageViewStatus, Hop | null>> = {
  error: 'failed',
  pending: 'phone',
  server: 'mailbox',
  delivered: 'delivered',
  read: 'read',
  played: 'played',
  received: null,
}

export function Conversation({ phone, now }: ScreenProps): JSX.Element {
  const jid = phone.open.value!
  const known = phone.chats.value.find((chat) => chat.jid === jid)
  const name = known?.name ?? `+${jid.split('@')[0]}`
  const messages = phone.messages.value
  const log = useRef<HTMLDivElement>(null)
  useEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight })
  }, [messages.length])
  const nameOf = (author: string): string =>
    phone.chats.value.find((chat) => chat.jid === author)?.name ?? `+${author.split('@')[0]}`
  return (
    <>
      <header class="screen-head">
        <button type="button" class="round" aria-label="Back to the chats" onClick={() => phone.closeChat()}>
          <Icon name="back" />
        </button>
        <Avatar jid={jid} name={name} group={jid.endsWith('@g.us')} size="small" />
        <h2 class="cut">{name}</h2>
      </header>
      <div ref={log} class="talk" role="log" aria-label={`Messages with ${name}`} tabIndex={0}>
        {messages.map((message, at) => (
          <Fragment key={`${message.fromMe} ${message.id}`}>
            {isNewDay(message, messages[at - 1]) && (
              <p class="day">{formatDay(message.timestampMs / 1000, now.value)}</p>
            )}
            <Bubble message={message} author={jid.endsWith('@g.us') ? nameOf(message.author) : null} />
          </Fragment>
        ))}
        {messages.length === 0 && <p class="empty">Nothing was said here yet.</p>}
      </div>
      <Writer send={(text) => phone.send(text)} name={name} isUsable={phone.isUsable.value} />
    </>
  )
}

function isNewDay(message: MessageView, before: MessageView | undefined): boolean {
  return before === undefined || dayOf(before.timestampMs / 1000) !== dayOf(message.timestampMs / 1000)
}

interface BubbleProps {
  readonly message: MessageView
  /** Of groups. */
  readonly author: string | null
}

function Bubble({ message, author }: BubbleProps): JSX.Element {
  const { fromMe, text, type, timestampMs, status, media } = message
  const hop = hops[status]
  if (type === 'notice') return <p class="day">{text}</p>
  return (
    <div class={`bubble${fromMe ? ' mine' : ''}${type === 'revoked' ? ' gone' : ''}`}>
      <span class="unseen">{fromMe ? 'You: ' : ''}</span>
      {author !== null && !fromMe && <strong>{author}</strong>}
      {media !== undefined && (
        <span class="file">
          <Icon name={media.kind === 'image' ? 'image' : media.kind === 'video' ? 'video' : 'document'} />
          {media.fileName ?? media.kind}
        </span>
      )}
      <p dir="auto">{text}</p>
      <span class="stamp">
        <time dateTime={isoTime(timestampMs / 1000)}>{formatTime(timestampMs / 1000)}</time>
        {fromMe && hop !== null && <Ticks hop={hop} quiet />}
      </span>
    </div>
  )
}

interface WriterProps {
  readonly name: string
  readonly isUsable: boolean
  /** Whether it was taken. */
  readonly send: (text: string) => Promise<boolean>
}

function Writer({ name, isUsable, send }: WriterProps): JSX.Element {
  return (
    <form
      class="writer"
      onSubmit={(event) => {
        event.preventDefault()
        const field = event.currentTarget.elements.namedItem('text') as HTMLInputElement
        const text = field.value.trim()
        if (text === '') return
        field.value = ''
        void send(text).then((taken) => {
          if (!taken) field.value = text // so that nothing typed is lost
        })
      }}
    >
      <input
        class="field"
        name="text"
        dir="auto"
        aria-label={`Message to ${name}`}
        placeholder={isUsable ? 'Message' : 'The app is not running'}
        disabled={!isUsable}
        maxLength={16_384}
        autocomplete="off"
      />
      <button type="submit" class="round send" aria-label="Send" disabled={!isUsable}>
        <Icon name="send" />
      </button>
    </form>
  )
}
