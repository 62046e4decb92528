/**
 * The store handed to the library for one operation: it reads the phone's durable state and keeps every write to
 * itself, so that all of them reach the disk in one commit or none does. Trust was decided before the library
 * runs, so it is never asked again. Research: reliability 6.1 rows 2, 7 and 8.
 */
import type { KeyPair, SignalState } from './signal-port.ts'
import { arrayBuffer, type StoredKeyPair } from './signal-record.ts'

/** What the library asks of a store, with exact ArrayBuffers throughout (row 16). */
export interface LibraryStore {
  getIdentityKeyPair(): Promise<StoredKeyPair>
  getLocalRegistrationId(): Promise<number>
  isTrustedIdentity(): Promise<boolean>
  saveIdentity(): Promise<boolean>
  loadPreKey(id: number | undefined): Promise<StoredKeyPair | undefined>
  loadSignedPreKey(id: number): Promise<StoredKeyPair | undefined>
  removePreKey(): Promise<void>
  loadSession(): Promise<string | undefined>
  storeSession(address: string, record: string): Promise<void>
}

export interface StagedStore extends LibraryStore {
  /** The record the library wrote last. */
  readonly written: string | undefined
}

/** `own` is converted once per phone; `loadedSession` is the record this operation started from. */
export function stagedStore(
  state: SignalState,
  own: StoredKeyPair,
  registrationId: number,
  loadedSession: string | undefined,
): StagedStore {
  let written: string | undefined
  return {
    get written() {
      return written
    },
    getIdentityKeyPair: async () => own,
    getLocalRegistrationId: async () => registrationId,
    isTrustedIdentity: async () => true,
    saveIdentity: async () => true,
    // messages without a one-time prekey ask for none
    loadPreKey: async (id) => (id ? storedKeyPair(state.loadPrekey(id)) : undefined),
    loadSignedPreKey: async (id) => storedKeyPair(state.loadSignedPrekey(id)),
    async removePreKey() {},
    loadSession: async () => written ?? loadedSession,
    async storeSession(_address, record) {
      written = record
    },
  }
}

export function storedKeyPair(pair: KeyPair): StoredKeyPair
export function storedKeyPair(pair: KeyPair | undefined): StoredKeyPair | undefined
export function storedKeyPair(pair: KeyPair | undefined): StoredKeyPair | undefined {
  return pair && { pubKey: arrayBuffer(pair.publicKey), privKey: arrayBuffer(pair.privateKey) }
}
