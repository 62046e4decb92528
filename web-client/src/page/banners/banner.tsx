/** One strip above the chats that tells apart what is out of reach, and offers what helps. */
import { formatDay, formatTime } from 'look/dates'
import { Icon } from 'look/icons'
import type { JSX } from 'preact'
import type { View } from '../view.ts'
import { type BannerAction, bannerOf } from './banner-words.ts'

export function Banner({ view }: { readonly view: View }): JSX.Element {
  const { batteryPercent, plugged, asleep } = view.phone.value
  const state = view.state.value
  const { retryAt } = view.client
  const words = bannerOf({
    ...{ state, batteryPercent, plugged, asleep },
    why: view.why.value,
    online: view.online.value,
    outdated: view.outdated.value,
    synced: state === 'paused' ? syncedWords(view) : null,
    // Only a strip that counts looks at the clock.
    retrySeconds:
      state !== 'offline' || retryAt === null ? null : Math.ceil((retryAt - view.now.value) / 1000),
  })
  return (
    <div class="banner-place" role="status">
      {words !== null && (
        <div class={`banner ${words.tone}`}>
          <Icon name={words.icon} />
          <p>
            <b>{words.title}.</b> <span>{words.text}</span>
          </p>
          {words.action !== undefined && (
            <button type="button" onClick={() => actions[words.action![0]](view)}>
              {words.action[1]}
            </button>
          )}
        </div>
      )}
    </div>
  )
}

function syncedWords({ client, today }: View): string | null {
  if (client.syncedAt === null) return null
  const seconds = client.syncedAt / 1000
  const day = formatDay(seconds, today.value)
  return `${day === 'Today' ? 'at' : `${day},`} ${formatTime(seconds)}`
}

const actions: Readonly<Record<BannerAction, (view: View) => void>> = {
  retry: ({ client }) => client.retryNow(),
  useHere: ({ client }) => client.useHere(),
  restart: ({ client }) => void client.start(),
  reload: () => location.reload(),
  unpause: ({ client }) => client.unpause(),
}
