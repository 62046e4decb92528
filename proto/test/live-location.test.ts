import t from 'tap'
import { contentMessage, disappearing } from '../src/contents.ts'
import { isLiveLocation, isNewerPlace, movedLocation } from '../src/live-location.ts'
import { contentOf, decodeWebMessage, encodeWebMessage } from '../src/web-message.ts'

const frame = { remoteJid: '15550002222@s.whatsapp.net', fromMe: true, id: 'A', timestampS: 1_600_000_000 }
const content = { liveLocationMessage: { degreesLatitude: 1, degreesLongitude: 2, caption: 'on my way' } }
const begun = contentMessage({ ...frame, content })

t.test('a move is the same message with another place and the next number', async (t) => {
  const first = movedLocation(begun, { degreesLatitude: 3, speedInMps: 1.5 }, 1_600_000_060)!
  const second = movedLocation(first, { degreesLongitude: -4 }, 1_600_000_120)!
  const read = contentOf(decodeWebMessage(encodeWebMessage(second)))!.liveLocationMessage
  t.match(read, { degreesLatitude: 3, degreesLongitude: -4, speedInMps: 1.5, caption: 'on my way' })
  t.match(read, { sequenceNumber: 2n, timeOffset: 120 })
  t.strictSame([second.key.id, second.messageTimestamp], ['A', 1_600_000_000n])
  t.equal(contentOf(begun)!.liveLocationMessage!.degreesLatitude, 1, 'the one before stays as it was')
})

t.test('one that disappears moves inside its wrapper', async (t) => {
  const wrapped = contentMessage({ ...frame, content: disappearing(content, { seconds: 60, setAt: 1 }) })
  const moved = movedLocation(wrapped, { degreesLatitude: 9 }, 1_600_000_001)!
  t.equal(moved.message!.ephemeralMessage!.message!.liveLocationMessage!.degreesLatitude, 9)
})

t.test('only a later place of a live location is newer', async (t) => {
  const moved = movedLocation(begun, {}, 1_600_000_001)!
  const text = contentMessage({ ...frame, content: { conversation: 'x' } })
  t.ok(isNewerPlace(moved, begun))
  t.notOk(isNewerPlace(begun, moved))
  t.notOk(isNewerPlace(moved, moved))
  t.notOk(isNewerPlace(moved, text))
  t.notOk(isNewerPlace(text, begun))
  t.equal(movedLocation(text, {}, 1), null)
  t.strictSame([isLiveLocation(begun), isLiveLocation(text)], [true, false])
})
