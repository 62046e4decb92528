/**
 * When the browser of a login was last here, and which logins nobody has used for too long (spec 7.6, 419). A browser
 * that is open is in use: its time is written when it goes, and once a day while it stays.
 */
import { every, type Timer } from 'proto/clock'
import type { Context } from './context.ts'
import type { Relay } from './relay.ts'
import type { Login } from './stores.ts'

const WRITE_MS = 86_400_000

export class LoginUse {
  readonly #context: Pick<Context, 'clock' | 'stores' | 'config' | 'log'>
  readonly #relay: Pick<Relay, 'browsers' | 'openBrowser'>
  readonly #daily: Timer
  /** Times that are on their way to the store, by login. */
  readonly #unwritten = new Map<string, { at: number; written: Promise<void> }>()

  constructor(
    context: Pick<Context, 'clock' | 'stores' | 'config' | 'log'>,
    relay: Pick<Relay, 'browsers' | 'openBrowser'>,
  ) {
    this.#context = context
    this.#relay = relay
    this.#daily = every(context.clock, WRITE_MS, () => this.#sawOpen())
  }

  /** The browser of this login is here now. */
  saw(login: string): void {
    const { clock, stores, log } = this.#context
    const at = clock.now()
    const seen = {
      at,
      written: stores.logins.touch({ login, at }).then(
        () => {
          if (this.#unwritten.get(login) === seen) this.#unwritten.delete(login)
        },
        (error: unknown) => log.error({ err: error }, 'the use of a login could not be written'),
      ),
    }
    this.#unwritten.set(login, seen)
  }

  /** Whether nobody has used it for longer than the setting allows. */
  isOver(login: Login): boolean {
    return this.idleMs(login) > this.#context.config.loginUnusedMs
  }

  /** How long nobody has used it; 0 while its browser is open. */
  idleMs({ login, number, lastSeen }: Login): number {
    if (this.#relay.openBrowser(number)?.opening?.login === login) return 0
    const seenAt = Math.max(lastSeen, this.#unwritten.get(login)?.at ?? 0)
    return Math.max(0, this.#context.clock.now() - seenAt)
  }

  /** Waits for what is being written; before the stores are closed. */
  async close(): Promise<void> {
    this.#daily.cancel()
    await Promise.all([...this.#unwritten.values()].map(({ written }) => written))
  }

  #sawOpen(): void {
    for (const browser of this.#relay.browsers.values())
      if (browser.isOpen && browser.opening) this.saw(browser.opening.login)
  }
}
