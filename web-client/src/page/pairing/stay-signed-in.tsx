/** Whether the keys outlive the window. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { View } from '../view.ts'

export function StaySignedIn({ view }: { readonly view: View }): JSX.Element {
  const [stay, setStay] = useState(view.store.staySignedIn)
  return (
    <label class="stay">
      <input
        type="checkbox"
        checked={stay}
        onChange={(event) => {
          view.store.staySignedIn = event.currentTarget.checked
          setStay(event.currentTarget.checked)
        }}
      />
      <span>
        Keep me signed in
        <small>
          {stay
            ? 'on this computer, until you log out or stay away for a month'
            : 'until this window is closed'}
        </small>
      </span>
    </label>
  )
}
