/** Name and description of a group, which whoever may can change. */
import { useSignal } from '@preact/signals'
import { Icon } from 'look/icons'
import type { JSX } from 'preact'
import type { GroupInfo } from '../../groups.ts'
import { MessageText } from '../conversation/message-text.tsx'
import type { View } from '../view.ts'

interface Props {
  readonly view: View
  readonly group: GroupInfo
  readonly mayEdit: boolean
  readonly change: (what: string, ask: () => Promise<unknown>) => void
}

export function GroupWords({ view, group, mayEdit, change }: Props): JSX.Element {
  const editing = useSignal(false)
  const subject = useSignal(group.subject)
  const description = useSignal(group.description?.text ?? '')
  const text = group.description?.text ?? ''

  async function save(): Promise<void> {
    const { groups } = view.client
    if (subject.value.trim() !== group.subject) await groups.rename(group.jid, subject.value.trim())
    if (description.value !== text) await groups.describe(group.jid, description.value)
  }

  if (editing.value) {
    return (
      <form
        class="new-chat"
        onSubmit={(event) => {
          event.preventDefault()
          editing.value = false
          change('Change the group', save)
        }}
      >
        <input
          class="field"
          required
          autofocus
          dir="auto"
          aria-label="Name of the group"
          value={subject.value}
          onInput={(event) => (subject.value = event.currentTarget.value)}
        />
        <textarea
          class="field"
          rows={3}
          dir="auto"
          aria-label="Description"
          placeholder="What it is about"
          value={description.value}
          onInput={(event) => (description.value = event.currentTarget.value)}
        />
        <div class="choices">
          <button type="button" class="quiet" onClick={() => (editing.value = false)}>
            Cancel
          </button>
          <button type="submit" class="primary">
            Save
          </button>
        </div>
      </form>
    )
  }
  return (
    <section>
      {text !== '' && <MessageText text={text} />}
      {mayEdit && (
        <button
          type="button"
          class="person"
          onClick={() => {
            subject.value = group.subject
            description.value = text
            editing.value = true
          }}
        >
          <Icon name="pen" /> Change name and description
        </button>
      )}
    </section>
  )
}
