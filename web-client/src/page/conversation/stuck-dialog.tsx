/** The way of a message as a picture with the place where it waits, and what would free it. */
import { Dialog } from 'look/dialog'
import { Icon, type IconName } from 'look/icons'
import type { JSX } from 'preact'
import type { SheetProps } from '../sheet-props.ts'
import { hopOf, previewOf } from '../words.ts'
import { type StuckWords, stuckWords } from './stuck-words.ts'

type Props = SheetProps<'stuck'>

const stations: readonly (readonly [
  hop: StuckWords['hop'] | 'mailbox' | 'theirs',
  icon: IconName,
  name: string,
])[] = [
  ['browser', 'browser', 'This browser'],
  ['relay', 'server', 'Relay'],
  ['phone', 'phone', 'Your phone'],
  ['mailbox', 'archive', 'Mailbox'],
  ['theirs', 'phone', 'Other phone'],
]

export function StuckDialog({ view, sheet, onClose }: Props): JSX.Element {
  const { jid, id } = sheet.message
  const all = view.openJid.value === jid ? view.messages.value : view.client.messages(jid)
  const message = all.find((each) => each.fromMe && each.id === id) ?? sheet.message
  const waiting = hopOf(message) === 'waiting'
  const { asleep } = view.phone.value
  const words = stuckWords({ state: view.state.value, online: view.online.value, asleep })
  const at = stations.findIndex(([hop]) => hop === words.hop)
  return (
    <Dialog title={waiting ? 'Why is it stuck?' : 'It has gone out'} onClose={onClose}>
      <blockquote class="quoted two-lines" dir="auto">
        {previewOf(message)}
      </blockquote>
      <ol class="way" aria-label="The way of the message">
        {stations.map(([hop, icon, name], index) => (
          <li
            key={hop}
            class={!waiting || index < at ? 'passed' : index === at ? 'waits' : ''}
            aria-current={waiting && index === at ? 'step' : undefined}
          >
            <Icon name={icon} />
            {name}
          </li>
        ))}
      </ol>
      <div role="status">
        {waiting ? (
          <>
            <p class="stuck-where">{words.where}</p>
            <p>{words.free}</p>
          </>
        ) : (
          <p>Your phone has taken it, and it is on its way to the other side.</p>
        )}
      </div>
    </Dialog>
  )
}
