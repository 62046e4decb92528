/** Chooses who is added to a group. */
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { GroupInfo } from '../../groups.ts'
import { peopleOf } from '../chats/new-chat-sheet.tsx'
import { PeoplePicker } from '../people-picker.tsx'
import type { View } from '../view.ts'

interface Props {
  readonly view: View
  readonly group: GroupInfo
  readonly onAdd: (jids: readonly string[]) => void
}

export function AddMembers({ view, group, onAdd }: Props): JSX.Element {
  const chosen = useSignal<ReadonlySet<string>>(new Set())
  const inside = new Set(group.members.map(({ jid }) => jid))
  const choices = peopleOf(view).filter(({ jid }) => !inside.has(jid))
  return (
    <div class="add-members">
      <PeoplePicker view={view} label="To be added" choices={choices} chosen={chosen} />
      <button
        type="button"
        class="primary"
        disabled={chosen.value.size === 0}
        onClick={() => onAdd([...chosen.value])}
      >
        Add
      </button>
    </div>
  )
}
