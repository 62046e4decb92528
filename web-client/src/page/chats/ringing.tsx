/** A call that rings on the phone: a browser has no voice, so it only says who calls. */
import { useSignal } from '@preact/signals'
import { Icon } from 'look/icons'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Call } from '../../calls.ts'
import type { View } from '../view.ts'

export function Ringing({ view }: { readonly view: View }): JSX.Element {
  const calls = useSignal<readonly Call[]>(view.client.calls.ringing)
  useEffect(
    () =>
      view.client.subscribe((event) => {
        if (event.type === 'call') calls.value = view.client.calls.ringing
      }),
    [],
  )
  return (
    <div role="status">
      {calls.value.map(({ id, from }) => (
        <p key={id} class="ringing">
          <Icon name="phone" />
          <span>
            <b dir="auto">{from === null ? 'Somebody' : view.client.nameOf(from)}</b> is calling. Answer on
            your phone.
          </span>
        </p>
      ))}
    </div>
  )
}
