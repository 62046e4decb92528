import t from 'tap'
import { contentMessage, type ContentInit, disappearing, forwardedContent } from 'proto/contents'
import { decodeWebMessage, encodeWebMessage } from 'proto/web-message'
import { type ChatMessage, readMessage } from '../src/message.ts'
import { shownContent } from '../src/shown-content.ts'
import { BOB } from './scripted-phone.ts'

function read(content: ContentInit): ChatMessage {
  const info = contentMessage({ remoteJid: BOB, fromMe: false, id: 'A', timestampS: 1, content })
  return (readMessage(decodeWebMessage(encodeWebMessage(info))) as { message: ChatMessage }).message
}
const bridge = { degreesLatitude: 52.5, degreesLongitude: -13.4, name: 'Bridge', address: 'Mill Street' }
const nora = { displayName: 'Nora', vcard: 'BEGIN:VCARD' }

t.test('places and contacts are told as what they are', async (t) => {
  const place = { latitude: 52.5, longitude: -13.4, name: 'Bridge', address: 'Mill Street', live: false }
  t.match(read({ locationMessage: bridge }), { kind: 'location', place })
  const { degreesLatitude, degreesLongitude } = bridge
  const live = read({ liveLocationMessage: { degreesLatitude, degreesLongitude, caption: 'on my way' } })
  t.match(live, { text: 'on my way', place: { name: '', live: true } })
  t.match(read({ contactMessage: nora }), {
    kind: 'contact',
    contacts: [{ name: 'Nora', vcard: 'BEGIN:VCARD' }],
  })
  t.equal(read({ contactsArrayMessage: { displayName: '2', contacts: [nora, nora] } }).contacts?.length, 2)
  t.match(read(disappearing({ locationMessage: bridge }, { seconds: 1, setAt: 1 })), { place })
  const text = read({ conversation: 'x' })
  t.notOk('place' in text || 'contacts' in text)
})

t.test('what is passed on says the same, and that it was passed on', async (t) => {
  for (const content of [
    { locationMessage: bridge },
    { contactMessage: nora },
    { contactsArrayMessage: { displayName: '2 contacts', contacts: [nora, nora] } },
  ] satisfies ContentInit[]) {
    const { place, contacts, kind } = read(content)
    const again = read(forwardedContent(shownContent(read(content))!))
    t.same([again.place, again.contacts, again.kind, again.forwarded], [place, contacts, kind, true])
  }
  t.match(read(shownContent({ place: { latitude: 1, longitude: 2, name: '', address: '', live: true } })!), {
    place: { latitude: 1, live: false },
  })
  t.equal(shownContent(read({ conversation: 'x' })), null)
  t.equal(shownContent({ contacts: [] }), null)
})
