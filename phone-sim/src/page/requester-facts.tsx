/** Who asks, or asked: what the relay could tell. A name is what a browser says of itself; the network is evidence. */
import type { ReadonlySignal } from '@preact/signals'
import type { JSX } from 'preact'
import { Icon } from 'look/icons'
import type { RequesterView } from '../phone-views.ts'
import { nameOfRequester } from '../requester.ts'
import { ago, formatInstant } from './times.ts'

interface Props {
  readonly requester: RequesterView
  readonly now: ReadonlySignal<number>
}

export function RequesterFacts({ requester, now }: Props): JSX.Element {
  const { address, sameNetwork, connectedAt, userAgent } = requester
  return (
    <dl class="facts">
      <dt>Browser</dt>
      <dd title={userAgent}>{nameOfRequester(requester)}</dd>
      <dt>Address</dt>
      <dd class="mono">{address}</dd>
      <dt>Network</dt>
      <dd class={sameNetwork ? 'near' : 'far'}>
        <Icon name={sameNetwork ? 'check' : 'alert'} />
        {sameNetwork ? 'the same as this phone’s' : 'not the same as this phone’s'}
      </dd>
      <dt>Connected</dt>
      <dd title={formatInstant(connectedAt, now.value)}>{ago(connectedAt, now.value)}</dd>
    </dl>
  )
}
