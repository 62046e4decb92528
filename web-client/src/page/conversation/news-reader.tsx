/** Reads new messages of the open chat aloud for those who listen: each once, as it comes, and no history. */
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Chat } from '../../chats.ts'
import type { View } from '../view.ts'
import { previewOf } from '../words.ts'

export function NewsReader({ view, chat }: { readonly view: View; readonly chat: Chat }): JSX.Element {
  const words = useSignal('')
  useEffect(
    () =>
      view.client.subscribe((event) => {
        if (event.type !== 'message' || event.message.jid !== chat.jid || event.message.fromMe) return
        const { author } = event.message
        words.value = `${author === null ? chat.name : view.client.nameOf(author)}: ${previewOf(event.message)}`
      }),
    [chat.jid],
  )
  return (
    <p class="unseen" aria-live="polite">
      {words.value}
    </p>
  )
}
