/** Chooses to whom a message is passed on. */
import { useSignal } from '@preact/signals'
import { Dialog } from 'look/dialog'
import { Icon } from 'look/icons'
import type { JSX } from 'preact'
import { peopleOf } from '../chats/new-chat-sheet.tsx'
import type { SheetProps } from '../sheet-props.ts'
import { PeoplePicker } from '../people-picker.tsx'
import { forward } from './forward.ts'

type Props = SheetProps<'forward'>

export function ForwardDialog({ view, sheet: { message }, onClose }: Props): JSX.Element {
  const chosen = useSignal<ReadonlySet<string>>(new Set())
  const chats = view.chats.value.filter(({ readOnly }) => !readOnly)
  const known = new Set(chats.map(({ jid }) => jid))
  const choices = [...chats, ...peopleOf(view).filter(({ jid }) => !known.has(jid))]

  function go(): void {
    const jids = [...chosen.value]
    onClose()
    void forward(view, message, jids)
  }

  return (
    <Dialog title="Forward to" kind="tall" onClose={onClose}>
      <PeoplePicker view={view} label="Chats" choices={choices} chosen={chosen} />
      <div class="choices">
        <button type="button" class="quiet" onClick={onClose}>
          Cancel
        </button>
        <button type="button" class="primary" disabled={chosen.value.size === 0} onClick={go}>
          <Icon name="forward" /> Forward
        </button>
      </div>
    </Dialog>
  )
}
