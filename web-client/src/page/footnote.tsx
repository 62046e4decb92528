/** What this is and what it is not, on every screen. */
import type { JSX } from 'preact'

export function Footnote(): JSX.Element {
  return (
    <footer class="footnote">
      An independent study of a retired design: the web client that works only while the phone does.
    </footer>
  )
}
