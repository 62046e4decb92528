/** Who has an own message, and since when. */
import { formatDay, formatTime } from 'look/dates'
import { Dialog } from 'look/dialog'
import { Ticks } from 'look/ticks'
import type { JSX } from 'preact'
import { hopOf } from '../../hops.ts'
import { useAsked } from '../asked.ts'
import { Face } from '../face.tsx'
import type { SheetProps } from '../sheet-props.ts'
import { failureWords, previewOf } from '../words.ts'

type Props = SheetProps<'messageInfo'>

export function MessageInfo({ view, sheet, onClose }: Props): JSX.Element {
  const { jid, id } = sheet.message
  const now = view.client.messages(jid).find((each) => each.fromMe && each.id === id) ?? sheet.message
  const answer = useAsked(String(now.status), () => view.client.groups.readers(jid, id)).value
  const hop = hopOf(now)

  function people(title: 'Read' | 'Delivered', times: ReadonlyMap<string, number>): JSX.Element | null {
    if (times.size === 0) return null
    return (
      <section>
        <h3>{title}</h3>
        <ul class="people">
          {[...times].map(([person, seconds]) => (
            <li key={person} class="person">
              <Face view={view} jid={person} name={view.client.nameOf(person)} size="small" />
              <span class="cut" dir="auto">
                {view.client.nameOf(person)}
              </span>
              <small>
                {formatDay(seconds, view.today.value)}, {formatTime(seconds)}
              </small>
            </li>
          ))}
        </ul>
      </section>
    )
  }

  return (
    <Dialog title="Who has it" sheet onClose={onClose}>
      <blockquote class="quoted two-lines" dir="auto">
        {previewOf(now)}
      </blockquote>
      {hop !== null && (
        <p class="info-hop">
          <Ticks hop={hop} />
        </p>
      )}
      {answer.phase === 'asking' && (
        <p role="status">
          <span class="spinner" /> Asking your phone
        </p>
      )}
      {answer.phase === 'failed' && <p role="status">{failureWords(answer.code)}</p>}
      {answer.phase === 'there' && (
        <>
          {people('Read', answer.value.read)}
          {people('Delivered', answer.value.delivered)}
          {answer.value.read.size + answer.value.delivered.size === 0 && (
            <p>Nobody has it yet. It waits in the mailbox at the relay.</p>
          )}
        </>
      )}
    </Dialog>
  )
}
