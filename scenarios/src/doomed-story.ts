/**
 * Relay and two phones as processes that kill themselves with SIGKILL at a named instant. What such a process leaves is
 * compared with the same table that the harness is held to, and it starts again from its own files.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openPhoneStore, type PhoneStore } from 'phone-sim'
import { sleep } from 'proto/clock'
import type { CrashParty, MailCrash } from 'proto/crash-points'
import { realClock, systemEntropy } from 'proto/system'
import { openStores } from 'server/store-sqlite'
import type { Seen } from './doomed/doomed-phone.ts'
import type { Plan } from './doomed/doom.ts'
import { jidOf } from './phones-http.ts'

const NUMBERS = { sender: '15550001111', recipient: '15550002222' } as const
type Side = keyof typeof NUMBERS

/** What the files of the party that died say of a message; the files of others go on. */
export type OwnLeft = Partial<MailCrash['left']>

const mine: Readonly<Record<CrashParty, readonly (keyof MailCrash['left'])[]>> = {
  sender: ['outbox', 'tick'],
  server: ['mailbox'],
  recipient: ['inbox', 'receipt'],
}
const TICKS = { 1: 'pending', 2: 'server', 3: 'delivered' } as const
const LOOK_MS = 25
const PATIENCE_MS = 20_000
const MANY = 10_000

export class DoomedStory {
  readonly #folder: string
  readonly #programs = new Map<CrashParty, ChildProcess>()
  #port = '0'

  constructor(folder: string) {
    this.#folder = folder
  }

  async begin(): Promise<void> {
    for (const party of ['server', 'sender', 'recipient'] as const) await this.#start(party)
  }

  end(): void {
    for (const program of this.#programs.values()) program.kill('SIGKILL')
  }

  /** What of a row's table the dead one's own files can show. */
  static expected({ dies, left }: MailCrash): OwnLeft {
    return Object.fromEntries(mine[dies].map((field) => [field, left[field]]))
  }

  /** Writes a text, waits until the planned death, and gives the signal and what the dead one has left. */
  async die(dies: CrashParty, plan: Plan, text: string): Promise<{ signal: string | null; left: OwnLeft }> {
    await this.#quiet() // or what is still said about an earlier message would be the first pass
    const program = this.#programs.get(dies)!
    const told = once(program, 'message')
    program.send({ plan })
    await told
    const exit = once(program, 'exit')
    this.write('sender', text)
    const [, signal] = (await exit) as [number | null, string | null]
    return { signal, left: await this.#left(dies, text) }
  }

  async restart(dies: CrashParty): Promise<void> {
    await this.#start(dies)
  }

  write(side: Side, text: string): void {
    const to = NUMBERS[side === 'sender' ? 'recipient' : 'sender']
    this.#programs.get(side)!.send({ to, text })
  }

  /** Texts of the other that this side shows, in order, as soon as `last` is among them and ticked at its writer. */
  async shownBy(side: Side, last: string): Promise<readonly string[]> {
    const from = side === 'sender' ? 'recipient' : 'sender'
    for (const end = realClock.now() + PATIENCE_MS; realClock.now() < end; await sleep(realClock, LOOK_MS)) {
      const { ticked } = await this.#ask(from)
      if (ticked.includes(last)) return (await this.#ask(side)).shown
    }
    throw new Error(`${last} did not arrive`)
  }

  /** How many rows the relay's record has; null when its chain is broken. The relay is killed for it. */
  async auditRows(): Promise<number | null> {
    const relay = this.#programs.get('server')!
    const exit = once(relay, 'exit')
    relay.kill('SIGKILL')
    await exit
    return this.#relay(async ({ audit }) =>
      (await audit.verify()).broken === null ? (await audit.page(0, MANY)).length : null,
    )
  }

  async #start(party: CrashParty): Promise<void> {
    mkdirSync(this.#home(party), { recursive: true })
    const main = fileURLToPath(
      new URL(`./doomed/doomed-${party === 'server' ? 'server' : 'phone'}.js`, import.meta.url),
    )
    const args =
      party === 'server' ? [] : [this.#file(party), NUMBERS[party], `http://127.0.0.1:${this.#port}`]
    const program = fork(main, args, {
      env: {
        ...process.env,
        TETHER_LOG_LEVEL: 'error',
        TETHER_SERVER_PORT: this.#port,
        TETHER_DATA_DIR: this.#folder,
      },
    })
    this.#programs.set(party, program)
    const early = once(program, 'exit').then(() => Promise.reject(new Error(`the ${party} did not start`)))
    const [{ url }] = (await Promise.race([once(program, 'message'), early])) as [{ url: string }]
    early.catch(() => {})
    if (party === 'server') this.#port = new URL(url).port
  }

  async #left(dies: CrashParty, text: string): Promise<OwnLeft> {
    if (dies === 'server')
      return this.#relay(async ({ mail }) => {
        const waiting = await mail.page(NUMBERS.recipient, 0, MANY)
        return { mailbox: waiting.filter(({ kind }) => kind !== 'receipt').length as 0 | 1 }
      })
    return this.#phone(dies, (store) => {
      const row = rowsOf(store, dies).find((one) => one.text === text)
      const outbox = store.outbox.from(0, MANY)
      const count = (receipts: boolean): 0 | 1 =>
        outbox.filter(({ kind }) => (kind === 'receipt') === receipts).length as 0 | 1
      if (dies === 'recipient') return { inbox: row ? 1 : 0, receipt: count(true) }
      return { outbox: count(false), tick: row ? TICKS[row.status as keyof typeof TICKS] : null }
    })
  }

  #home(party: CrashParty): string {
    return join(this.#folder, party)
  }

  #file(party: CrashParty): string {
    return join(this.#home(party), party === 'server' ? 'server.db' : 'phone.db')
  }

  /** Nothing waits for the relay, and it has said so. */
  async #quiet(): Promise<void> {
    for (const side of ['sender', 'recipient'] as const)
      while (!(await this.#ask(side)).hasSentAll) await sleep(realClock, LOOK_MS)
  }

  async #ask(side: Side): Promise<Seen> {
    const program = this.#programs.get(side)!
    const told = once(program, 'message')
    program.send({ look: true })
    return ((await told) as [Seen])[0]
  }

  /** A copy of what a dead one has left: it must find its files as they are. */
  #copyOf(party: CrashParty): { path: string; forget: () => void } {
    const copy = mkdtempSync(join(this.#folder, 'look-'))
    const file = this.#file(party)
    cpSync(dirname(file), copy, { recursive: true })
    return {
      path: join(copy, party === 'server' ? 'server.db' : 'phone.db'),
      forget: () => rmSync(copy, { recursive: true }),
    }
  }

  #phone<T>(side: Side, look: (store: PhoneStore) => T): T {
    const { path, forget } = this.#copyOf(side)
    const store = openPhoneStore(path, { clock: realClock })
    try {
      return look(store)
    } finally {
      store.close()
      forget()
    }
  }

  async #relay<T>(look: (stores: Awaited<ReturnType<typeof openStores>>) => Promise<T>): Promise<T> {
    const { path, forget } = this.#copyOf('server')
    const stores = await openStores(path, { clock: realClock, entropy: systemEntropy })
    try {
      return await look(stores)
    } finally {
      await stores.close()
      forget()
    }
  }
}

function rowsOf(store: PhoneStore, side: Side) {
  const other = NUMBERS[side === 'sender' ? 'recipient' : 'sender']
  return store.messages.before(jidOf(other), null, MANY)
}
