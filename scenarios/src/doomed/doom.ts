/** The instant of its death, for a process that a parent may tell one. */
import type { Crash, CrashPoint } from 'proto/crash-points'

export interface Plan {
  readonly point: CrashPoint
  /** The first pass from now on, or a later one. */
  readonly pass: number
}

let planned: { readonly point: CrashPoint; left: number } | null = null

process.on('message', (asked: { readonly plan?: Plan }) => {
  if (!asked.plan) return
  planned = { point: asked.plan.point, left: asked.plan.pass }
  process.send!({ type: 'planned' })
})

export const doom: Crash = {
  at(point) {
    if (planned?.point === point && --planned.left === 0) process.kill(process.pid, 'SIGKILL')
  },
}
