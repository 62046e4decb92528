import t from 'tap'
import { concat } from 'proto/bytes'
import { decodeRelayFrame, RELAY_BINARY } from 'proto/phone-link'
import { relayedFrame, sendRelayed } from '../src/relayed-frame.ts'

const header = { kind: RELAY_BINARY, connection: 7, epoch: 3, heard: 300 } as const
const LARGE = 4_096

/** What a phone is sent. */
function taken(message: Uint8Array): readonly Uint8Array[] {
  const pieces: Uint8Array[] = []
  sendRelayed(
    { sendFrame: (frame) => pieces.push(frame) > 0, sendTwo: (...both) => pieces.push(...both) > 0 },
    relayedFrame(header, message),
  )
  return pieces
}

for (const [what, message, pieces] of [
  ['a small message', new Uint8Array(LARGE - 1).fill(1), 1],
  ['a large one', new Uint8Array(LARGE).fill(2), 2],
  ['a large one that is half of what was read', new Uint8Array(2 * LARGE).fill(3).subarray(LARGE), 2],
  ['a large one among more that was read', new Uint8Array(2 * LARGE + 1).fill(4).subarray(LARGE + 1), 1],
] as const)
  t.test(`${what} goes out in ${pieces}, the same bytes behind the header`, async (t) => {
    const sent = taken(message)
    t.equal(sent.length, pieces)
    t.equal(sent.at(-1)!.buffer === message.buffer, pieces === 2, 'copied or not')
    const frame = decodeRelayFrame(concat(...sent))
    t.same(frame.header, header)
    t.equal(Buffer.compare(frame.message, message), 0)
  })
