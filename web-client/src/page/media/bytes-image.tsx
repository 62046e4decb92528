/** A small picture that came inside a message; decoration, so nothing is read aloud for it. */
import type { JSX } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { addressOf } from './files.ts'

interface Props {
  readonly bytes: Uint8Array
  readonly class?: string
}

export function BytesImage({ bytes, class: name }: Props): JSX.Element {
  const url = useMemo(() => addressOf(bytes, 'image/jpeg'), [bytes])
  useEffect(() => () => URL.revokeObjectURL(url), [url])
  return <img class={name} src={url} alt="" draggable={false} />
}
