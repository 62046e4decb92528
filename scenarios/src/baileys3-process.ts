/** Starts baileys3-proxied.ts as a process of its own: what it tells, and orders to it. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import type { Order, Told } from './baileys3-proxied.ts'
import { waitUntil } from './real-wait.ts'

const PROGRAM = fileURLToPath(new URL('./baileys3-proxied.js', import.meta.url))

export interface Baileys3Process {
  readonly told: readonly Told[]
  order(order: Order): void
  /** The first of the kind, and of this content where one is asked for; rejects with TETHER_ERR_WAIT. */
  hears(event: Told['event'], matches?: (told: Told) => boolean): Promise<Told>
}

/** `env` is all it has from us besides the path; ended with the test. */
export function baileys3Process(t: Test, env: Readonly<Record<string, string>>): Baileys3Process {
  const child = fork(PROGRAM, [], {
    env: { PATH: process.env['PATH'], ...env },
    execArgv: [],
    stdio: 'ignore' as never,
  })
  const told: Told[] = []
  const ended = once(child, 'exit')
  child.on('message', (message) => void told.push(message as Told))
  t.teardown(async () => {
    child.kill()
    await ended
  })
  return {
    told,
    order: (order) => void child.send(order),
    async hears(event, matches = () => true) {
      const find = () => told.find((each) => each.event === event && matches(each))
      await waitUntil(() => find() !== undefined)
      return find()!
    },
  }
}
