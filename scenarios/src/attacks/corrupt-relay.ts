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

/** Who sits on the lines of the browsers. */
export interface Meddling {
  /** Every frame as it was sent, of all connections, oldest first. */
  readonly recorded: readonly Recorded[]
  /** Whether the newest connection of a browser is open. */
  readonly isOpen: boolean
  /** From now on; at first every frame passes as it is. */
  meddle(meddler: Meddler | null): void
  /** Says something of its own on the newest connection, to the browser or, in its name, to the honest relay. */
  say(way: Way, frame: Frame): void
  /** Ends the newest connection on both sides. */
  hangUp(): void
}

export interface CorruptRelay extends Meddling {
  /** A new connection through the corrupt relay, the browser's end. */
  dial(): Promise<Link>
}

export function corruptRelay(world: World): CorruptRelay {
  const { meddling, join } = corruptLines()
  return {
    ...meddling,
    get isOpen() {
      return meddling.isOpen
    },
    async dial() {
      const far = await world.dial()
      const { caller, called: near } = memoryLinks(world.virtual!)
      join(near, far)
      return caller
    },
  }
}

/** `join` puts somebody between two ends of a connection: `near` leads to a browser, `far` to the honest relay. */
export function corruptLines(): { meddling: Meddling; join(near: Link, far: Link): void } {
  const recorded: Recorded[] = []
  let meddler: Meddler | null = null
  let newest: { readonly near: Link; readonly far: Link; isOpen: boolean } | null = null
  const line = (): NonNullable<typeof newest> => {
    if (!newest) throw new Error('nobody has dialled')
    return newest
  }

  const meddling: Meddling = {
    recorded,
    get isOpen() {
      return newest?.isOpen ?? false
    },
    meddle(given) {
      meddler = given
    },
    say(way, frame) {
      const { near, far } = line()
      ;(way === 'down' ? near : far).send(frame)
    },
    hangUp() {
      const { near, far } = line()
      for (const end of [near, far]) end.close(1000, '')
    },
  }
  function join(near: Link, far: Link): void {
    const joined = { near, far, isOpen: true }
    newest = joined
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
          joined.isOpen = false
          to.close(code, reason)
        },
      })
    }
  }
  return { meddling, join }
}
