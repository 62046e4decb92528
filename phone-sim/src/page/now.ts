/** The time as pages show it: a signal that moves once a second. */
import { type ReadonlySignal, signal } from '@preact/signals'
import { type Clock, every } from 'proto/clock'

const TICK_MS = 1_000

export function openNow(clock: Clock): ReadonlySignal<number> {
  const now = signal(clock.now())
  every(clock, TICK_MS, () => (now.value = clock.now()))
  return now
}
