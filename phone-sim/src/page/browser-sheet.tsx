/** One linked browser: its facts, and everything that a person can reconsider about it. */
import type { ReadonlySignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Dialog } from 'look/dialog'
import { Switch } from 'look/switch'
import type { Companion } from '../phone-views.ts'
import { activityWords } from './companion-words.ts'
import { ConsentFields, formComplete, formOf, formToChange } from './consent-fields.tsx'
import { formText } from './form-text.ts'
import type { PhoneModel } from './phone-model.ts'
import { RequesterFacts } from './requester-facts.tsx'
import { formatInstant } from './times.ts'

interface Props {
  readonly phone: PhoneModel
  readonly companion: Companion
  readonly now: ReadonlySignal<number>
  readonly onClose: () => void
}

export function BrowserSheet({ phone, companion, now, onClose }: Props): JSX.Element {
  const { id, name, state, since, expiresAt } = companion
  const [form, setForm] = useState(() => formOf(companion))
  const [isSure, setSure] = useState(false)
  const save = async (): Promise<void> => {
    if (await phone.changeCompanion(id, formToChange(form))) onClose()
  }
  return (
    <Dialog title={name} sheet onClose={onClose}>
      <div class="stack">
        <p>
          Linked to {phone.status.value.name}’s phone. {activityWords(companion, now.value)}
        </p>
        <Switch
          on={state === 'paused'}
          label="Pause"
          note="It stays linked and gets no answer; what it asks meanwhile waits."
          onChange={(paused) => void phone.changeCompanion(id, { paused })}
        />
        <form
          class="inline-form"
          onSubmit={(event) => {
            event.preventDefault()
            const renamed = formText(event.currentTarget, 'name').trim()
            if (renamed !== '' && renamed !== name) void phone.changeCompanion(id, { name: renamed })
          }}
        >
          <label>
            Name
            <input class="field" name="name" defaultValue={name} maxLength={100} autocomplete="off" />
          </label>
          <button type="submit" class="outlined">
            Rename
          </button>
        </form>
        <section class="stack" aria-label="What it may">
          <h3>What it may</h3>
          <p class="footnote">
            Allowed {formatInstant(since, now.value)},{' '}
            {expiresAt === null ? 'until revoked' : `until ${formatInstant(expiresAt, now.value)}`}. A change
            takes effect at once.
          </p>
          <ConsentFields form={form} chats={phone.chats.value} keepsTime onChange={setForm} />
          <button type="button" class="primary" disabled={!formComplete(form)} onClick={() => void save()}>
            Change
          </button>
        </section>
        <section class="stack" aria-label="Who it was when it was linked">
          <h3>When it was linked</h3>
          <RequesterFacts requester={companion.requester} now={now} />
        </section>
        <div class="choices">
          {isSure ? (
            <>
              <button type="button" class="outlined" onClick={() => setSure(false)}>
                Keep it
              </button>
              <button
                type="button"
                class="primary danger"
                onClick={() => {
                  onClose()
                  void phone.unpair(id)
                }}
              >
                Revoke now
              </button>
            </>
          ) : (
            <button type="button" class="dangerous" onClick={() => setSure(true)}>
              Revoke
            </button>
          )}
        </div>
      </div>
    </Dialog>
  )
}
