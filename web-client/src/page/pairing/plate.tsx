/** The code on its plate: the picture, the time it has left, its text; or the one thing to do when there is no code. */
import { CopyText } from 'look/copy-text'
import { Icon } from 'look/icons'
import { QrCode } from 'look/qr-code'
import type { JSX } from 'preact'
import type { QrShown } from '../../pairing.ts'
import type { ClientState } from '../../states.ts'
import { REF_RENEWALS } from '../../timing.ts'
import type { View } from '../view.ts'

export function Plate({ view }: { readonly view: View }): JSX.Element {
  const qr = view.qr.value
  return (
    <section class="plate" aria-label="Pairing code">
      {qr === null ? <Blank view={view} /> : <Code view={view} qr={qr} />}
    </section>
  )
}

function Code({ view, qr }: { readonly view: View; readonly qr: QrShown }): JSX.Element {
  const left = Math.max(0, qr.expiresAt - view.now.value)
  return (
    <>
      <div class="plate-face">
        <QrCode text={qr.text} label="Pairing code. Its text can be copied below." />
      </div>
      <div class="countdown">
        <progress value={Math.min(1, left / qr.lifeMs)} max={1} aria-label="Time left for this code" />
        <p>
          <span class="seconds">{Math.ceil(left / 1000)} s</span>
          <span>
            code {qr.round} of {REF_RENEWALS + 1}
          </span>
        </p>
      </div>
      <details class="code-text">
        <summary>The code as text</summary>
        <CopyText text={qr.text} label="Text of the pairing code" />
      </details>
    </>
  )
}

type Way = readonly [label: string, go: (view: View) => void]

const ways: Readonly<Partial<Record<ClientState, Way>>> = {
  expired: ['Show a new code', ({ client }) => client.renew()],
  loggedOut: ['Show a code', (view) => void startAgain(view)],
  refused: ['Show a code', (view) => void startAgain(view)],
  offline: ['Try again now', ({ client }) => client.retryNow()],
}

function Blank({ view }: { readonly view: View }): JSX.Element {
  const tooOld: Way | null = view.why.value?.status === 426 ? ['Load again', () => location.reload()] : null
  const way = tooOld ?? ways[view.state.value]
  return (
    <div class="plate-face blank">
      {way === undefined ? (
        <p class="waiting" role="status">
          <span class="spinner" /> Asking the server for a code
        </p>
      ) : (
        <button type="button" class="primary" onClick={() => way[1](view)}>
          <Icon name="refresh" />
          {way[0]}
        </button>
      )}
    </div>
  )
}

/** Keys that cannot be read, or that the server refuses, are of no more use. */
async function startAgain(view: View): Promise<void> {
  await view.store.keys.clear()
  await view.client.start()
}
