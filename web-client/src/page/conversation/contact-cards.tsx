/** People that somebody passed on: their names, and a chat with those whose number is in the card. */
import { Icon } from 'look/icons'
import type { JSX } from 'preact'
import { jidOfNumber } from 'proto/jid'
import type { SharedContact } from '../../shown-content.ts'
import type { View } from '../view.ts'

interface Props {
  readonly view: View
  readonly contacts: readonly SharedContact[]
}

export function ContactCards({ view, contacts }: Props): JSX.Element {
  return (
    <ul class="contact-cards">
      {contacts.map(({ name, vcard }) => {
        const number = numberIn(vcard)
        return (
          <li key={name + vcard} class="document">
            <Icon name="person" />
            <span class="document-words">
              <b class="cut" dir="auto">
                {name}
              </b>
              <small>{number === null ? 'No number' : `+${number}`}</small>
            </span>
            {number !== null && (
              <button type="button" class="file-state" onClick={() => view.open(jidOfNumber(number))}>
                Write
              </button>
            )}
          </li>
        )
      })}
    </ul>
  )
}

/** The first number of a vCard, as digits; null when there is none that could be one. */
export function numberIn(vcard: string): string | null {
  const line = /^TEL[^:\n]{0,200}:([^\n]{1,40})/im.exec(vcard)
  const digits = line?.[1]?.replace(/[^0-9]/g, '') ?? ''
  return digits.length >= 5 && digits.length <= 15 ? digits : null
}
