/** The hardware in a person's hands: power, networks, battery, and whether the app runs. */
import type { JSX } from 'preact'
import { Icon } from 'look/icons'
import { Segments, Switch } from 'look/switch'
import type { ScreenProps } from './screen-props.ts'

const networks = [
  { value: 'wifi', label: 'Wifi' },
  { value: 'cell', label: 'Cell' },
  { value: 'none', label: 'None' },
] as const
const appStates = [
  { value: 'running', label: 'Running' },
  { value: 'dozing', label: 'Dozing' },
  { value: 'killed', label: 'Killed' },
] as const

export function DeviceScreen({ phone }: ScreenProps): JSX.Element {
  const { device, batteryUse } = phone.status.value
  const { network, airplane, plugged, batteryPercent, app } = device
  return (
    <>
      <header class="screen-head">
        <h2>Device</h2>
        <button type="button" class="outlined small" onClick={() => void phone.setDevice({ power: 'off' })}>
          <Icon name="power" /> Power off
        </button>
      </header>
      <div class="scroll device-settings">
        <section aria-label="Network">
          <h3>Network</h3>
          <Segments
            label="Network"
            value={network}
            options={networks}
            onChange={(value) => void phone.setDevice({ network: value })}
          />
          <Switch
            on={airplane}
            label="Airplane mode"
            note="All radios off. The relay is told nothing; it notices."
            onChange={(on) => void phone.setDevice({ airplane: on })}
          />
        </section>
        <section aria-label="App">
          <h3>App</h3>
          <Segments
            label="App"
            value={app}
            options={appStates}
            onChange={(value) => void phone.setDevice({ app: value })}
          />
          <p class="footnote">
            Dozing keeps the link and answers nobody until the app wakes. Killed, it is gone until somebody
            starts it.
          </p>
        </section>
        <section aria-label="Battery">
          <h3>Battery</h3>
          <label class="slider">
            <span class="unseen">Charge in percent</span>
            <input
              type="range"
              min={1}
              max={100}
              value={batteryPercent}
              onChange={(event) =>
                void phone.setDevice({ batteryPercent: event.currentTarget.valueAsNumber })
              }
            />
            <output>{batteryPercent} %</output>
          </label>
          <Switch on={plugged} label="Plugged in" onChange={(on) => void phone.setDevice({ plugged: on })} />
          <dl class="facts">
            <dt>Relaying</dt>
            <dd>
              {batteryUse.relayingPercent.toFixed(2)} % for {batteryUse.relayedFrames} frames
            </dd>
            <dt>Standby</dt>
            <dd>{batteryUse.standbyPercent.toFixed(2)} %</dd>
          </dl>
          <p class="footnote">
            Since the program started. Every frame of a browser costs this phone an opening, a sealing and its
            radio.
          </p>
        </section>
      </div>
    </>
  )
}
