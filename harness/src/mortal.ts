/**
 * One life of a party that can be killed at a named instant (proto/crash-points), as kill -9 ends a process: its files
 * stay as the kernel has them, copied at that instant; what it had given to a socket is under way or lost with the
 * machine; nothing that its objects still do has any effect. They are told by an error that nobody need handle.
 */
import { cpSync, mkdirSync } from 'node:fs'
import type { Clock, Timer } from 'proto/clock'
import type { Crash, CrashPoint } from 'proto/crash-points'
import type { Link } from 'proto/link'

export class Killed extends Error {
  override readonly name = 'Killed'
}

export class Mortal implements Crash {
  readonly #files: string
  readonly #image: string
  /** What is told at the instant of death: others' files must be looked at as they are now. */
  readonly #died: () => void
  readonly #ends = new Set<() => void>()
  #planned: { readonly point: CrashPoint; left: number } | null = null
  isDead = false

  /** `files`: the folder of this life; `image`: where the next life finds what was left. */
  constructor(files: string, image: string, died: () => void = () => {}) {
    this.#files = files
    this.#image = image
    this.#died = died
  }

  /** Kills it at the given pass of the point from now on. */
  plan(point: CrashPoint, pass = 1): void {
    this.#planned = { point, left: pass }
  }

  at(point: CrashPoint): void {
    if (this.isDead) throw new Killed(point)
    if (this.#planned?.point !== point || --this.#planned.left > 0) return
    this.kill()
    throw new Killed(point)
  }

  kill(): void {
    if (this.isDead) return
    this.isDead = true
    mkdirSync(this.#image, { recursive: true })
    cpSync(this.#files, this.#image, { recursive: true })
    for (const end of this.#ends) end()
    this.#died()
  }

  /** A clock whose timers do not outlive the party. */
  clock(clock: Clock): Clock {
    const alive = (task: () => void) => () => this.#live(task)
    return {
      now: () => clock.now(),
      elapsed: () => clock.elapsed(),
      after: (delayMs, task): Timer => clock.after(delayMs, alive(task)),
      soon: (task) => clock.soon(alive(task)),
    }
  }

  /** The party's end of a connection; `tear` ends it as the kernel does when the process is gone. */
  link(link: Link, tear: () => void): Link {
    const end = (): void => tear()
    this.#ends.add(end)
    const isDead = (): boolean => this.isDead
    return {
      get queuedBytes() {
        return link.queuedBytes
      },
      send(frame) {
        if (!isDead()) link.send(frame)
      },
      close: (code, reason) => {
        if (!isDead()) link.close(code, reason)
      },
      pause: () => link.pause(),
      resume: () => link.resume(),
      open: (handlers) =>
        link.open({
          frame: (each) => this.#live(() => handlers.frame(each)),
          close: (code, reason) => {
            this.#ends.delete(end)
            this.#live(() => handlers.close(code, reason))
          },
        }),
    }
  }

  /** Whoever calls a party from outside hears nothing of its death. */
  #live(task: () => void): void {
    if (this.isDead) return
    try {
      task()
    } catch (error) {
      if (!(error instanceof Killed)) throw error
    }
  }
}
