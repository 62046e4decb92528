/** Asks before this browser forgets everything. */
import { Dialog } from 'look/dialog'
import type { JSX } from 'preact'
import type { SheetProps } from '../sheet-props.ts'

type Props = SheetProps<'logout'>

export function LogOutDialog({ view, onClose }: Props): JSX.Element {
  const waiting = view.chats.value.some(({ newest }) => newest?.status === 'pending')
  return (
    <Dialog title="Log out of this browser?" onClose={onClose}>
      <p>Its keys and messages are erased here. Your phone keeps everything.</p>
      {waiting && <p class="wrong">What still waits to be sent is erased with them.</p>}
      <div class="choices">
        <button type="button" class="quiet" onClick={onClose}>
          Stay
        </button>
        <button type="button" class="primary" onClick={() => void view.client.logout()}>
          Log out
        </button>
      </div>
    </Dialog>
  )
}
