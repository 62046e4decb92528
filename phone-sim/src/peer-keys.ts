/**
 * What this phone believes about the keys of other phones: opens a Signal session from the server's bundle, and minds
 * when somebody has another identity key than before.
 */
import { parseBase64 } from 'proto/base64'
import { codeOf } from 'proto/errors'
import type { PrekeyBundle } from 'proto/phone-link'
import { numberOf } from './addresses.ts'
import type { Audit } from './audit.ts'
import type { Keychain } from './keychain.ts'
import type { PhoneEvents } from './phone-events.ts'
import type { Bundle, Signal } from './signal-port.ts'
import type { PhoneStore } from './store.ts'
import type { Uplink } from './uplink.ts'

const WEAK = 'weakSessions'

export interface PeerKeysOptions {
  readonly store: PhoneStore
  readonly keychain: Keychain
  readonly signal: Signal
  readonly uplink: Pick<Uplink, 'isAttached' | 'request'>
  readonly audit: Audit
  readonly events: PhoneEvents
}

export class PeerKeys {
  readonly #options: PeerKeysOptions

  constructor(options: PeerKeysOptions) {
    this.#options = options
  }

  /**
   * Whether there is a session now. Without a link there is none to be had. Throws TETHER_ERR_IDENTITY_CHANGED, and what
   * the server answers when it gives no bundle.
   */
  async openSession(jid: string): Promise<boolean> {
    const { signal, uplink, store, keychain } = this.#options
    const number = numberOf(jid)
    if (signal.hasSession(number)) return true
    if (!uplink.isAttached) return false
    try {
      const bundle = bundleOf(await uplink.request('bundle', { number }))
      await signal.startSession(number, bundle, ({ changes }) =>
        store.transaction(() => {
          keychain.apply(changes)
          if (bundle.prekey === undefined) this.weak(jid, 'bundle')
        }),
      )
      return true
    } catch (error) {
      if (codeOf(error) === 'TETHER_ERR_IDENTITY_CHANGED') this.changed(jid)
      throw error
    }
  }

  /** Trusts the key that this person has now; the next message opens a new session. */
  accept(jid: string, key: Uint8Array): void {
    const { store, keychain, audit } = this.#options
    store.transaction(() => {
      keychain.storeTrust(numberOf(jid), key)
      keychain.removeSession(numberOf(jid))
      store.outbox.freeLegs(numberOf(jid))
      audit.record('identity.accepted', { jid })
    })
  }

  /** The key under which the server knows this person now. */
  async fetch(jid: string): Promise<Uint8Array> {
    const bundle = await this.#options.uplink.request('bundle', { number: numberOf(jid) })
    return parseBase64(bundle.identityKey)
  }

  /**
   * A conversation begins without a one-time prekey: whoever steals the signed prekey within its life can read the first
   * messages. Counted and recorded, in the transaction: many of them mean that somebody withholds or depletes (research
   * W7, E3).
   */
  weak(jid: string, by: 'bundle' | 'firstMessage'): void {
    const { store, audit } = this.#options
    store.facts.put(WEAK, String(Number(store.facts.find(WEAK) ?? '0') + 1))
    audit.record('session.weak', { jid, by })
  }

  /** Tells the person that a contact has another key than before. */
  changed(jid: string): void {
    const { audit, events } = this.#options
    audit.record('identity.changed', { jid })
    events.emit({ type: 'identityChanged', jid })
  }
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
