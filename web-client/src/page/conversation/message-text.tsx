/** The words of a message; addresses in them are links. A long text is cut until it is asked for. */
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { splitLinks } from './links.ts'

const LONG = 1_500

export function MessageText({ text }: { readonly text: string }): JSX.Element {
  const whole = useSignal(false)
  const shown = whole.value || text.length <= LONG ? text : `${text.slice(0, LONG - 200)}…`
  const large =
    /^\p{Extended_Pictographic}(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f){0,8}$/u.test(
      text,
    )
  return (
    <div class={`text${large ? ' large' : ''}`} dir="auto">
      {splitLinks(shown).map((part, index) =>
        part.href === null ? (
          part.text
        ) : (
          <a key={index} href={part.href} target="_blank" rel="noreferrer noopener">
            {part.text}
          </a>
        ),
      )}
      {shown !== text && (
        <button type="button" class="quiet more-text" onClick={() => (whole.value = true)}>
          Read all
        </button>
      )}
    </div>
  )
}
