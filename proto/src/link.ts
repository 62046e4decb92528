/**
 * The connection seam. A Link is one end of a two-way message connection (a WebSocket, or a pair in memory).
 * Every hop passes through Links, where a frame can be observed, held, delayed, dropped, duplicated,
 * reordered or altered, named by party, direction, kind and ordinal. Frames are never empty (§1.1).
 */

import type { LimitName } from './limits.ts'

/** One WebSocket message: text or binary. */
export type Frame = string | Uint8Array

export interface LinkHandlers {
  /** One message from the far end. A binary frame may be kept or passed on; nobody changes its bytes afterwards. */
  frame(frame: Frame): void
  /** The far end sent a ping or a pong of its own, which are answered already: all that is left to do is to count them. */
  control?(): void
  /** The far end takes too little of what it is sent: nothing is read from it until it has taken more. */
  full?(isFull: boolean): void
  /** The connection has ended; called once, after which no handler is called. */
  close(code: number, reason: string): void
}

export interface Link {
  /** Queues one message; its bytes must not be changed afterwards. After close it does nothing. */
  send(frame: Frame): void
  /**
   * Queues one binary message that lies in memory in two pieces, without putting them together first. Absent where that
   * saves nothing.
   */
  sendTwo?(head: Uint8Array, rest: Uint8Array): void
  /** Ends the connection; both ends see `close`. */
  close(code: number, reason: string): void
  /**
   * Calls `heard` when the far end has read all that was sent so far; never when it does not say so. A newer ping takes
   * the place of one that waits. Absent where the connection has no such thing.
   */
  ping?(heard: () => void): void
  /**
   * From now on a message of more bytes than this limit, or in more pieces, is refused before it is all there; called
   * once more when other limits hold. Absent where messages come whole: whoever reads them looks at their size anyway.
   */
  largest?(bytes: LimitName, pieces: LimitName): void
  /** Bytes given to send and not yet taken by the network. */
  readonly queuedBytes: number
  /** Stops and restarts reading from the far end. */
  pause(): void
  resume(): void
  /** Sets the handlers; frames that came before are delivered then. Called once, in the turn that made the link. */
  open(handlers: LinkHandlers): void
}

/** What kind of hop a frame takes, and whose ends they are. */
export interface Hop {
  readonly kind: 'browser-server' | 'phone-server' | 'phone-mail' | 'node-node'
  /** The party whose code holds this end: `server`, `phone:<number>`, `browser:<id>`. */
  readonly near: string
  /** The other party, as far as this end knows it when the hop opens. */
  readonly far: string
}

export interface Links {
  /** Takes one end of a new connection and gives the end to use instead. */
  join(hop: Hop, link: Link): Link
  /** Passes one frame over a hop that is not a connection (mail between phones); calls `deliver` for what arrives. */
  carry(hop: Hop, frame: Frame, deliver: (frame: Frame) => void): void
}

/** Links with nothing in between. */
export const directLinks: Links = {
  join: (_hop, link) => link,
  carry: (_hop, frame, deliver) => deliver(frame),
}

export function frameBytes(frame: Frame): number {
  return typeof frame === 'string' ? frame.length : frame.byteLength
}
