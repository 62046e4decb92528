/** The demo page: the tour above, and phone, relay and browser side by side; one of them where there is no room. */
import { type ReadonlySignal, signal } from '@preact/signals'
import type { JSX, RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Icon, type IconName } from 'look/icons'
import { Mark } from 'look/mark'
import type { ThemeChoice } from 'look/theme'
import { ThemeSwitch } from 'look/theme-switch'
import { Device } from '../device.tsx'
import type { DemoModel } from './demo-model.ts'
import { RelayLane } from './relay-lane.tsx'
import { type Lane, lanes, steps } from './tour.ts'
import { TourPanel } from './tour-panel.tsx'

interface Props {
  readonly demo: DemoModel
  readonly browserUrl: string
  readonly theme: ThemeChoice
  readonly now: ReadonlySignal<number>
}

const faces: Readonly<Record<Lane, readonly [IconName, string]>> = {
  phone: ['phone', 'Phone'],
  relay: ['server', 'Relay'],
  browser: ['browser', 'Browser'],
}

const shown = signal<Lane>('phone')
const whose = signal<'alice' | 'bob'>('alice')

export function Demo({ demo, browserUrl, theme, now }: Props): JSX.Element {
  const { phones, relay, browser, players } = demo.parts
  const frame = useRef<HTMLIFrameElement>(null)
  const { at } = demo.place.value
  const tour = useRef<HTMLElement>(null)
  useEffect(() => {
    shown.value = steps[at].lane
  }, [at])
  useFocusInSight(tour, `${at} ${shown.value} ${demo.isAsking.value}`)
  const lane = (name: Lane): string => `lane lane-${name}${shown.value === name ? ' shown' : ''}`
  const pair = phones.phones.value.filter(({ number }) => Object.values(players).includes(number))
  return (
    <div class="demo">
      <header class="desk-head">
        <Mark />
        <h1 class="wordmark">Relay mode, in seven steps</h1>
        <nav aria-label="Other pages">
          <a href="/">All phones</a>
        </nav>
        <ThemeSwitch choice={theme} />
      </header>
      <TourPanel demo={demo} place={tour} />
      <nav class="lane-tabs" aria-label="What to look at">
        {lanes.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={shown.value === name}
            onClick={() => (shown.value = name)}
          >
            <Icon name={faces[name][0]} /> {faces[name][1]}
          </button>
        ))}
      </nav>
      <main class="lanes">
        <div class={lane('phone')}>
          <div class="lane-head">
            <h2>
              <Icon name="phone" /> Phones
            </h2>
            <div class="whose">
              {pair.map((phone) => {
                const name = phone.number === players.alice ? 'alice' : 'bob'
                return (
                  <button
                    key={name}
                    type="button"
                    aria-pressed={whose.value === name}
                    onClick={() => (whose.value = name)}
                  >
                    {phone.status.value.name}
                  </button>
                )
              })}
            </div>
          </div>
          {pair.map((phone) => (
            <Device
              key={phone.number}
              phone={phone}
              now={now}
              isShown={phone.number === players[whose.value]}
            />
          ))}
        </div>
        <div class={lane('relay')}>
          <RelayLane relay={relay} />
        </div>
        <div class={lane('browser')}>
          <div class="lane-head">
            <h2>
              <Icon name="browser" /> Alice’s browser
            </h2>
          </div>
          <iframe
            ref={frame}
            title="The browser client"
            src={browserUrl}
            onLoad={(event) => browser.shown(event.currentTarget)}
          />
        </div>
      </main>
      <footer class="footnote demo-foot">
        An independent study of a retired design. Everything here really happens: two phones, a relay and a
        browser on this machine.
      </footer>
    </div>
  )
}

/** On a change of what is on show: a focus that went with the lane it was in goes to the tour. */
function useFocusInSight(tour: RefObject<HTMLElement>, shows: string): void {
  const before = useRef(shows)
  useEffect(() => {
    if (before.current === shows) return
    before.current = shows
    const held = document.activeElement
    const isInSight = held !== document.body && held?.checkVisibility({ visibilityProperty: true })
    if (!isInSight) tour.current?.focus({ preventScroll: true })
  }, [shows])
}
