/** One message: who (in groups), what, when, and how far it has come, in words as well as in ticks. */
import type { JSX } from 'preact'
import type { ChatMessage } from '../message.ts'
import { formatTime, isoTime } from 'look/dates'
import { StatusIcon } from './icons.tsx'
import type { View } from './view.ts'
import { kindWord, statusWords } from './words.ts'

interface Props {
  readonly view: View
  readonly message: ChatMessage
  /** The message before is of the same side: no gap between them. */
  readonly continues: boolean
}

export function MessageRow({ view, message, continues }: Props): JSX.Element {
  const { fromMe, author, kind, text, status } = message
  const word = kindWord(message)
  if (kind === 'notice') {
    return (
      <li class="message-notice">
        <span>{text || word}</span>
      </li>
    )
  }
  return (
    <li class={`message ${fromMe ? 'mine' : 'theirs'}${continues ? ' continues' : ''}`}>
      <div class="bubble">
        <span class="unseen">{fromMe ? 'You: ' : ''}</span>
        {author !== null && !continues && <p class="author">{view.client.nameOf(author)}</p>}
        {word !== '' && <p class="kind">{word}</p>}
        {text !== '' && <p class="text">{text}</p>}
        <p class="meta">
          <time dateTime={isoTime(message.seconds)}>{formatTime(message.seconds)}</time>
          {status !== null && (
            <span class={`tick ${status}`}>
              {statusWords[status]}
              <StatusIcon status={status} />
            </span>
          )}
        </p>
        {status === 'failed' && (
          <button type="button" class="quiet" onClick={() => view.client.resend(message.jid, message.id)}>
            Send again
          </button>
        )}
      </div>
    </li>
  )
}
