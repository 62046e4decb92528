/**
 * Who this phone is: number, identity key, the relay key pinned at registration, and the prekeys it publishes.
 * Registers by SMS code, refills one-time prekeys and replaces the signed prekey in time. Knows no chats.
 */
import { parseBase64, formatBase64 } from 'proto/base64'
import type { Clock, Timer } from 'proto/clock'
import { type Entropy, fraction } from 'proto/entropy'
import { errors, type ErrorCode, TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import type { LinkBody } from 'proto/phone-link'
import type { Audit } from './audit.ts'
import type { Keychain } from './keychain.ts'
import { prekeyIdAt } from './prekey-ids.ts'
import { generateIdentity, generatePrekeys, generateSignedPrekey, signWithIdentity } from './signal-crypto.ts'
import type { PhoneStore } from './store.ts'
import type { Uplink } from './uplink.ts'

/**
 * One request to the server's HTTP door; rejects when it is unreachable. Bytes go and come as they are (Uint8Array), of
 * media at most MEDIA_BYTES; anything else is JSON.
 */
export type ServerRequest = (
  method: 'GET' | 'HEAD' | 'POST',
  path: string,
  body?: unknown,
) => Promise<{ readonly status: number; readonly body: unknown }>

export interface AccountOptions {
  readonly number: string
  readonly name: string
  readonly prekeys: number
  readonly server: ServerRequest
  readonly store: PhoneStore
  readonly keychain: Keychain
  readonly audit: Audit
  readonly clock: Clock
  readonly entropy: Entropy
}

const RANDOM_IDS = 'randomPrekeyIds'

export class Account {
  readonly number: string
  readonly #options: AccountOptions
  readonly #prekeyEntropy: Entropy
  readonly #pauses: Entropy
  #rotation: Timer | null = null
  #refill: Timer | null = null
  #publishing = false

  constructor(options: AccountOptions) {
    this.number = options.number
    this.#options = options
    this.#prekeyEntropy = options.entropy.fork('prekeys')
    this.#pauses = options.entropy.fork('refills')
    const stored = options.store.facts.find('number')
    if (stored !== null && stored !== options.number) {
      throw new TetherError('TETHER_ERR_CONFIG', 'the store belongs to another number')
    }
  }

  get isRegistered(): boolean {
    return this.#options.store.facts.find('relayKey') !== null
  }

  /** The name the person gave. */
  get name(): string {
    return this.#options.store.facts.find('name') ?? this.#options.name
  }

  rename(name: string): void {
    this.#options.store.facts.put('name', name)
  }

  /** Makes the keys if there are none, and registers the number with the code of the SMS. */
  async register(): Promise<void> {
    const { number, name, keychain, server, store } = this.#options
    if (!keychain.hasIdentity()) this.#makeKeys()
    await this.#ask('POST', '/v1/register', { number })
    const sms = await server('GET', `/sim/sms/${number}`)
    const code = Array.isArray(sms.body) ? (sms.body[0] as { code?: unknown } | undefined)?.code : undefined
    if (typeof code !== 'string') throw new TetherError('TETHER_ERR_SMS_CODE', 'no SMS arrived')
    const { publicKey, registrationId } = keychain.loadOwnIdentity()
    const identityKey = formatBase64(publicKey)
    const confirmed = await this.#ask('POST', '/v1/register/confirm', {
      number,
      code,
      identityKey,
      registrationId,
      name,
    })
    const { relayKey } = confirmed as { relayKey?: unknown }
    if (typeof relayKey !== 'string' || parseBase64(relayKey).length !== 32) {
      throw new TetherError('TETHER_ERR_BODY', 'registration gave no relay key')
    }
    store.transaction(() => {
      store.facts.put('relayKey', relayKey)
      store.facts.put('name', name)
    })
  }

  relayKey(): Uint8Array {
    const stored = this.#options.store.facts.find('relayKey')
    if (stored === null) throw new TetherError('TETHER_ERR_RELAY_AUTH', 'no relay key pinned')
    return parseBase64(stored)
  }

  sign(transcript: Uint8Array): Uint8Array {
    return signWithIdentity(this.#options.keychain.loadOwnIdentity(), transcript)
  }

  /** After `attached`: publishes what the server lacks, and plans the next signed prekey. */
  async settle(uplink: Uplink, attached: LinkBody<'attached'>): Promise<void> {
    this.#rotateIfDue()
    this.#planRotation(uplink)
    const current = this.#signedPrekeyId()
    await this.#publish(uplink, attached.prekeys, attached.signedPrekeyId !== current)
  }

  /** After first messages of others have used prekeys up. */
  refill(uplink: Uplink): void {
    const stock = this.#options.keychain.prekeyCount()
    if (stock < limit('PREKEY_REFILL_BELOW')) this.#refillSoon(uplink, stock)
  }

  /** The server runs short of prekeys, whatever this phone believes. */
  restock(uplink: Uplink): void {
    this.#refillSoon(uplink, 0)
  }

  /** Not at once: who uses prekeys up would see from the new ones that this phone is there (research E4). */
  #refillSoon(uplink: Uplink, stock: number): void {
    const { clock } = this.#options
    this.#refill ??= clock.after(Math.round(fraction(this.#pauses) * limit('PREKEY_REFILL_DELAY_MS')), () => {
      this.#refill = null
      // without a link the next `attached` tells the stock
      this.#publish(uplink, stock, false).catch(() => undefined)
    })
  }

  stop(): void {
    this.#rotation?.cancel()
    this.#refill?.cancel()
  }

  #makeKeys(): void {
    const { store, keychain, number, entropy, prekeys } = this.#options
    const identity = generateIdentity(entropy.fork('identity'))
    const signed = generateSignedPrekey(entropy.fork('signed prekey 1'), identity, 1)
    store.transaction(() => {
      store.facts.put('number', number)
      keychain.storeIdentity(identity)
      keychain.storeSignedPrekey(signed)
      store.facts.put('signedPrekeyId', '1')
      store.facts.put(RANDOM_IDS, '1')
      this.#makePrekeys(prekeys)
    })
  }

  #makePrekeys(count: number): void {
    const { store, keychain } = this.#options
    const next = Number(store.facts.find('nextPrekeyId') ?? '1')
    const ids = this.#prekeyIds(next, count)
    for (const prekey of generatePrekeys(this.#prekeyEntropy, ids)) keychain.storePrekey(prekey)
    store.facts.put('nextPrekeyId', String(next + count))
  }

  /** The ids at these places. A phone that began before ids were random goes on counting. */
  #prekeyIds(first: number, count: number): number[] {
    const { store, keychain } = this.#options
    const places = Array.from({ length: count }, (_, at) => first + at)
    if (store.facts.find(RANDOM_IDS) === null) return places
    const key = keychain.prekeyIdKey()
    return places.map((place) => prekeyIdAt(key, place))
  }

  async #publish(uplink: Uplink, stock: number, withSigned: boolean): Promise<void> {
    if (this.#publishing) return
    this.#publishing = true
    try {
      const { store, keychain, prekeys: target } = this.#options
      let signed = withSigned
      for (let known = stock; signed || known < Math.min(target, limit('PREKEY_REFILL_BELOW'));) {
        const published = Number(store.facts.find('publishedPrekeyId') ?? '0')
        const made = Number(store.facts.find('nextPrekeyId') ?? '1') - 1
        const missing = Math.max(0, Math.min(target - known, limit('PREKEYS_PER_UPLOAD')))
        if (made - published < missing) {
          store.transaction(() => this.#makePrekeys(missing - (made - published)))
        }
        const ids = this.#prekeyIds(published + 1, missing)
        const prekeys = ids.flatMap((id) => {
          const pair = keychain.loadPrekey(id)
          return pair ? [{ id, key: formatBase64(pair.publicKey) }] : []
        })
        const signedPrekey = signed ? this.#signedPrekeyToPublish() : undefined
        const reply = await uplink.request('publish', { prekeys, ...(signedPrekey && { signedPrekey }) })
        store.facts.put('publishedPrekeyId', String(published + missing))
        signed = false
        if (reply.stock <= known && prekeys.length > 0) return // the server takes no more
        known = reply.stock
      }
    } finally {
      this.#publishing = false
    }
  }

  #signedPrekeyId(): number {
    return Number(this.#options.store.facts.find('signedPrekeyId'))
  }

  #signedPrekeyToPublish(): { id: number; key: string; signature: string } {
    const signed = this.#options.keychain.signedPrekeyToPublish(this.#signedPrekeyId())
    if (signed === null) throw new TetherError('TETHER_ERR_VAULT', 'no signed prekey')
    return { id: signed.id, key: formatBase64(signed.key), signature: formatBase64(signed.signature) }
  }

  /** Makes a new signed prekey when its time has come; old ones stay as long as mail under them may arrive. */
  #rotateIfDue(): void {
    const { keychain, store, clock, entropy, audit } = this.#options
    const current = this.#signedPrekeyId()
    const made = keychain.signedPrekeys()
    const at = made.find(({ id }) => id === current)?.at ?? 0
    if (clock.now() - at < limit('SIGNED_PREKEY_MS')) return
    const next = current + 1
    const signed = generateSignedPrekey(
      entropy.fork(`signed prekey ${next}`),
      keychain.loadOwnIdentity(),
      next,
    )
    const tooOld = clock.now() - limit('SIGNED_PREKEY_MS') - limit('MAILBOX_LIFE_MS')
    store.transaction(() => {
      keychain.storeSignedPrekey(signed)
      store.facts.put('signedPrekeyId', String(next))
      audit.record('key.rotated', { key: `signed-prekey/${next}`, before: `signed-prekey/${current}` })
      for (const old of made) if (old.at < tooOld) keychain.removeSignedPrekey(old.id)
    })
  }

  #planRotation(uplink: Uplink): void {
    const { keychain, clock } = this.#options
    const at = keychain.signedPrekeys().find(({ id }) => id === this.#signedPrekeyId())?.at ?? clock.now()
    this.#rotation?.cancel()
    this.#rotation = clock.after(Math.max(1, at + limit('SIGNED_PREKEY_MS') - clock.now()), () => {
      this.#rotateIfDue()
      this.#planRotation(uplink)
      // not attached: the next `attached` names the old id and it is published then
      this.#publish(uplink, Number.POSITIVE_INFINITY, true).catch(() => undefined)
    })
  }

  async #ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    const answer = await this.#options.server(method, path, body)
    if (answer.status >= 200 && answer.status < 300) return answer.body
    const code = (answer.body as { code?: unknown } | null)?.code
    const known = typeof code === 'string' && Object.hasOwn(errors, code)
    throw new TetherError(
      known ? (code as ErrorCode) : 'TETHER_ERR_INTERNAL',
      `${path} answered ${answer.status}`,
    )
  }
}
