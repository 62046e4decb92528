/** Files that are about to be sent: looked at once more, with words to go along. */
import { useSignal } from '@preact/signals'
import { Dialog } from 'look/dialog'
import { Icon } from 'look/icons'
import type { JSX } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { limit } from 'proto/limits'
import type { View } from '../view.ts'
import { formatBytes } from './sizes.ts'
import { kindOf, readFile } from './thumbnail.ts'

interface Props {
  readonly view: View
  readonly jid: string
  readonly files: readonly File[]
  readonly onClose: () => void
}

/** What encryption adds: padding and MAC. */
const ADDED_BYTES = 32

export function AttachSheet({ view, jid, files, onClose }: Props): JSX.Element {
  const chosen = useSignal(files)
  const caption = useSignal('')
  const most = limit('MEDIA_BYTES') - ADDED_BYTES
  const tooLarge = chosen.value.filter(({ size }) => size > most)
  const name = view.client.chat(jid)?.name ?? view.client.nameOf(jid)

  function send(): void {
    if (tooLarge.length > 0 || chosen.value.length === 0) return
    onClose()
    void sendAll(view, jid, chosen.value, caption.value.trim())
  }

  return (
    <Dialog title={`Send to ${name}`} kind="attach" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <ul class="attach-files">
          {chosen.value.map((file) => (
            <li key={`${file.name} ${file.size} ${file.lastModified}`}>
              <Look file={file} />
              <span class="document-words">
                <b class="cut" dir="auto">
                  {file.name}
                </b>
                <small class={file.size > most ? 'wrong' : undefined}>
                  {formatBytes(file.size)}
                  {file.size > most && `: more than ${formatBytes(most)}`}
                </small>
              </span>
              <button
                type="button"
                class="round"
                aria-label={`Leave out ${file.name}`}
                onClick={() => {
                  chosen.value = chosen.value.filter((each) => each !== file)
                  if (chosen.value.length === 0) onClose()
                }}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
        <input
          class="field"
          dir="auto"
          aria-label="Caption"
          placeholder="Add a caption"
          autofocus
          value={caption.value}
          onInput={(event) => (caption.value = event.currentTarget.value)}
        />
        {tooLarge.length > 0 && (
          <p class="wrong" role="alert">
            Leave out what is too large: no phone would fetch it.
          </p>
        )}
        <div class="choices">
          <button type="button" class="quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={tooLarge.length > 0}>
            <Icon name="send" /> Send
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function Look({ file }: { readonly file: File }): JSX.Element {
  const kind = kindOf(file.type)
  const url = useMemo(() => (kind === 'image' ? URL.createObjectURL(file) : null), [file])
  useEffect(
    () => () => {
      if (url !== null) URL.revokeObjectURL(url)
    },
    [url],
  )
  if (url !== null) return <img class="attach-look" src={url} alt="" />
  return (
    <span class="attach-look">
      <Icon name={kind === 'video' ? 'video' : kind === 'audio' ? 'microphone' : 'document'} />
    </span>
  )
}

/** The words go along with the first. */
async function sendAll(view: View, jid: string, files: readonly File[], caption: string): Promise<void> {
  for (const [index, file] of files.entries()) {
    try {
      view.uploads.add(jid, await readFile(file, index === 0 ? caption : ''))
    } catch {
      view.say(`${file.name} cannot be read.`)
    }
  }
}
