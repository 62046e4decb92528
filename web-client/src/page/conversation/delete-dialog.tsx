/** Asks before a message is deleted: here and on the phone, or for everyone. */
import { Dialog } from 'look/dialog'
import type { JSX } from 'preact'
import { codeOf } from 'proto/errors'
import type { SheetProps } from '../sheet-props.ts'
import { failureWords, previewOf } from '../words.ts'

type Props = SheetProps<'delete'>

export function DeleteDialog({ view, sheet: { message }, onClose }: Props): JSX.Element {
  const { client } = view
  const mayTakeBack = message.fromMe && message.kind !== 'revoked'

  function go(doIt: () => Promise<unknown>): void {
    onClose()
    doIt().catch((error: unknown) => view.say(`It was not deleted. ${failureWords(codeOf(error))}`))
  }

  return (
    <Dialog title="Delete this message?" onClose={onClose}>
      <blockquote class="quoted two-lines" dir="auto">
        {previewOf(message)}
      </blockquote>
      <p>
        {mayTakeBack
          ? 'For you, it goes from here and from your phone. For everyone, it is taken back on the other phones too, as far as they have not copied it.'
          : 'It goes from here and from your phone; the others keep it.'}
      </p>
      <div class="choices stacked">
        <button
          type="button"
          class="outlined dangerous"
          onClick={() => go(() => client.changes.removeMessages(message.jid, [message]))}
        >
          Delete for me
        </button>
        {mayTakeBack && (
          <button
            type="button"
            class="outlined dangerous"
            onClick={() => go(async () => client.revoke(message))}
          >
            Delete for everyone
          </button>
        )}
        <button type="button" class="quiet" onClick={onClose}>
          Cancel
        </button>
      </div>
    </Dialog>
  )
}
