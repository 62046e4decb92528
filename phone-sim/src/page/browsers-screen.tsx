/** Linked browsers: who they are, what they may, whether they are there; scan one more, pause, change or revoke. */
import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { Icon } from 'look/icons'
import type { Companion } from '../phone-views.ts'
import { BrowserSheet } from './browser-sheet.tsx'
import { activityWords, consentWords } from './companion-words.ts'
import type { ScreenProps } from './screen-props.ts'
import { Scan } from './scan.tsx'

/** The phone whose scanner is open, and the browser that is looked at. */
const scanning = signal<string | null>(null)
const opened = signal<{ readonly phone: string; readonly id: string } | null>(null)

export function BrowsersScreen({ phone, now }: ScreenProps): JSX.Element {
  const { companions, name } = phone.status.value
  const open =
    opened.value?.phone === phone.number ? companions.find(({ id }) => id === opened.value?.id) : undefined
  return (
    <>
      <header class="screen-head">
        <h2>Linked browsers</h2>
        <button type="button" class="primary small" onClick={() => (scanning.value = phone.number)}>
          <Icon name="qr" /> Scan
        </button>
      </header>
      <div class="scroll">
        {companions.length === 0 ? (
          <p class="empty">
            No browser is linked. Open the browser client, and let this phone scan the code that it shows.
          </p>
        ) : (
          <ul class="rows" aria-label={`Browsers linked to ${name}’s phone`}>
            {companions.map((companion) => (
              <li key={companion.id}>
                <BrowserRow
                  companion={companion}
                  nowMs={now.value}
                  open={() => (opened.value = { phone: phone.number, id: companion.id })}
                />
              </li>
            ))}
          </ul>
        )}
        {companions.length > 1 && (
          <button type="button" class="dangerous" onClick={() => void phone.unpairAll()}>
            Revoke all {companions.length}
          </button>
        )}
      </div>
      {scanning.value === phone.number && <Scan phone={phone} onClose={() => (scanning.value = null)} />}
      {open !== undefined && (
        <BrowserSheet phone={phone} companion={open} now={now} onClose={() => (opened.value = null)} />
      )}
    </>
  )
}

interface RowProps {
  readonly companion: Companion
  readonly nowMs: number
  readonly open: () => void
}

function BrowserRow({ companion, nowMs, open }: RowProps): JSX.Element {
  const { name, state } = companion
  return (
    <button type="button" class="row" onClick={open}>
      <span class={`lamp ${state}`} aria-hidden="true" />
      <span class="row-main">
        <span class="row-name cut">{name}</span>
        <span class="row-note">{activityWords(companion, nowMs)}</span>
        <span class="row-note">{consentWords(companion, nowMs)}</span>
      </span>
      <Icon name="next" />
    </button>
  )
}
