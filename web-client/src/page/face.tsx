/** An avatar that knows where its picture is. */
import { Avatar } from 'look/avatar'
import type { JSX } from 'preact'
import type { View } from './view.ts'

interface Props {
  readonly view: View
  readonly jid: string
  readonly name: string
  readonly group?: boolean
  readonly size?: 'small' | 'large'
}

export function Face({ view, jid, ...rest }: Props): JSX.Element {
  return <Avatar {...rest} jid={jid} picture={view.pictures.of(jid).value} />
}
