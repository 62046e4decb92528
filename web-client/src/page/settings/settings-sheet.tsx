/** What a person chooses for this browser, and the way out. */
import { useSignal } from '@preact/signals'
import { Dialog } from 'look/dialog'
import { Icon } from 'look/icons'
import { Switch } from 'look/switch'
import { ThemeSwitch } from 'look/theme-switch'
import type { JSX } from 'preact'
import { askDesktopRight, type DesktopRight, desktopRight } from '../desktop.ts'
import { Face } from '../face.tsx'
import type { SheetProps } from '../sheet-props.ts'
import type { View } from '../view.ts'

type Props = SheetProps<'settings'>

export function SettingsSheet({ view, onClose }: Props): JSX.Element {
  const me = view.me.value
  return (
    <Dialog title="Settings" sheet onClose={onClose}>
      {me !== null && (
        <div class="settings-me">
          <Face view={view} jid={me.jid} name={me.name} />
          <p>
            <b class="cut" dir="auto">
              {me.name}
            </b>
            <small>+{me.jid.split('@')[0]}</small>
          </p>
        </div>
      )}
      {!view.theme.isFollowing.value && (
        <section>
          <h3>Theme</h3>
          <ThemeSwitch choice={view.theme} />
        </section>
      )}
      <Notifications view={view} />
      <section>
        <h3>This browser</h3>
        <Pause view={view} />
        <p class="settings-note">
          {view.store.isLasting
            ? 'You stay signed in on this computer until you log out here or on your phone, or stay away for a month.'
            : 'You are signed in until this window is closed.'}
        </p>
        <div class="settings-ways">
          <button type="button" class="person" onClick={() => (view.sheet.value = { kind: 'starred' })}>
            <Icon name="star" /> Starred messages
          </button>
          <button type="button" class="person" onClick={() => (view.sheet.value = { kind: 'shortcuts' })}>
            <Icon name="keyboard" /> Keys
          </button>
          <button
            type="button"
            class="person dangerous"
            onClick={() => (view.sheet.value = { kind: 'logout' })}
          >
            <Icon name="logOut" /> Log out
          </button>
        </div>
      </section>
    </Dialog>
  )
}

/** Phone and server stay; this browser keeps away from both for as long as the person likes. */
function Pause({ view }: { readonly view: View }): JSX.Element {
  return (
    <Switch
      on={view.state.value === 'paused'}
      label="Pause syncing"
      note="No connection until you resume. What you write waits here."
      onChange={(on) => (on ? view.client.pause() : view.client.unpause())}
    />
  )
}

const rightWords: Readonly<Partial<Record<DesktopRight, string>>> = {
  denied: 'This browser was told not to show any. Its own settings can change that.',
  impossible: 'Browsers show them only for pages at localhost or over https.',
}

function Notifications({ view }: { readonly view: View }): JSX.Element {
  const right = useSignal(desktopRight())
  const { notify, hideContent } = view.preferences.now.value
  const trouble = rightWords[right.value]

  async function choose(on: boolean): Promise<void> {
    if (on) right.value = await askDesktopRight()
    view.preferences.change({ notify: on && right.value === 'granted' })
  }

  return (
    <section>
      <h3>Notifications</h3>
      <Switch
        on={notify && right.value === 'granted'}
        disabled={trouble !== undefined}
        label="Notify me of new messages"
        note={trouble ?? 'Never for muted or archived chats.'}
        onChange={(on) => void choose(on)}
      />
      <Switch
        on={hideContent}
        label="Hide sender and text"
        note="Neither who wrote nor what."
        onChange={(on) => view.preferences.change({ hideContent: on })}
      />
    </section>
  )
}
