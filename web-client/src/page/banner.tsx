/** One line above the chats that tells apart what is out of reach: this computer, the server, the phone, the login. */
import type { JSX } from 'preact'
import type { View } from './view.ts'
import { refusalWords } from './words.ts'

const LOW_BATTERY_PERCENT = 15

interface Words {
  readonly tone: 'wait' | 'warn' | 'stop'
  readonly title: string
  readonly text: string
  readonly action?: { readonly label: string; readonly run: () => void }
}

export function Banner({ view }: { readonly view: View }): JSX.Element {
  const words = wordsOf(view)
  return (
    <div class="banner-place" role="status" aria-live="polite">
      {words !== null && (
        <div class={`banner ${words.tone}`}>
          <p>
            <b>{words.title}</b> <span>{words.text}</span>
          </p>
          {words.action !== undefined && (
            <button type="button" onClick={words.action.run}>
              {words.action.label}
            </button>
          )}
        </div>
      )}
    </div>
  )
}

function wordsOf(view: View): Words | null {
  const { client, state, why, phone } = view
  switch (state.value) {
    case 'connecting':
    case 'opening':
      return { tone: 'wait', title: 'Connecting.', text: 'Messages that you write now wait here.' }
    case 'offline':
      return {
        tone: 'warn',
        title: navigator.onLine ? 'The server cannot be reached.' : 'This computer is offline.',
        text: `Messages wait here. ${nextAttempt(view)}`,
        action: { label: 'Try now', run: () => client.retryNow() },
      }
    case 'phoneUnreachable':
      return {
        tone: 'warn',
        title: 'Your phone cannot be reached.',
        text: 'The server is there; the phone is switched off, asleep or without network. Messages wait for it.',
      }
    case 'replaced':
      return {
        tone: 'stop',
        title: 'Opened in another browser.',
        text: 'One browser at a time is served.',
        action: { label: 'Use here', run: () => client.useHere() },
      }
    case 'refused':
      return {
        tone: 'stop',
        title: 'Not connected.',
        text: refusalWords(why.value),
        action: { label: 'Try again', run: () => void client.start() },
      }
    default: {
      const { batteryPercent, plugged } = phone.value
      if (batteryPercent === null || batteryPercent > LOW_BATTERY_PERCENT || plugged === true) return null
      return {
        tone: 'warn',
        title: `Your phone has ${batteryPercent} % battery left.`,
        text: 'When it is empty, this page stops working too.',
      }
    }
  }
}

function nextAttempt({ client, now }: View): string {
  if (client.retryAt === null) return 'Trying again.'
  const seconds = Math.ceil((client.retryAt - now.value) / 1000)
  return seconds > 0 ? `Next attempt in ${seconds} s.` : 'Trying again.'
}
