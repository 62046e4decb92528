/** The page before this browser is linked: what to do, the code with the time it has left, and what went wrong. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { REF_RENEWALS } from '../timing.ts'
import { Footer } from './footer.tsx'
import { Mark } from './icons.tsx'
import { QrCode } from 'look/qr-code'
import type { View } from './view.ts'
import { wordsForPairing } from './words.ts'

export function PairingPage({ view }: { readonly view: View }): JSX.Element {
  const notice = wordsForPairing(view.state.value, view.why.value)
  return (
    <div class="pairing-page">
      <header class="masthead">
        <Mark />
        <span class="wordmark">Tether</span>
      </header>
      <main class="pairing">
        <section class="steps" aria-labelledby="pairing-title">
          <h1 id="pairing-title">Link this browser to your phone</h1>
          <p class="lead">
            Your phone keeps every message and every key. This page shows what the phone sends it, for as long
            as the phone can be reached.
          </p>
          <ol>
            <li>Open Tether on your phone.</li>
            <li>
              Choose <b>Linked browsers</b>, then <b>Link a browser</b>.
            </li>
            <li>Scan the code, or paste its text.</li>
          </ol>
          {notice !== null && (
            <p class="notice" role="alert">
              {notice}
            </p>
          )}
          <StaySignedIn view={view} />
        </section>
        <Plate view={view} />
      </main>
      <Footer />
    </div>
  )
}

function StaySignedIn({ view }: { readonly view: View }): JSX.Element {
  const [stay, setStay] = useState(view.store.staySignedIn)
  return (
    <label class="stay">
      <input
        type="checkbox"
        checked={stay}
        onChange={(event) => {
          view.store.staySignedIn = event.currentTarget.checked
          setStay(event.currentTarget.checked)
        }}
      />
      <span>
        Keep me signed in
        <small>{stay ? 'on this computer, until you log out' : 'until this window is closed'}</small>
      </span>
    </label>
  )
}

function Plate({ view }: { readonly view: View }): JSX.Element {
  const qr = view.qr.value
  const state = view.state.value
  if (qr !== null) {
    const secondsLeft = Math.max(0, Math.ceil((qr.expiresAt - view.now.value) / 1000))
    const share = Math.max(0, Math.min(1, (qr.expiresAt - view.now.value) / qr.lifeMs))
    return (
      <section class="plate" aria-label="Pairing code">
        <div class="plate-face">
          <QrCode text={qr.text} label="Pairing code. Its text can be copied below." />
        </div>
        <div class="countdown">
          <progress value={share} max={1} aria-label="Time left for this code" />
          <p>
            <span class="seconds">{secondsLeft} s</span>
            <span>
              code {qr.round} of {REF_RENEWALS + 1}
            </span>
          </p>
        </div>
        <CopyText text={qr.text} />
      </section>
    )
  }
  return (
    <section class="plate" aria-label="Pairing code">
      <div class="plate-face blank">
        {state === 'expired' ? (
          <button type="button" class="primary" onClick={() => view.client.renew()}>
            Show a new code
          </button>
        ) : state === 'loggedOut' || state === 'refused' ? (
          <button type="button" class="primary" onClick={() => void startAgain(view)}>
            Show a code
          </button>
        ) : state === 'offline' ? (
          <button type="button" class="primary" onClick={() => view.client.retryNow()}>
            Try again now
          </button>
        ) : (
          <p class="waiting" role="status">
            Asking the server for a code
          </p>
        )}
      </div>
    </section>
  )
}

/** Keys that cannot be read, or that the server refuses, are of no more use. */
async function startAgain(view: View): Promise<void> {
  await view.store.keys.clear()
  await view.client.start()
}

function CopyText({ text }: { readonly text: string }): JSX.Element {
  return (
    <details class="copy">
      <summary>The code as text</summary>
      <textarea
        readOnly
        rows={3}
        aria-label="Text of the pairing code"
        value={text}
        onFocus={(event) => event.currentTarget.select()}
      />
      <CopyButton text={text} />
    </details>
  )
}

// Pages served over plain http have no clipboard; there the text is selected, ready for the keys that copy.
function CopyButton({ text }: { readonly text: string }): JSX.Element {
  const [done, setDone] = useState<{ readonly text: string; readonly word: string } | null>(null)
  return (
    <button
      type="button"
      class="quiet"
      onClick={(event) => {
        event.currentTarget.parentElement?.querySelector('textarea')?.focus()
        const clipboard = navigator.clipboard as Clipboard | undefined
        if (clipboard === undefined) setDone({ text, word: 'Selected: copy with Ctrl C' })
        else void clipboard.writeText(text).then(() => setDone({ text, word: 'Copied' }))
      }}
    >
      <span aria-live="polite">{done?.text === text ? done.word : 'Copy'}</span>
    </button>
  )
}
