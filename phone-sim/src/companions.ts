/**
 * The linked browsers: who they are, what was allowed, and their keys. All of it is one sealed value per login in
 * the vault; keys are opened for one frame at a time. A companion whose consent has run out is ended at that moment.
 */
import { formatBase64, parseBase64 } from 'proto/base64'
import type { Clock, Timer } from 'proto/clock'
import type { Crash } from 'proto/crash-points'
import { TetherError } from 'proto/errors'
import type { SealKeys } from 'proto/seal'
import type { Audit } from './audit.ts'
import { changedConsent, type Consent, isLive, sees, storedConsent, type StoredConsent } from './consent.ts'
import type { PhoneEvents } from './phone-events.ts'
import type { Companion, CompanionChange } from './phone-views.ts'
import type { PhoneStore } from './store.ts'
import { TimeLeft } from './time-left.ts'
import type { Vault } from './vault.ts'

export interface Linked {
  readonly login: string
  readonly clientId: string
  readonly name: string
  readonly since: number
  readonly consent: Consent
  /** The person wants it to be left without an answer for a while. */
  readonly paused: boolean
}

interface Keys {
  readonly encKey: string
  readonly macKey: string
}
/** As it is in the vault; absent members are of a later version. */
type Stored = Omit<Linked, 'consent' | 'paused'> &
  Keys & { readonly consent: StoredConsent; readonly paused?: boolean }

/** What a change meant for a browser that is there. */
export interface CompanionChanged {
  readonly before: Linked
  readonly now: Linked
}

/** Activity is written down at most so often; a crash loses so much of it. */
const ACTIVITY_MS = 60_000
/** Consents that end are looked at so often, since clocks may be set, and what is left of them is written down. */
const LOOK_MS = 60_000

export interface CompanionsOptions {
  readonly store: PhoneStore
  readonly vault: Vault
  readonly clock: Clock
  readonly audit: Audit
  readonly events: PhoneEvents
  readonly crash?: Crash | undefined
  readonly isOnline: (login: string) => boolean
  /** The consent of this login has run out: its browser has to be told. */
  readonly expired: (login: string) => void
}

export class Companions {
  readonly #options: CompanionsOptions
  /** Everything but the keys. */
  readonly #linked = new Map<string, Linked>()
  readonly #activeAt = new Map<string, number>()
  readonly #left: TimeLeft
  #timer: Timer | null = null

  constructor(options: CompanionsOptions) {
    this.#options = options
    this.#left = new TimeLeft(options.store.facts, options.clock)
    for (const { name } of options.vault.names(PREFIX)) {
      const { encKey: _enc, macKey: _mac, ...stored } = JSON.parse(options.vault.findText(name)!) as Stored
      const { consent, paused = false } = stored
      this.#linked.set(stored.login, { ...stored, consent: storedConsent(consent), paused })
      this.#left.restore(stored.login, consent.expiresAt)
    }
    this.#planExpiry()
  }

  /** The companion with live consent, or null. */
  findLive(login: string): Linked | null {
    const linked = this.#linked.get(login)
    if (!linked || this.#left.of(login) <= 0) return null
    return isLive(linked.consent, this.#options.clock.now()) ? linked : null
  }

  /** Whether this browser may be told about a chat; null: about no chat in particular. */
  mayHear(login: string, chat: string | null): boolean {
    const linked = this.findLive(login)
    return linked !== null && (chat === null || sees(linked.consent, chat))
  }

  isPaused(login: string): boolean {
    return this.#linked.get(login)?.paused ?? false
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
    const { networkDiffers, prompt, at, expiresAt } = linked.consent
    this.#left.begin(linked.login, expiresAt && expiresAt - at)
    audit.record('companion.linked', { login: linked.login, ...factsOf(linked), networkDiffers, prompt })
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

  /** What the person reconsiders; null when nothing is different. Throws TETHER_ERR_NOT_FOUND and as `changedConsent`. */
  change(login: string, { name, paused, ...consent }: CompanionChange): CompanionChanged | null {
    const { vault, store, clock, audit, events } = this.#options
    const before = this.findLive(login)
    if (!before) throw new TetherError('TETHER_ERR_NOT_FOUND', 'no such companion')
    const now: Linked = {
      ...before,
      name: name ?? before.name,
      paused: paused ?? before.paused,
      consent: changedConsent(before.consent, consent, clock.now()),
    }
    if (JSON.stringify(factsOf(now)) === JSON.stringify(factsOf(before))) return null
    store.transaction(() => {
      const { encKey, macKey } = JSON.parse(vault.findText(PREFIX + login)!) as Stored
      vault.putText(PREFIX + login, JSON.stringify({ ...now, encKey, macKey } satisfies Stored))
      if (consent.expiresInMs !== undefined) this.#left.begin(login, consent.expiresInMs)
      audit.record('companion.changed', { login, ...factsOf(now) })
    })
    this.#linked.set(login, now)
    this.#planExpiry()
    events.emit({ type: 'companion', companion: this.view(now) })
    return { before, now }
  }

  /** The browser asked for something. */
  active(login: string): void {
    const now = this.#options.clock.now()
    const written = Number(this.#options.store.facts.find(seenFact(login)) ?? '0')
    this.#activeAt.set(login, now)
    if (now - written >= ACTIVITY_MS) this.seen(login)
  }

  /** Remembers that the browser was there, and tells screens that it came or went. */
  seen(login: string): void {
    const linked = this.#linked.get(login)
    if (!linked) return
    const { store, clock } = this.#options
    this.#activeAt.set(login, clock.now())
    store.facts.put(seenFact(login), String(clock.now()))
    this.#tell(linked)
  }

  /** Screens are told how a browser is now. */
  told(login: string): void {
    const linked = this.#linked.get(login)
    if (linked) this.#tell(linked)
  }

  /** Forgets a companion and erases its keys. */
  end(login: string, reason: 'unpaired' | 'loggedOut' | 'expired' | 'unknownToServer'): void {
    const { store, vault, audit, events, crash } = this.#options
    if (!this.#linked.has(login)) return
    store.transaction(() => {
      vault.remove(PREFIX + login)
      store.facts.remove(seenFact(login))
      this.#left.forget(login)
      audit.record('companion.ended', { login, reason })
    })
    crash?.at('revocation.stored')
    this.#linked.delete(login)
    this.#activeAt.delete(login)
    this.#planExpiry()
    events.emit({ type: 'companionGone', id: login, reason })
  }

  list(): Companion[] {
    return [...this.#linked.values()].map((linked) => this.view(linked))
  }

  view({ login, name, since, consent, paused }: Linked): Companion {
    const { store, isOnline } = this.#options
    return {
      id: login,
      name,
      since,
      lastSeen: this.#activeAt.get(login) ?? Number(store.facts.find(seenFact(login)) ?? since),
      state: paused ? 'paused' : isOnline(login) ? 'online' : 'offline',
      scope: consent.scope,
      chats: consent.chats,
      expiresAt: consent.expiresAt,
      requester: consent.requester,
    }
  }

  stop(): void {
    this.#timer?.cancel()
    this.#stored(() => this.#writeLeft())
  }

  #tell(linked: Linked): void {
    this.#options.events.emit({ type: 'companion', companion: this.view(linked) })
  }

  /** Ends companions the moment their consent runs out, whether or not they send anything. */
  #planExpiry(leastMs = 0): void {
    this.#timer?.cancel()
    const now = this.#options.clock.now()
    const left = [...this.#linked.values()].flatMap(({ login, consent: { expiresAt } }) =>
      expiresAt === null ? [] : [expiresAt - now, this.#left.of(login)],
    )
    if (left.length === 0) return
    const waitMs = Math.max(leastMs, Math.min(LOOK_MS, ...left))
    this.#timer = this.#options.clock.after(waitMs, () => {
      const isStored = this.#stored(() => {
        for (const login of this.logins()) {
          if (this.findLive(login)) continue
          this.end(login, 'expired')
          this.#options.expired(login)
        }
        this.#writeLeft()
      })
      this.#planExpiry(isStored ? 0 : LOOK_MS)
    })
  }

  #writeLeft(): void {
    if (!this.#left.isEmpty) this.#options.store.transaction(() => this.#left.write())
  }

  /** False when the store failed. It says so wherever else it is used, and what is over is served nothing meanwhile. */
  #stored(work: () => void): boolean {
    try {
      work()
      return true
    } catch {
      return false
    }
  }
}

const PREFIX = 'companion/'

/** What the person decided, for the record; a list of chats as one text. */
function factsOf({ name, paused, consent: { scope, chats, expiresAt, screen } }: Linked) {
  return { name, scope, chats: chats && chats.join(' '), expiresAt, paused, screen }
}

const seenFact = (login: string): string => `seen/${login}`
