/** A document: its name, its size, and the way to save it. It is never opened here: it could be a page. */
import { Icon } from 'look/icons'
import type { JSX } from 'preact'
import { FileStatus } from './file-status.tsx'
import type { FileProps } from './file-props.ts'
import { formatBytes } from './sizes.ts'

export function DocumentFile(props: FileProps): JSX.Element {
  const { view, message, media } = props
  const state = view.files.of(message).value
  const name = media.fileName ?? 'Document'
  const bytes = state.phase === 'ready' ? state.bytes : media.fileLength
  return (
    <div class="document">
      <Icon name="document" />
      <span class="document-words">
        <b class="cut" dir="auto">
          {name}
        </b>
        <small>
          {[typeWord(name, media.mimetype), bytes === null ? '' : formatBytes(bytes)]
            .filter(Boolean)
            .join(' · ')}
        </small>
      </span>
      {state.phase === 'ready' ? (
        <a class="file-state" href={state.url} download={name}>
          <Icon name="download" /> Save
        </a>
      ) : (
        <FileStatus {...props} />
      )}
    </div>
  )
}

function typeWord(name: string, mimetype: string): string {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]
  return (ending ?? mimetype.split('/')[1] ?? '').toUpperCase().slice(0, 12)
}
