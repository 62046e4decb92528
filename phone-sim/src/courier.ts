/**
 * Takes a message of this phone's person to another phone: opens a Signal session when there is none, encrypts, and
 * stores message, session and mail in one transaction (research: reliability 2.2). Without a link and a session the
 * message waits in the store, unencrypted as the history is.
 */
import { parseBase64 } from 'proto/base64'
import type { Clock, Timer } from 'proto/clock'
import { codeOf, type ErrorCode } from 'proto/errors'
import type { PrekeyBundle } from 'proto/phone-link'
import { decodeWebMessage, encodeWebMessage, messageStatus, type WebMessageInfo } from 'proto/web-message'
import { numberOf } from './addresses.ts'
import type { Audit } from './audit.ts'
import { type Chats, keepToOneself, keyOf } from './chats.ts'
import type { Keychain } from './keychain.ts'
import type { Log } from './log.ts'
import type { Outbox } from './outbox.ts'
import type { PhoneEvents } from './phone-events.ts'
import type { Bundle, Signal } from './signal-port.ts'
import type { MessageKeyRow, MessageRow, PhoneStore } from './store.ts'
import type { Uplink } from './uplink.ts'

export interface CourierOptions {
  readonly ownJid: string
  readonly ownName: () => string
  readonly store: PhoneStore
  readonly chats: Chats
  readonly keychain: Keychain
  readonly signal: Signal
  readonly outbox: Outbox
  readonly uplink: Pick<Uplink, 'isAttached' | 'request'>
  readonly clock: Clock
  readonly audit: Audit
  readonly events: PhoneEvents
  readonly log?: Log | undefined
  /** A message that waited could not be sent; called in a transaction. */
  readonly failed: (row: MessageRow, code: ErrorCode) => void
  /** Runs a task in the phone's queue. */
  readonly inQueue: (task: () => Promise<void>) => void
}

const RETRY_MS = 60_000 // a server that gives no bundle now, or limits them

export class Courier {
  readonly #options: CourierOptions
  #retry: Timer | null = null

  constructor(options: CourierOptions) {
    this.#options = options
  }

  /**
   * Stores and sends an own message to one person; one that takes another back does so here too. Runs in the phone's
   * queue. Throws TETHER_ERR_ACCOUNT_UNKNOWN, TETHER_ERR_IDENTITY_CHANGED, TETHER_ERR_TOO_LARGE or TETHER_ERR_LIMIT,
   * and then nothing was stored.
   */
  async send(info: WebMessageInfo): Promise<MessageRow> {
    const { ownJid, store, chats, clock } = this.#options
    const key = keyOf(info)
    const add = (status: number) => chats.addOwn(info, status, clock.now())
    if (key.chat === ownJid) return store.transaction(() => add(messageStatus.READ))
    const pending = () => add(messageStatus.PENDING)
    // what waits for the same person goes first
    if (this.#waits(key.chat)) await this.sendWaiting(key.chat)
    if (this.#waits(key.chat) || !(await this.#openSession(key.chat))) {
      return store.transaction(() => {
        store.outbox.addWaiting(key)
        return pending()
      })
    }
    return this.#encrypt(info, pending)
  }

  /** Sends what waited for a link; a message that cannot be sent at all gets the status ERROR. */
  async sendWaiting(only?: string): Promise<void> {
    const { store, chats, log } = this.#options
    const stuck = new Set<string>()
    this.#retry?.cancel()
    this.#retry = null
    for (const key of store.outbox.waiting()) {
      if (stuck.has(key.chat) || (only !== undefined && key.chat !== only)) continue
      const row = chats.find(key)
      try {
        if (row && !(await this.#openSession(key.chat))) return
        if (row) await this.#encrypt(decodeWebMessage(row.info), () => (store.outbox.removeWaiting(key), row))
        else this.#forget(key)
      } catch (error) {
        const code = codeOf(error)
        log?.warn({ to: numberOf(key.chat), code }, 'a waiting message could not be sent')
        if (isForGood(code)) this.#fail(key, code)
        else stuck.add(key.chat)
        if (code === 'TETHER_ERR_LIMIT') this.#retryLater()
      }
    }
  }

  stop(): void {
    this.#retry?.cancel()
  }

  /** Trusts the key that this person has now; the next message opens a new session. */
  async acceptIdentity(jid: string, key: Uint8Array): Promise<void> {
    const { store, keychain, audit } = this.#options
    store.transaction(() => {
      keychain.storeTrust(numberOf(jid), key)
      keychain.removeSession(numberOf(jid))
      audit.record('identity.accepted', { jid })
    })
  }

  /** The key under which the server knows this person now. */
  async fetchIdentity(jid: string): Promise<Uint8Array> {
    const bundle = await this.#options.uplink.request('bundle', { number: numberOf(jid) })
    return parseBase64(bundle.identityKey)
  }

  /** Tells the person that a contact has another key than before. */
  identityChanged(jid: string): void {
    const { audit, events } = this.#options
    audit.record('identity.changed', { jid })
    events.emit({ type: 'identityChanged', jid })
  }

  #waits(chat: string): boolean {
    return this.#options.store.outbox.waiting().some((key) => key.chat === chat)
  }

  /** False when there is no session and no way to open one now. */
  async #openSession(jid: string): Promise<boolean> {
    const { signal, uplink, store, keychain } = this.#options
    const number = numberOf(jid)
    if (signal.hasSession(number)) return true
    if (!uplink.isAttached) return false
    try {
      const bundle = bundleOf(await uplink.request('bundle', { number }))
      await signal.startSession(number, bundle, ({ changes }) =>
        store.transaction(() => keychain.apply(changes)),
      )
      return true
    } catch (error) {
      const code = codeOf(error)
      if (code === 'TETHER_ERR_PHONE_AWAY') {
        this.#retryLater()
        return false
      }
      if (code === 'TETHER_ERR_IDENTITY_CHANGED') this.identityChanged(jid)
      throw error
    }
  }

  #encrypt(info: WebMessageInfo, write: () => MessageRow): Promise<MessageRow> {
    const { signal, store, keychain, outbox, ownName } = this.#options
    const key = keyOf(info)
    const to = numberOf(key.chat)
    const plaintext = encodeWebMessage(outgoing(info, this.#options.ownJid, ownName()))
    return signal.encrypt(to, plaintext, ({ kind, body, changes }) =>
      store.transaction(() => {
        const row = write()
        keychain.apply(changes)
        outbox.append({ to, mail: key.id, kind, body, message: key })
        return row
      }),
    )
  }

  /** The link may stay while the server cannot answer; without one, the next link tries again. */
  #retryLater(): void {
    const { clock, inQueue } = this.#options
    this.#retry ??= clock.after(RETRY_MS, () => {
      this.#retry = null
      inQueue(() => this.sendWaiting())
    })
  }

  /** The message was deleted while it waited: nobody gets it. */
  #forget(key: MessageKeyRow): void {
    this.#options.store.outbox.removeWaiting(key)
    this.#options.outbox.tellSettled(key.id, 'TETHER_ERR_NOT_FOUND')
  }

  #fail(key: MessageKeyRow, code: ErrorCode): void {
    const { store, chats, failed } = this.#options
    store.transaction(() => {
      store.outbox.removeWaiting(key)
      const row = chats.raiseStatus(key, messageStatus.ERROR)
      if (row) failed(row, code)
    })
  }
}

function isForGood(code: ErrorCode): boolean {
  return (
    code !== 'TETHER_ERR_LIMIT' && code !== 'TETHER_ERR_PHONE_AWAY' && code !== 'TETHER_ERR_IDENTITY_CHANGED'
  )
}

/** What the other phone gets: seen from its side, with the sender's name and without what is only ours. */
function outgoing(info: WebMessageInfo, ownJid: string, pushName: string): WebMessageInfo {
  const copy = decodeWebMessage(encodeWebMessage(info))
  copy.key.remoteJid = ownJid
  copy.key.fromMe = false
  copy.pushName = pushName
  keepToOneself(copy)
  return copy
}

function bundleOf({ registrationId, identityKey, signedPrekey, prekey }: PrekeyBundle): Bundle {
  return {
    registrationId,
    identityKey: parseBase64(identityKey),
    signedPrekey: {
      id: signedPrekey.id,
      key: parseBase64(signedPrekey.key),
      signature: parseBase64(signedPrekey.signature),
    },
    ...(prekey && { prekey: { id: prekey.id, key: parseBase64(prekey.key) } }),
  }
}
