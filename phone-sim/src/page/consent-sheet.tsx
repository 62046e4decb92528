/**
 * The question that a scan asks: who wants in, what it gets, for how long, which chats. Refusing comes first, has the
 * focus, and is what Escape does. A browser in another network is asked about twice: a code that somebody sent, or shows
 * on a page of theirs, comes from there. The second yes is not where haste finds it: two clicks or two Enters in a row
 * do not get there.
 */
import type { JSX } from 'preact'
import type { ReadonlySignal } from '@preact/signals'
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Icon } from 'look/icons'
import type { PendingScan } from '../phone-views.ts'
import { ConsentFields, type ConsentForm, firstForm, formComplete, formToAnswer } from './consent-fields.tsx'
import type { PhoneModel } from './phone-model.ts'
import { RequesterFacts } from './requester-facts.tsx'
import { secondsUntil } from './times.ts'

/** For so long nobody can have read the warning; time moves once a second here, so it is one second at least. */
const UNREAD_MS = 2_000

interface Props {
  readonly phone: PhoneModel
  readonly scan: PendingScan
  readonly now: ReadonlySignal<number>
}

export function ConsentSheet({ phone, scan, now }: Props): JSX.Element {
  const title = useId()
  const deny = useRef<HTMLButtonElement>(null)
  const [form, setForm] = useState<ConsentForm>(firstForm)
  const [isBusy, setBusy] = useState(false)
  const [warnedAt, setWarnedAt] = useState<number | null>(null)
  const isWarned = warnedAt !== null
  const isUnread = warnedAt !== null && now.value - warnedAt < UNREAD_MS
  useLayoutEffect(() => deny.current?.focus(), [isWarned])
  const isFar = !scan.requester.sameNetwork
  const decide = (grant: boolean): void => {
    setBusy(true)
    const otherNetwork = isFar && { otherNetwork: true }
    void phone.decide(scan, grant ? { grant, ...formToAnswer(form), ...otherNetwork } : { grant })
  }
  const { name } = phone.status.value
  const left = secondsUntil(scan.expiresAt, now.value)
  return (
    <div
      class="consent"
      role="dialog"
      tabIndex={-1} // a click beside its buttons does not take the focus out of it, so Escape goes on to refuse
      aria-labelledby={title}
      onKeyDown={(event) => {
        if (event.key === 'Escape') decide(false)
      }}
    >
      <header>
        <Icon name="browser" />
        <h2 id={title}>Link this browser?</h2>
        <span class="to">to {name}’s phone</span>
      </header>
      <div class="consent-body">
        <RequesterFacts requester={scan.requester} now={now} />
        <p class="gets">
          It reads the chats you choose and, if you let it, writes as {name}, always through this phone. Only
          go on if that browser is in front of you.
        </p>
        <ConsentFields form={form} chats={phone.chats.value} onChange={setForm} />
      </div>
      <footer>
        {isWarned && (
          <p class="far-away" role="alert">
            <Icon name="alert" />
            This browser is not in your network. If somebody sent you the code, or it stood on a page other
            than the browser client, whoever made it would read your chats.
          </p>
        )}
        <button
          ref={deny}
          type="button"
          class={isWarned ? 'primary' : 'outlined'}
          disabled={isBusy}
          onClick={() => decide(false)}
        >
          Deny
        </button>
        <button
          type="button"
          class={isWarned ? 'outlined dangerous' : 'primary'}
          disabled={isBusy || isUnread || !formComplete(form)}
          onClick={() => (isFar && !isWarned ? setWarnedAt(now.value) : decide(true))}
        >
          {isWarned ? 'It is mine: allow' : 'Allow'}
        </button>
        <small>{isBusy ? 'Telling the relay…' : `Without an answer, denied in ${left} s`}</small>
      </footer>
    </div>
  )
}
