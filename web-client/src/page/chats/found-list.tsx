/** What a search finds: chats and people by name at once, messages when the phone has answered. */
import { formatMoment, isoTime } from 'look/dates'
import { moveFocus } from 'look/roving-focus'
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { codeOf } from 'proto/errors'
import type { ChatMessage } from '../../message.ts'
import { Face } from '../face.tsx'
import type { View } from '../view.ts'
import { failureWords, previewOf } from '../words.ts'
import { Marked } from './marked.tsx'
import { findNames } from './name-search.ts'

const PAUSE_MS = 250

interface Props {
  readonly view: View
  readonly words: string
  readonly onDone: () => void
}

export function FoundList({ view, words, onDone }: Props): JSX.Element {
  const names = findNames(view.chats.value, view.client.contacts(), words)
  return (
    <div
      class="chat-list found"
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.preventDefault()
          onDone()
          document.querySelector<HTMLElement>('#search')?.focus()
        } else moveFocus(event, event.currentTarget)
      }}
    >
      <h2>Chats and people</h2>
      {names.length === 0 && <p class="empty">No name has “{words}” in it.</p>}
      <ul aria-label="Chats and people found">
        {names.map(({ jid, name, group }, index) => (
          <li key={jid}>
            <button
              type="button"
              class="chat-row"
              data-item
              tabIndex={index === 0 ? 0 : -1}
              onClick={() => {
                view.open(jid)
                onDone()
              }}
            >
              <Face view={view} jid={jid} name={name} group={group} />
              <span class="chat-name alone cut" dir="auto">
                <Marked text={name} words={words} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      <h2>Messages</h2>
      <FoundMessages key={words} view={view} words={words} isFirst={names.length === 0} />
    </div>
  )
}

interface FoundMessagesProps {
  readonly view: View
  readonly words: string
  readonly isFirst: boolean
}

/** Of one search; another one is another component. */
function FoundMessages({ view, words, isFirst }: FoundMessagesProps): JSX.Element {
  const [messages, setMessages] = useState<readonly ChatMessage[]>([])
  const [page, setPage] = useState(1)
  const [phase, setPhase] = useState<'asking' | 'more' | 'done' | { readonly failed: string }>('asking')
  const live = useRef(true)

  useEffect(() => {
    const timer = view.clock.after(page === 1 ? PAUSE_MS : 0, () => void ask())
    return () => timer.cancel()
  }, [page])
  useEffect(
    () => () => {
      live.current = false
    },
    [],
  )

  async function ask(): Promise<void> {
    setPhase('asking')
    try {
      const found = await view.client.search(words, { page })
      if (!live.current) return
      setMessages((before) => [...before, ...found.messages])
      setPhase(found.last ? 'done' : 'more')
    } catch (error) {
      if (live.current) setPhase({ failed: failureWords(codeOf(error)) })
    }
  }

  return (
    <>
      <ul aria-label="Messages found">
        {messages.map((message, index) => (
          <li key={`${message.jid} ${message.id}`}>
            <FoundMessage view={view} message={message} words={words} isStop={isFirst && index === 0} />
          </li>
        ))}
      </ul>
      <p class="found-state" role="status">
        {phase === 'asking' && (
          <>
            <span class="spinner" /> Your phone is looking
          </>
        )}
        {phase === 'done' && messages.length === 0 && 'No message has these words.'}
        {typeof phase === 'object' && `Messages are searched on the phone. ${phase.failed}`}
      </p>
      {phase === 'more' && (
        <button type="button" class="quiet" data-item onClick={() => setPage(page + 1)}>
          More messages
        </button>
      )}
      {typeof phase === 'object' && (
        <button type="button" class="quiet" data-item onClick={() => void ask()}>
          Ask again
        </button>
      )}
    </>
  )
}

interface FoundMessageProps {
  readonly view: View
  readonly message: ChatMessage
  readonly words: string
  readonly isStop: boolean
}

function FoundMessage({ view, message, words, isStop }: FoundMessageProps): JSX.Element {
  const chat = view.client.chat(message.jid)
  const name = chat?.name ?? view.client.nameOf(message.jid)
  const from = message.fromMe
    ? 'You: '
    : message.author === null
      ? ''
      : `${view.client.nameOf(message.author)}: `
  return (
    <button
      type="button"
      class="chat-row"
      data-item
      tabIndex={isStop ? 0 : -1}
      onClick={() => view.goTo(message)}
    >
      <Face view={view} jid={message.jid} name={name} group={chat?.group ?? false} />
      <span class="chat-name cut" dir="auto">
        {name}
      </span>
      <time class="chat-time" dateTime={isoTime(message.seconds)}>
        {formatMoment(message.seconds, view.today.value)}
      </time>
      <span class="chat-preview">
        <span class="two-lines" dir="auto">
          {from}
          <Marked text={previewOf(message)} words={words} />
        </span>
      </span>
    </button>
  )
}
