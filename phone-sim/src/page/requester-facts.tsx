/** Who asks, or asked: what the relay could tell. A name is what a browser says of itself; the network is evidence. */
import type { ReadonlySignal } from '@preact/signals'
import type { JSX } from 'preact'
import { Icon } from 'look/icons'
import type { AddressKind, RequesterView } from '../phone-views.ts'
import { nameOfRequester } from '../requester.ts'
import { ago, formatInstant } from './times.ts'

const placeWords: Readonly<Record<AddressKind, string>> = {
  machine: 'this machine',
  local: 'a local network',
  shared: 'a carrier’s network',
  internet: 'the internet',
  unknown: 'nobody knows where',
}

interface Props {
  readonly requester: RequesterView
  readonly now: ReadonlySignal<number>
}

export function RequesterFacts({ requester, now }: Props): JSX.Element {
  const { address, addressKind, sameNetwork, connectedAt, userAgent } = requester
  return (
    <dl class="facts">
      <dt>Browser</dt>
      <dd title={userAgent}>{nameOfRequester(requester)}</dd>
      <dt>Address</dt>
      <dd>
        <span class="mono">{address}</span> <span class="kind">{placeWords[addressKind]}</span>
      </dd>
      <dt>Network</dt>
      <dd class={sameNetwork ? 'near' : 'far'}>
        <Icon name={sameNetwork ? 'check' : 'alert'} />
        {sameNetwork ? 'the same as this phone’s' : 'not this phone’s'}
      </dd>
      <dt>Connected</dt>
      <dd title={formatInstant(connectedAt, now.value)}>{ago(connectedAt, now.value)}</dd>
    </dl>
  )
}
