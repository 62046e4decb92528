/** The file of a message, as its kind is shown. */
import type { MediaKind } from 'proto/media-message'
import type { JSX } from 'preact'
import { DocumentFile } from './document-file.tsx'
import type { FileProps } from './file-props.ts'
import { Photo } from './photo.tsx'
import { Video } from './video.tsx'
import { VoiceNote } from './voice-note.tsx'

const kinds: Readonly<Record<MediaKind, (props: FileProps) => JSX.Element>> = {
  image: Photo,
  sticker: Photo,
  video: Video,
  audio: VoiceNote,
  document: DocumentFile,
}

export function MessageFile({ view, message }: Omit<FileProps, 'media'>): JSX.Element | null {
  const { media } = message
  if (media === undefined) return null
  const Kind = kinds[media.kind]
  return <Kind view={view} message={message} media={media} />
}
