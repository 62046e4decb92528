/** Registers one more phone; its SMS code arrives in the simulation by itself. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Dialog } from 'look/dialog'
import { formText } from './form-text.ts'
import type { PhonesModel } from './phones-model.ts'
import { wordsOfRefusal } from './refusal-words.ts'

interface Props {
  readonly phones: PhonesModel
  readonly onClose: () => void
}

export function NewPhone({ phones, onClose }: Props): JSX.Element {
  const [refused, setRefused] = useState('')
  const [isBusy, setBusy] = useState(false)
  const create = async (form: HTMLFormElement): Promise<void> => {
    setBusy(true)
    try {
      await phones.api.createPhone(formText(form, 'number').replace(/[^0-9]/g, ''), formText(form, 'name'))
      await phones.refresh()
      onClose()
    } catch (error) {
      setRefused(wordsOfRefusal(error))
      setBusy(false)
    }
  }
  return (
    <Dialog title="New phone" onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          void create(event.currentTarget)
        }}
      >
        <label>
          Name
          <input class="field" name="name" required maxLength={100} autocomplete="off" />
        </label>
        <label>
          Number, with country code
          <input
            class="field"
            name="number"
            required
            inputMode="tel"
            pattern="\+?[0-9 ]{5,18}"
            placeholder="1 555 000 7777"
            autocomplete="off"
          />
        </label>
        <p role="alert" class="refused">
          {refused}
        </p>
        <div class="choices">
          <button type="button" class="outlined" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={isBusy}>
            {isBusy ? 'Registering…' : 'Register'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
