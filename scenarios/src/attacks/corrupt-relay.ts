/**
 * A relay that lies: the honest one, with somebody on the line of the browsers who reads, records, keeps back, changes
 * and makes up frames. Whatever a malicious server can do to a browser and its phone can be done here, as the frames
 * of both pass this line and the server behind it has no keys either. In virtual time.
 */
import { memoryLinks, type World } from 'harness'
import type { Frame, Link } from 'proto/link'

/** `up` is from the browser to server and phone. */
export type Way = 'up' | 'down'

export interface Recorded {
  readonly way: Way
  readonly frame: Frame
}

/** Gives what goes on in the place of a frame: itself, others, or nothing. */
export type Meddler = (way: Way, frame: Frame) => readonly Frame[]

export interface CorruptRelay {
  /** A new connection through the corrupt relay, the browser's end. */
  dial(): Promise<Link>
  /** Every frame as it was sent, of all connections, oldest first. */
  readonly recorded: readonly Recorded[]
  /** Whether the newest connection of a browser is open. */
  readonly isOpen: boolean
  /** From now on; at first every frame passes as it is. */
  meddle(meddler: Meddler | null): void
  /** Says something of its own on the newest connection, to the browser or, in its name, to the honest relay. */
  say(way: Way, frame: Frame): void
}

export function corruptRelay(world: World): CorruptRelay {
  const recorded: Recorded[] = []
  let meddler: Meddler | null = null
  let newest: { readonly near: Link; readonly far: Link; isOpen: boolean } | null = null

  return {
    recorded,
    get isOpen() {
      return newest?.isOpen ?? false
    },
    async dial() {
      const far = await world.dial()
      const { caller, called: near } = memoryLinks(world.virtual!)
      const line = { near, far, isOpen: true }
      newest = line
      for (const [way, from, to] of [
        ['up', near, far],
        ['down', far, near],
      ] as const) {
        from.open({
          frame(frame) {
            const kept = typeof frame === 'string' ? frame : new Uint8Array(frame)
            recorded.push({ way, frame: kept })
            for (const passing of meddler ? meddler(way, kept) : [kept]) to.send(passing)
          },
          close(code, reason) {
            line.isOpen = false
            to.close(code, reason)
          },
        })
      }
      return caller
    },
    meddle(given) {
      meddler = given
    },
    say(way, frame) {
      if (!newest) throw new Error('nobody has dialled')
      const { near, far } = newest
      ;(way === 'down' ? near : far).send(frame)
    },
  }
}
