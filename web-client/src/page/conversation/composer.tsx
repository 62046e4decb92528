/** Where a message is written: Enter sends, Shift and Enter begins a new line; files are pasted or picked. */
import { useSignal } from '@preact/signals'
import { Icon } from 'look/icons'
import type { JSX, TargetedKeyboardEvent } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { VoiceRecorder } from '../media/voice-recorder.tsx'
import type { View } from '../view.ts'
import { Answering } from './answering.tsx'
import { useTyping } from './use-typing.ts'

interface Props {
  readonly view: View
  readonly jid: string
  readonly name: string
  readonly readOnly: boolean
}

export function Composer({ view, jid, name, readOnly }: Props): JSX.Element {
  const { text, quote } = view.drafts.of(jid).value
  const field = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const recording = useSignal(false)
  const typing = useTyping(view, jid)
  useEffect(() => {
    // On a small touch screen the keyboard would cover the conversation; and who looks for a message is there.
    if (view.target.peek() === null && matchMedia('(pointer: fine)').matches) field.current?.focus()
  }, [jid, recording.value])

  if (readOnly) return <p class="composer read-only">You can no longer write here.</p>
  if (recording.value) {
    return <VoiceRecorder view={view} jid={jid} onDone={() => (recording.value = false)} />
  }

  function send(): void {
    if (text.trim() === '') return
    view.client.send(jid, text, quote === null ? {} : { quote })
    view.drafts.clear(jid)
    typing.stop()
    field.current?.focus()
  }

  function attach(files: readonly File[]): void {
    if (files.length > 0) view.sheet.value = { kind: 'attach', jid, files }
  }

  function keys(event: TargetedKeyboardEvent<HTMLTextAreaElement>): void {
    if (event.isComposing || event.altKey) return
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      send()
    } else if (event.key === 'ArrowUp' && text === '') {
      event.preventDefault()
      const last = document.querySelector<HTMLElement>('.messages li.row:last-child')
      last?.focus()
    } else if (event.key === 'Escape' && quote !== null) {
      event.preventDefault()
      view.drafts.change(jid, { quote: null })
    }
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {quote !== null && <Answering view={view} quote={quote} />}
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          attach([...(event.currentTarget.files ?? [])])
          event.currentTarget.value = ''
        }}
      />
      <button
        id="attach"
        type="button"
        class="round"
        aria-label="Attach a file"
        onClick={() => picker.current?.click()}
      >
        <Icon name="attach" />
      </button>
      <textarea
        ref={field}
        rows={1}
        dir="auto"
        aria-label={`Message to ${name}`}
        placeholder="Write a message"
        value={text}
        onInput={(event) => {
          view.drafts.change(jid, { text: event.currentTarget.value })
          typing.heard(event.currentTarget.value !== '')
        }}
        onBlur={() => typing.stop()}
        onPaste={(event) => {
          const files = [...(event.clipboardData?.files ?? [])]
          if (files.length === 0) return
          event.preventDefault()
          attach(files)
        }}
        onKeyDown={keys}
      />
      {text.trim() === '' ? (
        <button
          type="button"
          class="send"
          aria-label="Record a voice message"
          onClick={() => (recording.value = true)}
        >
          <Icon name="microphone" />
        </button>
      ) : (
        <button type="submit" class="send" aria-label="Send">
          <Icon name="send" />
        </button>
      )}
    </form>
  )
}
