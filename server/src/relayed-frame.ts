/**
 * A browser's message on the phone link: its bytes behind the header for the phone (proto/phone-link). A small one is
 * copied behind it; a large one stays where it was received and leaves in two pieces, since copying it would cost more
 * than all else that is done with it.
 */
import { RELAY_HEADER_BYTES, type RelayHeader, writeRelayHeader } from 'proto/phone-link'

/** Whole, or header and message apart. */
export type RelayedFrame = Uint8Array | readonly [head: Uint8Array, message: Uint8Array]

/** From here on Buffer's pool has no room for a copy, and each would be an allocation of its own. */
const COPIED_BYTES = 4_096

export function relayedFrame(header: RelayHeader, message: Uint8Array): RelayedFrame {
  if (message.length >= COPIED_BYTES && fillsItsMemory(message)) {
    const head = Buffer.allocUnsafe(RELAY_HEADER_BYTES)
    writeRelayHeader(head, header)
    return [head, message]
  }
  // from Buffer's pool: a fresh allocation for each frame would cost more than everything else here
  const frame = Buffer.allocUnsafe(RELAY_HEADER_BYTES + message.length)
  writeRelayHeader(frame, header)
  frame.set(message, RELAY_HEADER_BYTES)
  return frame
}

interface Taker {
  sendFrame(frame: Uint8Array): boolean
  sendTwo(head: Uint8Array, rest: Uint8Array): boolean
}

/** Whether it is out. */
export function sendRelayed(phone: Taker, frame: RelayedFrame): boolean {
  return frame instanceof Uint8Array ? phone.sendFrame(frame) : phone.sendTwo(...frame)
}

/** The browser's message in it. */
export function messageIn(frame: RelayedFrame): Uint8Array {
  return frame instanceof Uint8Array ? frame.subarray(RELAY_HEADER_BYTES) : frame[1]
}

/** Whether keeping the message keeps little else: what was read with it is at most as much again. */
function fillsItsMemory({ length, buffer }: Uint8Array): boolean {
  return 2 * length >= buffer.byteLength
}
