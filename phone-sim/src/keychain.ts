/**
 * The Signal state of a phone, kept in its vault: identity, prekeys, sessions, and whom it trusts. Gives the Signal
 * engine what it reads and writes the changes it stages; knows neither the library nor the network.
 */
import { createHmac } from 'node:crypto'
import { concat } from 'proto/bytes'
import { TetherError } from 'proto/errors'
import type { Identity, KeyPair, Prekey, SignalChanges, SignalState, SignedPrekey } from './signal-port.ts'
import type { Vault } from './vault.ts'

const PUBLIC_BYTES = 33
const PRIVATE_BYTES = 32
const IDENTITY = 'identity'

export class Keychain implements SignalState {
  readonly #vault: Vault

  constructor(vault: Vault) {
    this.#vault = vault
  }

  hasIdentity(): boolean {
    return this.#vault.has(IDENTITY)
  }

  storeIdentity(identity: Identity): void {
    const id = new Uint8Array(2)
    new DataView(id.buffer).setUint16(0, identity.registrationId)
    this.#vault.put(IDENTITY, concat(identity.publicKey, identity.privateKey, id))
  }

  loadOwnIdentity(): Identity {
    const identity = this.#vault.use(IDENTITY, (value) => ({
      ...pairOf(value),
      registrationId: new DataView(value.buffer, value.byteOffset).getUint16(PUBLIC_BYTES + PRIVATE_BYTES),
    }))
    if (identity === null) throw new TetherError('TETHER_ERR_VAULT', 'no identity key')
    return identity
  }

  /** What the ids of one-time prekeys follow from (prekey-ids.ts). */
  prekeyIdKey(): Uint8Array {
    return createHmac('sha256', this.loadOwnIdentity().privateKey).update('tether prekey ids').digest()
  }

  storePrekey(prekey: Prekey): void {
    this.#vault.put(prekeyName(prekey.id), bytesOf(prekey))
  }

  loadPrekey(id: number): KeyPair | undefined {
    return this.#vault.use(prekeyName(id), pairOf) ?? undefined
  }

  prekeyCount(): number {
    return this.#vault.names('prekey/').length
  }

  storeSignedPrekey(prekey: SignedPrekey): void {
    this.#vault.put(signedPrekeyName(prekey.id), concat(bytesOf(prekey), prekey.signature))
  }

  loadSignedPrekey(id: number): KeyPair | undefined {
    return this.#vault.use(signedPrekeyName(id), pairOf) ?? undefined
  }

  /** Public half and signature, to publish. */
  signedPrekeyToPublish(id: number): { id: number; key: Uint8Array; signature: Uint8Array } | null {
    return this.#vault.use(signedPrekeyName(id), (value) => ({
      id,
      key: value.slice(0, PUBLIC_BYTES),
      signature: value.slice(PUBLIC_BYTES + PRIVATE_BYTES),
    }))
  }

  /** Signed prekeys of which a first message may still arrive, with the time they were made. */
  signedPrekeys(): { readonly id: number; readonly at: number }[] {
    return this.#vault
      .names('signed-prekey/')
      .map(({ name, at }) => ({ id: Number(name.slice('signed-prekey/'.length)), at }))
  }

  removeSignedPrekey(id: number): void {
    this.#vault.remove(signedPrekeyName(id))
  }

  loadIdentity(remote: string): Uint8Array | undefined {
    return this.#vault.use(trustName(remote), (value) => value.slice()) ?? undefined
  }

  storeTrust(remote: string, key: Uint8Array): void {
    this.#vault.put(trustName(remote), key)
  }

  loadSession(remote: string): string | undefined {
    return this.#vault.findText(sessionName(remote)) ?? undefined
  }

  removeSession(remote: string): void {
    this.#vault.remove(sessionName(remote))
  }

  /** Writes what an operation of the engine changed; called inside the transaction of its message. */
  apply({ session, identity, usedPrekey }: SignalChanges): void {
    this.#vault.putText(sessionName(session.remote), session.record)
    if (identity) this.storeTrust(identity.remote, identity.key)
    if (usedPrekey !== undefined) this.#vault.remove(prekeyName(usedPrekey))
  }
}

const prekeyName = (id: number): string => `prekey/${id}`
const signedPrekeyName = (id: number): string => `signed-prekey/${id}`
const trustName = (remote: string): string => `trust/${remote}`
const sessionName = (remote: string): string => `session/${remote}`

function bytesOf({ publicKey, privateKey }: KeyPair): Uint8Array {
  return concat(publicKey, privateKey)
}

function pairOf(value: Uint8Array): KeyPair {
  return {
    publicKey: value.slice(0, PUBLIC_BYTES),
    privateKey: value.slice(PUBLIC_BYTES, PUBLIC_BYTES + PRIVATE_BYTES),
  }
}
