/** A switch with its words, and a choice of a few side by side. */
import type { ComponentChildren, JSX } from 'preact'
import { useId } from 'preact/hooks'

interface SwitchProps {
  readonly on: boolean
  readonly label: string
  /** What it means, smaller. */
  readonly note?: string
  readonly disabled?: boolean
  readonly onChange: (on: boolean) => void
}

export function Switch({ on, label, note, disabled = false, onChange }: SwitchProps): JSX.Element {
  return (
    <label class="switch">
      <span>
        {label}
        {note !== undefined && <small>{note}</small>}
      </span>
      <input
        type="checkbox"
        role="switch"
        checked={on}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    </label>
  )
}

interface SegmentsProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly options: readonly { readonly value: T; readonly label: ComponentChildren }[]
  readonly onChange: (value: T) => void
}

export function Segments<T extends string>({
  label,
  value,
  options,
  onChange,
}: SegmentsProps<T>): JSX.Element {
  const name = useId()
  return (
    <div class="segments" role="radiogroup" aria-label={label}>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            class="unseen"
            name={name}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </div>
  )
}
