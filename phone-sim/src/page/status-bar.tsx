/** What every phone shows at its top: time, whether the relay is reached, network, battery. Words for those who listen. */
import type { ReadonlySignal } from '@preact/signals'
import type { JSX } from 'preact'
import { formatTime } from 'look/dates'
import { Icon, type IconName } from 'look/icons'
import type { DeviceView, PhoneState } from '../phone-views.ts'
import type { PhoneModel } from './phone-model.ts'

interface Props {
  readonly phone: PhoneModel
  readonly now: ReadonlySignal<number>
}

const stateWords: Readonly<Record<PhoneState, string>> = {
  online: 'online',
  offline: 'no relay',
  dozing: 'dozing',
  killed: 'app killed',
  off: 'off',
}

export function StatusBar({ phone, now }: Props): JSX.Element {
  const { name, number, state, device } = phone.status.value
  const [icon, network] = networkFace(device)
  return (
    <header class="status-bar">
      <span class="who">
        <strong class="cut">{name}</strong>
        <span class="cut">+{number}</span>
      </span>
      <span class={`state ${state}`} role="status">
        {stateWords[state]}
      </span>
      {device.power === 'on' && (
        <>
          <Sign icon={icon} word={network} />
          {device.plugged && <span class="unseen">charging</span>}
          <BatterySign device={device} />
          <span class="clock">{formatTime(now.value / 1000)}</span>
        </>
      )}
    </header>
  )
}

function Sign({ icon, word }: { readonly icon: IconName; readonly word: string }): JSX.Element {
  return (
    <span class="sign" title={word}>
      <Icon name={icon} />
      <span class="unseen">{word}</span>
    </span>
  )
}

/** Filled as far as it is charged; amber when it is low. */
export function BatterySign({ device }: { readonly device: DeviceView }): JSX.Element {
  const { batteryPercent, plugged } = device
  const isLow = batteryPercent <= 15 && !plugged
  return (
    <span class={`battery${isLow ? ' low' : ''}${plugged ? ' plugged' : ''}`}>
      <svg viewBox="0 0 26 14" width="26" height="14" aria-hidden="true" focusable="false">
        <rect class="shell" x="0.8" y="1.3" width="21.4" height="11.4" rx="3.4" />
        <rect class="charge" x="2.8" y="3.3" width={(17.4 * batteryPercent) / 100} height="7.4" rx="1.8" />
        <path class="shell" d="M24.6 5.2v3.6" />
        {plugged && <path class="bolt" d="M12.6 2.6 8.4 7.8h2.8l-.6 3.8 4.2-5.2H12Z" />}
      </svg>
      <span>
        {batteryPercent}
        <span class="unit"> %</span>
      </span>
    </span>
  )
}

function networkFace({ airplane, network }: DeviceView): readonly [IconName, string] {
  if (airplane) return ['airplane', 'airplane mode']
  if (network === 'none') return ['wifiOff', 'no network']
  return network === 'wifi' ? ['wifi', 'wifi'] : ['signal', 'cell network']
}
