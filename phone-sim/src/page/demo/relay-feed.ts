/** What the relay tells of what it sees (server/src/relay-view.ts), kept for the eye: the newest frames, and sums. */
import { batch, type ReadonlySignal, signal } from '@preact/signals'
import type { EventStream } from '../phones-model.ts'

/** One event of the relay; what comes over is checked no further than it is shown as text. */
export interface RelayEvent {
  readonly type: 'opened' | 'closed' | 'frame'
  readonly at: number
  readonly leg: 'browser' | 'phone'
  readonly peer: number
  readonly address: string
  readonly way?: 'in' | 'out'
  readonly bytes?: number
  readonly label?: string
  readonly sealedBytes?: number
  readonly to?: string
}

export interface SeenEvent extends RelayEvent {
  readonly order: number
}

export interface RelaySums {
  readonly frames: number
  readonly bytes: number
  readonly sealedBytes: number
}

const KEPT = 120
const NOTHING: RelaySums = { frames: 0, bytes: 0, sealedBytes: 0 }

export class RelayFeed {
  readonly #seen = signal<readonly SeenEvent[]>([])
  readonly #sums = signal<RelaySums>(NOTHING)
  readonly #isThere = signal(false)
  readonly #listeners = new Set<(event: RelayEvent) => void>()
  #order = 0

  /** Newest last. */
  get seen(): ReadonlySignal<readonly SeenEvent[]> {
    return this.#seen
  }

  get sums(): ReadonlySignal<RelaySums> {
    return this.#sums
  }

  /** Whether the relay lets itself be watched. */
  get isThere(): ReadonlySignal<boolean> {
    return this.#isThere
  }

  follow(stream: EventStream): void {
    stream.onopen = () => (this.#isThere.value = true)
    stream.onerror = () => (this.#isThere.value = false)
    stream.onmessage = ({ data }) => this.hear(JSON.parse(data) as RelayEvent)
  }

  listen(listener: (event: RelayEvent) => void): void {
    this.#listeners.add(listener)
  }

  /** Keep-alives and heartbeats are left out: they say nothing but that both are there. */
  hear(event: RelayEvent): void {
    if (event.label === 'keep-alive' || event.label === 'heartbeat') return
    batch(() => {
      this.#seen.value = [...this.#seen.value.slice(1 - KEPT), { ...event, order: ++this.#order }]
      if (event.type === 'frame') {
        const { frames, bytes, sealedBytes } = this.#sums.value
        this.#sums.value = {
          frames: frames + 1,
          bytes: bytes + (event.bytes ?? 0),
          sealedBytes: sealedBytes + (event.sealedBytes ?? 0),
        }
      }
      for (const listener of this.#listeners) listener(event)
    })
  }

  clear(): void {
    this.#seen.value = []
    this.#sums.value = NOTHING
  }
}
