/** One chat: its head, its messages, and the place to write. Files dropped on it are about to be sent. */
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { Chat } from '../../chats.ts'
import type { View } from '../view.ts'
import { Composer } from './composer.tsx'
import { Head } from './head.tsx'
import { Messages } from './messages.tsx'

export function Conversation({ view, chat }: { readonly view: View; readonly chat: Chat }): JSX.Element {
  const over = useSignal(false)
  return (
    <section
      class="conversation"
      aria-label={`Conversation with ${chat.name}`}
      onDragOver={(event) => {
        if (event.dataTransfer?.types.includes('Files') !== true || chat.readOnly) return
        event.preventDefault()
        over.value = true
      }}
      onDragLeave={(event) => {
        if (event.target === event.currentTarget || !isInside(event)) over.value = false
      }}
      onDrop={(event) => {
        over.value = false
        const files = [...(event.dataTransfer?.files ?? [])]
        if (files.length === 0 || chat.readOnly) return
        event.preventDefault()
        view.sheet.value = { kind: 'attach', jid: chat.jid, files }
      }}
    >
      <Head view={view} chat={chat} />
      <Messages view={view} chat={chat} />
      <Composer view={view} jid={chat.jid} name={chat.name} readOnly={chat.readOnly} />
      {over.value && <p class="drop-here">Drop it to send it to {chat.name}</p>}
    </section>
  )
}

function isInside({ currentTarget, relatedTarget }: DragEvent): boolean {
  return relatedTarget instanceof Node && (currentTarget as Element).contains(relatedTarget)
}
