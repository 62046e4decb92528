/** The message that another one answers; a click goes to it. */
import type { JSX } from 'preact'
import type { Chat } from '../../chats.ts'
import { keyOf } from '../../message.ts'
import type { Quote } from '../../message-context.ts'
import type { View } from '../view.ts'
import { quoteWords } from '../words.ts'

interface Props {
  readonly view: View
  readonly chat: Chat
  readonly quote: Quote
}

export function Quoted({ view, chat, quote }: Props): JSX.Element {
  const mine = quote.author !== null && quote.author === view.me.value?.jid
  const who = mine ? 'You' : quote.author === null ? chat.name : view.client.nameOf(quote.author)
  return (
    <button
      type="button"
      class="quoted"
      tabIndex={-1}
      onClick={() => (view.target.value = keyOf({ fromMe: mine, id: quote.id }))}
    >
      <b dir="auto">{who}</b>
      <span class="two-lines" dir="auto">
        {quoteWords(quote)}
      </span>
    </button>
  )
}
