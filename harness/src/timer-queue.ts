/** Planned tasks in the order (time, insertion): a binary heap. Knows nothing of the present. */
import type { Timer } from 'proto/clock'

export interface PlannedTask {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly task: () => void
}

interface Entry extends PlannedTask {
  readonly order: number
  state: 'planned' | 'taken' | 'cancelled'
}

export class TimerQueue {
  #heap: Entry[] = []
  #order = 0
  #cancelled = 0

  /** Tasks that are planned and not cancelled. */
  get size(): number {
    return this.#heap.length - this.#cancelled
  }

  add(at: number, task: () => void): Timer {
    const entry: Entry = { at, task, order: this.#order++, state: 'planned' }
    this.#heap.push(entry)
    this.#rise(this.#heap.length - 1)
    return {
      cancel: () => {
        if (entry.state !== 'planned') return
        entry.state = 'cancelled'
        this.#cancelled++
      },
    }
  }

  /** Takes the next task planned for `until` or earlier, or null. */
  takeUntil(until: number): PlannedTask | null {
    for (;;) {
      const first = this.#heap[0]
      if (!first) return null
      if (first.state === 'planned' && first.at > until) return null
      this.#removeFirst()
      if (first.state === 'planned') {
        first.state = 'taken'
        return first
      }
      this.#cancelled--
    }
  }

  #removeFirst(): void {
    const last = this.#heap.pop()
    if (!last || this.#heap.length === 0) return
    this.#heap[0] = last
    this.#sink(0)
  }

  #rise(at: number): void {
    for (let child = at; child > 0;) {
      const parent = (child - 1) >> 1
      if (!this.#isBefore(child, parent)) return
      this.#swap(child, parent)
      child = parent
    }
  }

  #sink(at: number): void {
    for (let parent = at; ;) {
      const left = 2 * parent + 1
      if (left >= this.#heap.length) return
      const right = left + 1
      const least = right < this.#heap.length && this.#isBefore(right, left) ? right : left
      if (!this.#isBefore(least, parent)) return
      this.#swap(least, parent)
      parent = least
    }
  }

  #isBefore(a: number, b: number): boolean {
    const x = this.#heap[a]
    const y = this.#heap[b]
    return x.at !== y.at ? x.at < y.at : x.order < y.order
  }

  #swap(a: number, b: number): void {
    const x = this.#heap[a]
    this.#heap[a] = this.#heap[b]!
    this.#heap[b] = x
  }
}
