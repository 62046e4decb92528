/** The way of a message as a picture with the place where it is, and what would free it. */
import { formatDayWithin, formatTime } from 'look/dates'
import { Dialog } from 'look/dialog'
import { Icon, type IconName } from 'look/icons'
import type { JSX } from 'preact'
import { type Hop, hopsOf } from '../../hops.ts'
import type { SheetProps } from '../sheet-props.ts'
import { previewOf } from '../words.ts'
import { stuckWords } from './stuck-words.ts'

const stations: Readonly<Record<Hop, readonly [icon: IconName, name: string]>> = {
  failed: ['alert', 'Not sent'],
  waiting: ['browser', 'This browser'],
  relay: ['server', 'Relay'],
  phone: ['phone', 'Your phone'],
  mailbox: ['archive', 'Mailbox'],
  delivered: ['phone', 'Other phone'],
  read: ['eye', 'Read'],
  played: ['play', 'Played'],
}

export function StuckDialog({ view, sheet, onClose }: SheetProps<'stuck'>): JSX.Element {
  const { jid, id } = sheet.message
  const all = view.openJid.value === jid ? view.messages.value : view.client.messages(jid)
  const message = all.find((each) => each.fromMe && each.id === id) ?? sheet.message
  const stuck = view.now.value > 0 ? view.client.whyStuck(message) : null
  const since = stuck?.since === null || stuck === null ? null : stuck.since / 1000
  return (
    <Dialog title={stuck === null ? 'It is on its way' : 'Why is it stuck?'} kind="wide" onClose={onClose}>
      <blockquote class="quoted two-lines" dir="auto">
        {previewOf(message)}
      </blockquote>
      <ol class="way" aria-label="The way of the message">
        {hopsOf(message).map(({ hop, is }) => (
          <li key={hop} class={is} aria-current={is === 'here' ? 'step' : undefined}>
            <Icon name={stations[hop][0]} />
            {stations[hop][1]}
          </li>
        ))}
      </ol>
      <div role="status">
        {stuck === null ? (
          <p>Nothing holds it up.</p>
        ) : (
          <>
            <p class="stuck-where">{stuckWords[stuck.reason].where}</p>
            <p>{stuckWords[stuck.reason].free}</p>
            {since !== null && (
              <p class="stuck-since">
                So since {formatDayWithin(since, view.today.value)}, {formatTime(since)}.
              </p>
            )}
          </>
        )}
      </div>
    </Dialog>
  )
}
