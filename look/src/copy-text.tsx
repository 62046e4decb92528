/** A text to copy. Pages served over plain http have no clipboard; there it is selected, ready for the keys that copy. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Icon } from './icons.tsx'

export function CopyText({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  const [done, setDone] = useState<{ readonly text: string; readonly word: string } | null>(null)
  return (
    <div class="copy-text">
      <textarea
        class="field"
        readOnly
        rows={3}
        aria-label={label}
        value={text}
        spellcheck={false}
        onFocus={(event) => event.currentTarget.select()}
      />
      <button
        type="button"
        class="quiet"
        onClick={(event) => {
          event.currentTarget.parentElement?.querySelector('textarea')?.focus()
          const clipboard = navigator.clipboard as Clipboard | undefined
          const selected = (): void => setDone({ text, word: 'Selected: copy with Ctrl C' })
          if (clipboard === undefined) selected()
          else clipboard.writeText(text).then(() => setDone({ text, word: 'Copied' }), selected)
        }}
      >
        <Icon name="copy" />
        <span aria-live="polite">{done?.text === text ? done.word : 'Copy'}</span>
      </button>
    </div>
  )
}
