/** A place, in words; a map is somebody else's page, and opened on a click only. */
import { Icon } from 'look/icons'
import type { JSX } from 'preact'
import type { Place } from '../../shown-content.ts'

export function PlaceCard({ place }: { readonly place: Place }): JSX.Element {
  const { latitude, longitude, name, address, live } = place
  const point = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`
  const map = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`
  return (
    <div class="document">
      <Icon name="pin" />
      <span class="document-words">
        <b dir="auto">{name || (live ? 'Live location' : 'Location')}</b>
        <small dir="auto">{address || point}</small>
      </span>
      <a class="file-state" href={map} target="_blank" rel="noreferrer noopener">
        Map
      </a>
    </div>
  )
}
