/** One chat: its messages by day, older ones loaded on the way up, and the place to write. */
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Chat } from '../chats.ts'
import { type ChatMessage, keyOf } from '../message.ts'
import { Composer } from './composer.tsx'
import { dayOf, formatDay } from 'look/dates'
import { Monogram } from './chat-list.tsx'
import { BackIcon } from './icons.tsx'
import { MessageRow } from './message-row.tsx'
import type { View } from './view.ts'

const NEAR_PX = 120

export function Conversation({ view, chat }: { readonly view: View; readonly chat: Chat }): JSX.Element {
  return (
    <section class="conversation" aria-label={`Conversation with ${chat.name}`}>
      <header class="bar">
        <button
          type="button"
          class="round back"
          aria-label="Back to the chats"
          onClick={() => view.open(null)}
        >
          <BackIcon />
        </button>
        <Monogram name={chat.name} jid={chat.jid} />
        <div class="bar-text">
          <h2>{chat.name}</h2>
          <p>{chat.typing === null ? '' : chat.typing === 'composing' ? 'typing' : 'recording'}</p>
        </div>
      </header>
      <Messages key={chat.jid} view={view} chat={chat} />
      <Composer key={`to ${chat.jid}`} view={view} jid={chat.jid} name={chat.name} readOnly={chat.readOnly} />
    </section>
  )
}

function Messages({ view, chat }: { readonly view: View; readonly chat: Chat }): JSX.Element {
  const messages = view.messages.value
  const box = useRef<HTMLDivElement>(null)
  const before = useRef({ height: 0, oldest: '', newest: '', atEnd: true })
  const [loading, setLoading] = useState(false)
  const [failed, setFailed] = useState(false)

  // Older messages above must not move what is being read; newer ones below are followed only from the end.
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    const [first, last] = [messages.at(0), messages.at(-1)]
    const oldest = first === undefined ? '' : keyOf(first)
    const newest = last === undefined ? '' : keyOf(last)
    const was = before.current
    const mine = last?.fromMe === true && newest !== was.newest
    if (was.atEnd || mine) element.scrollTop = element.scrollHeight
    else if (oldest !== was.oldest) element.scrollTop += element.scrollHeight - was.height
    before.current = { ...was, height: element.scrollHeight, oldest, newest }
  }, [messages])

  // A banner or a growing composer takes height away: who was at the end stays there.
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const observer = new ResizeObserver(() => {
      if (before.current.atEnd) element.scrollTop = element.scrollHeight
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  // A short conversation cannot be scrolled, so what is missing above it is loaded unasked.
  useEffect(() => {
    const element = box.current
    if (element !== null && element.scrollHeight <= element.clientHeight) void loadOlder()
  }, [messages.length, view.state.value])

  async function loadOlder(): Promise<void> {
    if (loading || !chat.hasOlder || view.state.value !== 'open') return
    setLoading(true)
    const came = await view.client.loadOlder(chat.jid).catch(() => null)
    setFailed(came === null)
    setLoading(false)
  }

  return (
    <div
      class="messages"
      ref={box}
      tabIndex={0}
      role="log"
      aria-label="Messages"
      onScroll={(event) => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget
        before.current.atEnd = scrollHeight - scrollTop - clientHeight < NEAR_PX
        if (scrollTop < NEAR_PX) void loadOlder()
      }}
    >
      <div class="older">
        {chat.hasOlder ? (
          <button type="button" class="quiet" disabled={loading} onClick={() => void loadOlder()}>
            {loading
              ? 'Loading'
              : failed
                ? 'Older messages could not be loaded. Try again'
                : 'Load older messages'}
          </button>
        ) : (
          <span>The beginning of this conversation</span>
        )}
      </div>
      <ol>{rows(view, messages)}</ol>
    </div>
  )
}

function rows(view: View, messages: readonly ChatMessage[]): JSX.Element[] {
  const elements: JSX.Element[] = []
  let previous: ChatMessage | null = null
  for (const message of messages) {
    const newDay = previous === null || dayOf(previous.seconds) !== dayOf(message.seconds)
    if (newDay) {
      elements.push(
        <li key={`day ${dayOf(message.seconds)} ${message.id}`} class="day">
          <span>{formatDay(message.seconds, view.now.peek())}</span>
        </li>,
      )
    }
    const continues =
      !newDay &&
      previous !== null &&
      previous.kind !== 'notice' &&
      previous.fromMe === message.fromMe &&
      previous.author === message.author
    elements.push(<MessageRow key={keyOf(message)} view={view} message={message} continues={continues} />)
    previous = message
  }
  return elements
}
