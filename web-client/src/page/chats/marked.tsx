/** A text in which the words that were looked for stand out. A long text begins shortly before them. */
import type { JSX } from 'preact'

const BEFORE = 24

export function Marked({ text, words }: { readonly text: string; readonly words: string }): JSX.Element {
  const at = text.toLocaleLowerCase().indexOf(words.toLocaleLowerCase())
  if (at < 0) return <>{text}</>
  const from = at > 2 * BEFORE ? at - BEFORE : 0
  return (
    <>
      {from > 0 && '…'}
      {text.slice(from, at)}
      <mark>{text.slice(at, at + words.length)}</mark>
      {text.slice(at + words.length)}
    </>
  )
}
