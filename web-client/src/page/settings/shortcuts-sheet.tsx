/** All keys, from the table that the page obeys. */
import { Dialog } from 'look/dialog'
import type { JSX } from 'preact'
import type { SheetProps } from '../sheet-props.ts'
import { shortcutSections } from '../shortcuts.ts'

type Props = SheetProps<'shortcuts'>

export function ShortcutsSheet({ onClose }: Props): JSX.Element {
  return (
    <Dialog title="Keys" kind="wide" onClose={onClose}>
      <div class="shortcut-sections" tabIndex={0} role="group" aria-label="All keys">
        {shortcutSections.map(({ title, rows }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {rows.map(({ keys, about }) => (
                <div key={keys + about}>
                  <dt>
                    {keys.split(' ').map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{about}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
