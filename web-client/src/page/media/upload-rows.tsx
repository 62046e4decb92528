/** Files of this chat on their way to the server, after the messages. */
import { Icon } from 'look/icons'
import type { JSX } from 'preact'
import type { View } from '../view.ts'
import { failureWords } from '../words.ts'
import { formatBytes } from './sizes.ts'
import type { Upload } from './uploads.ts'

export function UploadRows({ view, jid }: { readonly view: View; readonly jid: string }): JSX.Element {
  const uploads = view.uploads.all.value.filter((upload) => upload.jid === jid)
  return (
    <ul class="uploads" aria-label="Files on their way">
      {uploads.map((upload) => (
        <li key={upload.id} class="row mine">
          <div class="bubble upload">
            {upload.file.type === 'image' ? (
              <img src={upload.url} alt="" />
            ) : (
              <Icon name={icons[upload.file.type]} />
            )}
            <div class="upload-words">
              <p class="cut" dir="auto">
                {upload.file.fileName ?? upload.file.caption ?? names[upload.file.type]}
              </p>
              <p class="upload-state" role="status">
                {stateWords(view, upload)}
              </p>
              {upload.phase === 'sending' && <progress value={upload.share} max={1} aria-label="Uploaded" />}
            </div>
            {upload.phase === 'failed' && (
              <button
                type="button"
                class="round"
                aria-label="Try again"
                onClick={() => view.uploads.retry(upload.id)}
              >
                <Icon name="refresh" />
              </button>
            )}
            <button
              type="button"
              class="round"
              aria-label="Cancel"
              onClick={() => view.uploads.cancel(upload.id)}
            >
              <Icon name="close" />
            </button>
          </div>
        </li>
      ))}
    </ul>
  )
}

const icons = {
  image: 'image',
  video: 'video',
  audio: 'microphone',
  document: 'document',
  sticker: 'image',
} as const
const names = {
  image: 'Photo',
  video: 'Video',
  audio: 'Voice message',
  document: 'Document',
  sticker: 'Sticker',
} as const

function stateWords(view: View, { phase, share, file, code }: Upload): string {
  const size = formatBytes(file.data.length)
  if (phase === 'failed') return code === null ? 'Not sent' : `Not sent. ${failureWords(code)}`
  if (phase === 'sending') return `${Math.round(share * 100)} % of ${size}`
  return view.state.value === 'open' ? `${size}, next` : `${size}, waits until your phone is there`
}
