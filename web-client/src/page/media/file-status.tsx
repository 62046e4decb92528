/** What is the matter with a file that is not here: it can be fetched, is on its way, or is gone. */
import { Icon } from 'look/icons'
import type { JSX } from 'preact'
import type { ErrorCode } from 'proto/errors'
import { failureWords } from '../words.ts'
import type { FileState } from './files.ts'
import type { FileProps } from './file-props.ts'
import { formatBytes } from './sizes.ts'

const GONE: readonly ErrorCode[] = ['TETHER_ERR_NOT_FOUND', 'TETHER_ERR_MEDIA_EXPIRED']
const ALTERED: readonly ErrorCode[] = [
  'TETHER_ERR_MEDIA_MAC',
  'TETHER_ERR_MEDIA_HASH',
  'TETHER_ERR_MEDIA_LENGTH',
  'TETHER_ERR_PADDING',
]

export function FileStatus({ view, message, media }: FileProps): JSX.Element | null {
  const state = view.files.of(message).value
  const size = media.fileLength === null ? '' : formatBytes(media.fileLength)
  if (state.phase === 'ready') return null
  if (state.phase === 'loading') {
    const percent = state.share === null ? null : Math.round(state.share * 100)
    return (
      <button type="button" class="file-state" onClick={() => view.files.cancel(message)}>
        <span class="spinner" />
        {percent === null ? 'Asking for it' : `${percent} %`} · Cancel
      </button>
    )
  }
  if (state.phase === 'failed') {
    return (
      <button type="button" class="file-state failed" onClick={() => void view.files.load(message)}>
        <Icon name="refresh" />
        <span>{lossWords(state.code)}</span>
      </button>
    )
  }
  return (
    <button type="button" class="file-state" onClick={() => void view.files.load(message)}>
      <Icon name="download" />
      {size === '' || media.kind === 'document' ? 'Load' : `Load, ${size}`}
    </button>
  )
}

/** The server forgets files after a month; then the phone was asked, and did not have it either. */
export function lossWords(code: ErrorCode): string {
  if (GONE.includes(code)) return 'Expired at the server, and your phone has no copy. Ask the phone again'
  if (ALTERED.includes(code)) return 'What came is not the file that was sent. Try again'
  if (code === 'TETHER_ERR_STATE' || code === 'TETHER_ERR_PHONE_AWAY') {
    return 'The server has no copy, and the phone that has one cannot be reached. Try again'
  }
  return `${failureWords(code)} Try again`
}

/** What a picture or video is called by those who cannot see it. */
export function nameOf(state: FileState, what: string, text: string): string {
  return (
    [what, text].filter((part) => part !== '').join(': ') + (state.phase === 'ready' ? '' : ', not loaded')
  )
}
