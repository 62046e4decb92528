/**
 * The credentials in use, and their copy in the KeyStore: operations on the store run one after another, so that a
 * late save never undoes a log-out.
 */
import { codeOf, type ErrorCode } from 'proto/errors'
import type { Credentials, KeyStore } from './keys.ts'

export class KeptKeys {
  readonly #store: KeyStore
  readonly #changed: (credentials: Credentials | null) => void
  readonly #failed: (code: ErrorCode) => void
  #current: Credentials | null = null
  #stored: Promise<void> = Promise.resolve()

  /** `failed`: the store could not be written; the browser stays usable and has to be paired again after a reload. */
  constructor(
    store: KeyStore,
    changed: (credentials: Credentials | null) => void,
    failed: (code: ErrorCode) => void,
  ) {
    this.#store = store
    this.#changed = changed
    this.#failed = failed
  }

  get current(): Credentials | null {
    return this.#current
  }

  /** What the store holds; use() makes it current. Rejects with what the store says. */
  async load(): Promise<Credentials | null> {
    await this.#stored
    return this.#store.load()
  }

  use(credentials: Credentials | null): void {
    this.#current = credentials
    this.#changed(credentials)
  }

  keep(credentials: Credentials): void {
    this.use(credentials)
    this.#then(() => this.#store.save(credentials))
  }

  forget(): void {
    this.use(null)
    this.#then(() => this.#store.clear())
  }

  /** Resolves when all that was asked of the store is done. */
  settled(): Promise<void> {
    return this.#stored
  }

  #then(operation: () => Promise<void>): void {
    this.#stored = this.#stored.then(operation).catch((error: unknown) => this.#failed(codeOf(error)))
  }
}
