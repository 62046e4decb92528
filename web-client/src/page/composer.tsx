/** Where a message is written: Enter sends, Shift and Enter begins a new line. */
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { SendIcon } from './icons.tsx'
import type { View } from './view.ts'

interface Props {
  readonly view: View
  readonly jid: string
  readonly name: string
  readonly readOnly: boolean
}

export function Composer({ view, jid, name, readOnly }: Props): JSX.Element {
  const [text, setText] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    // On a small touch screen the keyboard would cover the conversation.
    if (matchMedia('(pointer: fine)').matches) field.current?.focus()
  }, [jid])

  if (readOnly) return <p class="composer read-only">You can no longer write here.</p>

  function send(): void {
    if (text.trim() === '') return
    view.client.send(jid, text)
    setText('')
    field.current?.focus()
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <textarea
        ref={field}
        rows={1}
        aria-label={`Message to ${name}`}
        placeholder="Write a message"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
          event.preventDefault()
          send()
        }}
      />
      <button type="submit" class="send" disabled={text.trim() === ''} aria-label="Send">
        <SendIcon />
      </button>
    </form>
  )
}
