/** A person or group: the picture when there is one, else a letter on a tint that belongs to the address. */
import type { JSX } from 'preact'
import { Icon } from './icons.tsx'

const TINTS = 6

interface Props {
  readonly jid: string
  readonly name: string
  readonly group?: boolean
  /** Where the picture is. */
  readonly picture?: string | null
  readonly size?: 'small' | 'large'
}

export function Avatar({ jid, name, group = false, picture = null, size }: Props): JSX.Element {
  return (
    <span class={`avatar tint-${tintOf(jid)}${size === undefined ? '' : ` ${size}`}`} aria-hidden="true">
      {group ? <Icon name="people" /> : letterOf(name)}
      {picture !== null && <img key={picture} src={picture} alt="" loading="lazy" draggable={false} />}
    </span>
  )
}

/** 0 to 5, always the same for one address. */
export function tintOf(jid: string): number {
  return Array.from(jid).reduce((total, character) => total + (character.codePointAt(0) ?? 0), 0) % TINTS
}

/** The first letter or digit of a name, as large as it gets. */
export function letterOf(name: string): string {
  return /[\p{L}\p{N}]/u.exec(name)?.[0].toUpperCase() ?? '?'
}
