/**
 * The linked browsers: who they are, what was allowed, and their keys. All of it is one sealed value per login in
 * the vault; keys are opened for one frame at a time. A companion whose consent has run out is ended at that moment.
 */
import { formatBase64, parseBase64 } from 'proto/base64'
import type { Clock, Timer } from 'proto/clock'
import type { SealKeys } from 'proto/seal'
import type { Audit } from './audit.ts'
import { type Consent, isLive } from './consent.ts'
import type { PhoneEvents } from './phone-events.ts'
import type { Companion } from './phone-views.ts'
import type { PhoneStore } from './store.ts'
import type { Vault } from './vault.ts'

export interface Linked {
  readonly login: string
  readonly clientId: string
  readonly name: string
  readonly since: number
  readonly consent: Consent
}

type Stored = Linked & { readonly encKey: string; readonly macKey: string }

export interface CompanionsOptions {
  readonly store: PhoneStore
  readonly vault: Vault
  readonly clock: Clock
  readonly audit: Audit
  readonly events: PhoneEvents
  readonly isOnline: (login: string) => boolean
  /** The consent of this login has run out: its browser has to be told. */
  readonly expired: (login: string) => void
}

export class Companions {
  readonly #options: CompanionsOptions
  /** Everything but the keys. */
  readonly #linked = new Map<string, Linked>()
  #timer: Timer | null = null

  constructor(options: CompanionsOptions) {
    this.#options = options
    for (const { name } of options.vault.names(PREFIX)) {
      const { encKey: _enc, macKey: _mac, ...linked } = JSON.parse(options.vault.findText(name)!) as Stored
      this.#linked.set(linked.login, linked)
    }
    this.#planExpiry()
  }

  /** The companion with live consent, or null. */
  findLive(login: string): Linked | null {
    const linked = this.#linked.get(login)
    return linked && isLive(linked.consent, this.#options.clock.now()) ? linked : null
  }

  logins(): string[] {
    return [...this.#linked.keys()]
  }

  /** Stores a new companion; in the caller's transaction. */
  add(linked: Linked, keys: SealKeys): void {
    const { vault, store, clock, audit, events } = this.#options
    const stored = { ...linked, encKey: formatBase64(keys.encKey), macKey: formatBase64(keys.macKey) }
    vault.putText(PREFIX + linked.login, JSON.stringify(stored satisfies Stored))
    store.facts.put(seenFact(linked.login), String(clock.now()))
    const { scope, expiresAt, prompt } = linked.consent
    audit.record('companion.linked', { login: linked.login, name: linked.name, scope, expiresAt, prompt })
    store.afterCommit(() => {
      this.#linked.set(linked.login, linked)
      this.#planExpiry()
      events.emit({ type: 'companion', companion: this.view(linked) })
    })
  }

  /** Opens the keys for one use. Null when there is no companion with live consent. Throws TETHER_ERR_VAULT. */
  useKeys<T>(login: string, task: (keys: SealKeys) => T): T | null {
    if (!this.findLive(login)) return null
    return this.#options.vault.use(PREFIX + login, (value) => {
      const { encKey, macKey } = JSON.parse(Buffer.from(value).toString('utf8')) as Stored
      return task({ encKey: parseBase64(encKey), macKey: parseBase64(macKey) })
    })
  }

  /** Remembers that the browser was there, and tells screens that it came or went. */
  seen(login: string): void {
    const linked = this.#linked.get(login)
    if (!linked) return
    this.#options.store.facts.put(seenFact(login), String(this.#options.clock.now()))
    this.#options.events.emit({ type: 'companion', companion: this.view(linked) })
  }

  /** Forgets a companion and erases its keys. */
  end(login: string, reason: 'unpaired' | 'loggedOut' | 'expired' | 'unknownToServer'): void {
    const { store, vault, audit, events } = this.#options
    if (!this.#linked.has(login)) return
    store.transaction(() => {
      vault.remove(PREFIX + login)
      store.facts.remove(seenFact(login))
      audit.record('companion.ended', { login, reason })
    })
    this.#linked.delete(login)
    this.#planExpiry()
    events.emit({ type: 'companionGone', id: login, reason })
  }

  list(): Companion[] {
    return [...this.#linked.values()].map((linked) => this.view(linked))
  }

  view({ login, name, since, consent }: Linked): Companion {
    return {
      id: login,
      name,
      since,
      lastSeen: Number(this.#options.store.facts.find(seenFact(login)) ?? since),
      state: this.#options.isOnline(login) ? 'online' : 'offline',
      scope: consent.scope,
      expiresAt: consent.expiresAt,
    }
  }

  stop(): void {
    this.#timer?.cancel()
  }

  /** Ends companions the moment their consent runs out, whether or not they send anything. */
  #planExpiry(): void {
    this.#timer?.cancel()
    const now = this.#options.clock.now()
    const ends = [...this.#linked.values()].flatMap(({ consent }) => consent.expiresAt ?? [])
    if (ends.length === 0) return
    // timers hold at most 31 bits of milliseconds
    const delayMs = Math.min(Math.max(0, Math.min(...ends) - now), 2_000_000_000)
    this.#timer = this.#options.clock.after(delayMs, () => {
      const ended = this.logins().filter((login) => !this.findLive(login))
      for (const login of ended) {
        this.end(login, 'expired')
        this.#options.expired(login)
      }
      this.#planExpiry()
    })
  }
}

const PREFIX = 'companion/'
const seenFact = (login: string): string => `seen/${login}`
