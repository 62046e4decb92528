/** The page before this browser is linked: what to do, the code with the time it has left, and what went wrong. */
import { Icon } from 'look/icons'
import { Mark } from 'look/mark'
import { ThemeSwitch } from 'look/theme-switch'
import type { JSX } from 'preact'
import { Footnote } from '../footnote.tsx'
import type { View } from '../view.ts'
import { wordsForPairing } from '../words.ts'
import { Plate } from './plate.tsx'
import { StaySignedIn } from './stay-signed-in.tsx'

export function PairingPage({ view }: { readonly view: View }): JSX.Element {
  const notice = wordsForPairing(view.state.value, view.why.value)
  return (
    <div class="pairing-page">
      <header class="masthead">
        <Mark size={32} />
        <span class="wordmark">Tether</span>
        <ThemeSwitch choice={view.theme} />
      </header>
      <main class="pairing">
        {notice !== null && (
          <p class="notice" role="alert">
            <Icon name="info" /> {notice}
          </p>
        )}
        <section class="steps" aria-labelledby="pairing-title">
          <h1 id="pairing-title">Link this browser to your phone</h1>
          <p class="lead">
            Your phone keeps every message and every key. This page shows what the phone sends it, for as long
            as the phone can be reached.
          </p>
          <ol>
            <li>Open Tether on your phone.</li>
            <li>
              Choose <b>Browsers</b>, then <b>Scan</b>.
            </li>
            <li>Point it at the code, or paste the text of the code.</li>
          </ol>
          <StaySignedIn view={view} />
        </section>
        <Plate view={view} />
      </main>
      <Footnote />
    </div>
  )
}
