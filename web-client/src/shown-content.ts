/** Contents that are neither text nor file: places and contacts, as a page shows them and passes them on (messages.md 4). */
import type { ContentInit } from 'proto/contents'
import { contentOf, type WebMessageInfo } from 'proto/web-message'

export interface Place {
  readonly latitude: number
  readonly longitude: number
  /** '' when the writer gives none. */
  readonly name: string
  readonly address: string
  /** It moves: the message is replaced at each step. */
  readonly live: boolean
}

export interface SharedContact {
  readonly name: string
  readonly vcard: string
}

export interface ShownContent {
  readonly place?: Place
  readonly contacts?: readonly SharedContact[]
}

export function readShownContent(info: WebMessageInfo): ShownContent {
  const {
    locationMessage: fixed,
    liveLocationMessage: live,
    contactMessage,
    contactsArrayMessage,
  } = contentOf(info) ?? {}
  const contacts = contactMessage === undefined ? contactsArrayMessage?.contacts : [contactMessage]
  const point = fixed ?? live
  return {
    ...(point && {
      place: {
        ...{ latitude: point.degreesLatitude, longitude: point.degreesLongitude },
        ...{ name: fixed?.name ?? '', address: fixed?.address ?? '' },
        live: live !== undefined,
      },
    }),
    ...(contacts && { contacts: contacts.map(({ displayName: name, vcard }) => ({ name, vcard })) }),
  }
}

/** The content again, to be passed on; a live location becomes the place where it was. Null for other messages. */
export function shownContent({ place, contacts }: ShownContent): ContentInit | null {
  if (place !== undefined) {
    const { latitude: degreesLatitude, longitude: degreesLongitude, name, address } = place
    const words = { ...(name !== '' && { name }), ...(address !== '' && { address }) }
    return { locationMessage: { degreesLatitude, degreesLongitude, ...words } }
  }
  if (contacts === undefined || contacts.length === 0) return null
  const all = contacts.map(({ name: displayName, vcard }) => ({ displayName, vcard }))
  const [first] = all
  return all.length === 1
    ? { contactMessage: first }
    : { contactsArrayMessage: { displayName: `${all.length} contacts`, contacts: all } }
}
