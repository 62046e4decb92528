/** What the demo says on another machine: the relay lets itself be watched on its own machine only. */
import type { JSX } from 'preact'
import { Mark } from 'look/mark'

export function DemoElsewhere({ port }: { readonly port: string }): JSX.Element {
  const address = `http://localhost${port === '' ? '' : `:${port}`}/demo`
  return (
    <div class="desk">
      <header class="desk-head">
        <Mark />
        <h1 class="wordmark">Relay mode, in seven steps</h1>
      </header>
      <main class="stack empty">
        <p>
          The demo works only on the machine that runs Tether: it shows what the relay sees, and the relay
          tells that to no other machine. Open it there, at <strong class="mono">{address}</strong>.
        </p>
        <p>
          From here you can use <a href="/">the phones</a>.
        </p>
      </main>
    </div>
  )
}
