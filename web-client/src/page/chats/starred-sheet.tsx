/** Starred messages of all chats, newest first; a click goes to one. */
import { useSignal } from '@preact/signals'
import { formatMoment, isoTime } from 'look/dates'
import { Dialog } from 'look/dialog'
import type { JSX } from 'preact'
import { codeOf } from 'proto/errors'
import { isGroup } from 'proto/jid'
import { useAsked } from '../asked.ts'
import type { SheetProps } from '../sheet-props.ts'
import { Face } from '../face.tsx'
import type { ChatMessage } from '../../message.ts'
import { failureWords, previewOf } from '../words.ts'

type Props = SheetProps<'starred'>

export function StarredSheet({ view, onClose }: Props): JSX.Element {
  const first = useAsked('', () => view.client.lookups.starred()).value
  const more = useSignal<readonly ChatMessage[]>([])
  const done = useSignal(false)
  const there = first.phase === 'there' ? [...first.value.messages, ...more.value] : []
  const last = there.at(-1)

  async function goOn(): Promise<void> {
    if (last === undefined) return
    try {
      const next = await view.client.lookups.starred(null, { before: last })
      more.value = [...more.value, ...next.messages]
      done.value = next.last
    } catch (error) {
      view.say(failureWords(codeOf(error)))
    }
  }

  return (
    <Dialog title="Starred messages" sheet onClose={onClose}>
      <p role="status">
        {first.phase === 'asking' && (
          <>
            <span class="spinner" /> Your phone is looking
          </>
        )}
        {first.phase === 'failed' && failureWords(first.code)}
        {first.phase === 'there' && there.length === 0 && 'No message has a star.'}
      </p>
      <ul class="people">
        {there.map((message) => {
          const name = view.client.chat(message.jid)?.name ?? view.client.nameOf(message.jid)
          const group = isGroup(message.jid)
          return (
            <li key={`${message.jid} ${message.id}`}>
              <button
                type="button"
                class="chat-row"
                onClick={() => {
                  onClose()
                  view.goTo(message)
                }}
              >
                <Face view={view} jid={message.jid} name={name} group={group} />
                <span class="chat-name cut" dir="auto">
                  {message.fromMe ? `You to ${name}` : name}
                </span>
                <time class="chat-time" dateTime={isoTime(message.seconds)}>
                  {formatMoment(message.seconds, view.today.value)}
                </time>
                <span class="chat-preview">
                  <span class="two-lines" dir="auto">
                    {previewOf(message)}
                  </span>
                </span>
              </button>
            </li>
          )
        })}
      </ul>
      {first.phase === 'there' && !first.value.last && !done.value && (
        <button type="button" class="quiet" onClick={() => void goOn()}>
          More
        </button>
      )}
    </Dialog>
  )
}
