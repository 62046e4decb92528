/** One phone: its frame, status bar and the screen that is open. What wants a decision lies over everything else. */
import type { ReadonlySignal } from '@preact/signals'
import type { ComponentType, JSX, RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Icon, type IconName } from 'look/icons'
import { BrowsersScreen } from './browsers-screen.tsx'
import { ChatsScreen } from './chats-screen.tsx'
import { ConsentSheet } from './consent-sheet.tsx'
import { DeviceScreen } from './device-screen.tsx'
import { KeysScreen } from './keys-screen.tsx'
import { type PhoneModel, type Screen, screens } from './phone-model.ts'
import { RecordScreen } from './record-screen.tsx'
import type { ScreenProps } from './screen-props.ts'
import { StatusBar } from './status-bar.tsx'

interface Props {
  readonly phone: PhoneModel
  readonly now: ReadonlySignal<number>
  /** Where there is room for one phone only. */
  readonly isShown: boolean
}

const faces: Readonly<Record<Screen, { icon: IconName; word: string; screen: ComponentType<ScreenProps> }>> =
  {
    chats: { icon: 'message', word: 'Chats', screen: ChatsScreen },
    browsers: { icon: 'browser', word: 'Browsers', screen: BrowsersScreen },
    keys: { icon: 'key', word: 'Keys', screen: KeysScreen },
    record: { icon: 'record', word: 'Record', screen: RecordScreen },
    device: { icon: 'settings', word: 'Device', screen: DeviceScreen },
  }

export function Device({ phone, now, isShown }: Props): JSX.Element {
  const { name, device } = phone.status.value
  const [scan] = phone.scans.value
  const isOff = device.power === 'off'
  const isAsking = scan !== undefined && !isOff
  const tabs = useRef<HTMLElement>(null)
  useFocusAfter(isAsking, tabs)
  const current = phone.screen.value
  const Current = faces[current].screen
  return (
    <section
      class={`device${isShown ? ' shown' : ''}${isOff ? ' off' : ''}`}
      aria-label={`${name}’s phone`}
      data-phone={phone.number}
    >
      <StatusBar phone={phone} now={now} />
      <div class="device-body" inert={scan !== undefined}>
        {isOff ? (
          <PoweredOff phone={phone} />
        ) : (
          <>
            <div class="screen">
              <Current phone={phone} now={now} />
            </div>
            <NoticeLine phone={phone} />
            <nav ref={tabs} class="tab-bar" aria-label={`Screens of ${name}’s phone`}>
              {screens.map((screen) => (
                <button
                  key={screen}
                  type="button"
                  aria-current={screen === current ? 'page' : undefined}
                  onClick={() => phone.show(screen)}
                >
                  <Icon name={faces[screen].icon} />
                  {faces[screen].word}
                  {screen === 'chats' && phone.unread.value > 0 && (
                    <span class="count">
                      {phone.unread.value}
                      <span class="unseen"> unread</span>
                    </span>
                  )}
                </button>
              ))}
            </nav>
          </>
        )}
      </div>
      {isAsking && <ConsentSheet key={scan.id} phone={phone} scan={scan} now={now} />}
    </section>
  )
}

/** Gives the focus back to where it was before the question; where that is gone, to the current one of the tabs. */
function useFocusAfter(isAsking: boolean, tabs: RefObject<HTMLElement>): void {
  useLayoutEffect(() => {
    if (!isAsking) return
    const before = document.activeElement
    return () => {
      if (before instanceof HTMLElement && before !== document.body) before.focus()
      if (document.activeElement !== before || before === document.body)
        tabs.current?.querySelector<HTMLElement>('[aria-current]')?.focus()
    }
  }, [isAsking])
}

/** Always there, so that what comes into it is read aloud. */
function NoticeLine({ phone }: { readonly phone: PhoneModel }): JSX.Element {
  const notice = phone.notice.value
  return (
    <div class={`notice${notice?.isBad ? ' bad' : ''}`} role="status">
      {notice !== null && (
        <>
          <span>{notice.text}</span>
          <button
            type="button"
            class="round"
            aria-label="Dismiss"
            onClick={() => (phone.notice.value = null)}
          >
            <Icon name="close" />
          </button>
        </>
      )}
    </div>
  )
}

function PoweredOff({ phone }: { readonly phone: PhoneModel }): JSX.Element {
  return (
    <div class="powered-off">
      <button type="button" class="power" onClick={() => void phone.setDevice({ power: 'on' })}>
        <Icon name="power" />
        <span>Switch on</span>
      </button>
      <p>Without this phone its browsers can reach nobody.</p>
    </div>
  )
}
