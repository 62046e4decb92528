/** Chooses people or chats: a field to narrow the list, and a box to tick beside each. */
import { type Signal, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { Face } from './face.tsx'
import { folded, type FoundName } from './chats/name-search.ts'
import type { View } from './view.ts'

interface Props {
  readonly view: View
  readonly label: string
  readonly choices: readonly FoundName[]
  readonly chosen: Signal<ReadonlySet<string>>
}

const MOST = 100

export function PeoplePicker({ view, label, choices, chosen }: Props): JSX.Element {
  const words = useSignal('')
  const wanted = folded(words.value.trim())
  const shown = choices.filter(({ name }) => folded(name).includes(wanted)).slice(0, MOST)

  function toggle(jid: string): void {
    const next = new Set(chosen.value)
    if (!next.delete(jid)) next.add(jid)
    chosen.value = next
  }

  return (
    <div class="picker" role="group" aria-label={label}>
      <input
        class="field"
        type="search"
        autofocus
        aria-label="Narrow the list"
        placeholder="Name"
        dir="auto"
        value={words.value}
        onInput={(event) => (words.value = event.currentTarget.value)}
      />
      <ul>
        {shown.map(({ jid, name, group }) => (
          <li key={jid}>
            <label>
              <Face view={view} jid={jid} name={name} group={group} size="small" />
              <span class="cut" dir="auto">
                {name}
              </span>
              <input type="checkbox" checked={chosen.value.has(jid)} onChange={() => toggle(jid)} />
            </label>
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p class="empty">Nobody of that name.</p>}
    </div>
  )
}
