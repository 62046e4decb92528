/** The message that the next one will answer, above the place to write. */
import { Icon } from 'look/icons'
import type { JSX } from 'preact'
import type { ChatMessage } from '../../message.ts'
import type { View } from '../view.ts'
import { previewOf } from '../words.ts'
import { focusComposer } from './focus.ts'

export function Answering({
  view,
  quote,
}: {
  readonly view: View
  readonly quote: ChatMessage
}): JSX.Element {
  const who = quote.fromMe ? 'yourself' : view.client.nameOf(quote.author ?? quote.jid)
  return (
    <div class="answering">
      <p class="quoted">
        <b dir="auto">Answer to {who}</b>
        <span class="cut" dir="auto">
          {previewOf(quote)}
        </span>
      </p>
      <button
        type="button"
        class="round"
        aria-label="Do not answer it"
        onClick={() => {
          view.drafts.change(quote.jid, { quote: null })
          focusComposer()
        }}
      >
        <Icon name="close" />
      </button>
    </div>
  )
}
