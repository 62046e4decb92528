/** Asks before all messages of a chat, or the chat itself, are deleted. */
import { useSignal } from '@preact/signals'
import { Dialog } from 'look/dialog'
import { Switch } from 'look/switch'
import type { JSX } from 'preact'
import { codeOf } from 'proto/errors'
import type { SheetProps } from '../sheet-props.ts'
import { failureWords } from '../words.ts'

type Props = SheetProps<'clear'>

export function ClearDialog({ view, sheet: { jid, remove }, onClose }: Props): JSX.Element {
  const keepStarred = useSignal(true)
  const name = view.client.chat(jid)?.name ?? view.client.nameOf(jid)

  function go(): void {
    onClose()
    const { changes } = view.client
    const done = remove ? changes.remove(jid) : changes.clear(jid, keepStarred.value)
    done.then(
      () => {
        if (remove && view.openJid.value === jid) view.open(null)
      },
      (error: unknown) => view.say(`Nothing was deleted. ${failureWords(codeOf(error))}`),
    )
  }

  return (
    <Dialog
      title={remove ? `Delete the chat with ${name}?` : `Clear the chat with ${name}?`}
      onClose={onClose}
    >
      <p>
        Its messages are deleted on your phone too, and cannot be brought back. The other side keeps what it
        has.
      </p>
      {!remove && (
        <Switch
          on={keepStarred.value}
          label="Keep starred messages"
          onChange={(on) => (keepStarred.value = on)}
        />
      )}
      <div class="choices">
        <button type="button" class="quiet" onClick={onClose}>
          Cancel
        </button>
        <button type="button" class="outlined dangerous" onClick={go}>
          {remove ? 'Delete chat' : 'Clear'}
        </button>
      </div>
    </Dialog>
  )
}
