/** The page of the phones: every phone of the program side by side, one at a time where there is no room. */
import { signal } from '@preact/signals'
import type { ReadonlySignal } from '@preact/signals'
import type { JSX } from 'preact'
import { Icon } from 'look/icons'
import { Mark } from 'look/mark'
import type { ThemeChoice } from 'look/theme'
import { ThemeSwitch } from 'look/theme-switch'
import { Device } from './device.tsx'
import { NewPhone } from './new-phone.tsx'
import type { PageFacts } from './phones-api.ts'
import type { PhonesModel } from './phones-model.ts'

interface Props {
  readonly phones: PhonesModel
  readonly facts: PageFacts
  readonly theme: ThemeChoice
  readonly now: ReadonlySignal<number>
}

/** Which phone is shown where there is room for one. */
const chosen = signal<string | null>(null)
const isAdding = signal(false)

export function App({ phones, facts, theme, now }: Props): JSX.Element {
  const all = phones.phones.value
  const shown = all.find(({ number }) => number === chosen.value) ?? all[0]
  return (
    <div class="desk">
      <header class="desk-head">
        <Mark />
        <h1 class="wordmark">Tether phones</h1>
        <nav aria-label="Other pages">
          {facts.hasCast && <a href="/demo">Demo</a>}
          <a href={facts.browserUrl}>Browser client</a>
        </nav>
        <button type="button" class="quiet add" onClick={() => (isAdding.value = true)}>
          <Icon name="add" /> New phone
        </button>
        <ThemeSwitch choice={theme} />
      </header>
      {!phones.isThere.value && (
        <p class="desk-banner" role="status">
          <Icon name="alert" /> The program that runs the phones does not answer. What you see is what it said
          last.
        </p>
      )}
      <nav class="phone-tabs" aria-label="Phones">
        {all.map((phone) => (
          <button
            key={phone.number}
            type="button"
            aria-pressed={phone === shown}
            onClick={() => (chosen.value = phone.number)}
          >
            {phone.status.value.name}
            {phone.unread.value > 0 && <span class="count">{phone.unread.value}</span>}
          </button>
        ))}
      </nav>
      <main class="phones">
        {all.map((phone) => (
          <Device key={phone.number} phone={phone} now={now} isShown={phone === shown} />
        ))}
      </main>
      <footer class="desk-foot footnote">
        An independent study of a retired design: the phone holds every key and must be online. Not connected
        to any live service.
      </footer>
      {isAdding.value && <NewPhone phones={phones} onClose={() => (isAdding.value = false)} />}
    </div>
  )
}
