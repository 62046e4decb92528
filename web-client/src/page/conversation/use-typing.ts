/** Tells the other side that somebody types here: again while it goes on, and when it has stopped. */
import { useEffect, useRef } from 'preact/hooks'
import type { Timer } from 'proto/clock'
import type { View } from '../view.ts'

const AGAIN_MS = 10_000
const STOPPED_MS = 4_000

export interface Typing {
  /** A key was pressed; `some`: there is something written. */
  heard(some: boolean): void
  stop(): void
}

export function useTyping(view: View, jid: string): Typing {
  const state = useRef<{ since: number | null; timer: Timer | null }>({ since: null, timer: null })

  function stop(): void {
    const { since, timer } = state.current
    timer?.cancel()
    state.current = { since: null, timer: null }
    if (since !== null) view.client.showPresence('paused', jid)
  }

  useEffect(() => stop, [jid])
  return {
    stop,
    heard(some) {
      if (!some) return stop()
      const now = view.clock.now()
      const { since, timer } = state.current
      timer?.cancel()
      const again = since === null || now - since > AGAIN_MS
      if (again) view.client.showPresence('composing', jid)
      state.current = { since: again ? now : since, timer: view.clock.after(STOPPED_MS, stop) }
    },
  }
}
