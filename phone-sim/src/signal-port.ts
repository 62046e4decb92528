/**
 * What the phone and its Signal engine know of each other: plain reads of durable state in, staged changes out.
 * Nothing here knows the library, SQLite or the network. Research: reliability 2.2 (one transaction) and 6.
 *
 * Public keys are 33 bytes (type byte 5 first), private keys 32, signatures 64. A `remote` is the number of the
 * other phone. Ids of prekeys start at 1 (0 means "none" on the wire).
 */

export interface KeyPair {
  readonly publicKey: Uint8Array
  readonly privateKey: Uint8Array
}

/** The long-term key of a phone and the registration id (1 to 16380) it was made with. */
export interface Identity extends KeyPair {
  readonly registrationId: number
}

export interface Prekey extends KeyPair {
  readonly id: number
}

/** `signature` is made by the identity key over the 33 bytes of `publicKey`. */
export interface SignedPrekey extends Prekey {
  readonly signature: Uint8Array
}

/** What is needed to write to a phone for the first time: PrekeyBundle of proto/phone-link with decoded bytes. */
export interface Bundle {
  readonly registrationId: number
  readonly identityKey: Uint8Array
  readonly signedPrekey: { readonly id: number; readonly key: Uint8Array; readonly signature: Uint8Array }
  readonly prekey?: { readonly id: number; readonly key: Uint8Array }
}

/**
 * Durable state of one phone, read synchronously at the start of an operation. It must show what the last
 * `commit` wrote, even while the transaction of that commit still waits for its sync.
 */
export interface SignalState {
  loadOwnIdentity(): Identity
  /** The identity key last accepted for this remote, 33 bytes. */
  loadIdentity(remote: string): Uint8Array | undefined
  /** The record of an earlier `SignalChanges.session`, unchanged. */
  loadSession(remote: string): string | undefined
  loadPrekey(id: number): KeyPair | undefined
  loadSignedPrekey(id: number): KeyPair | undefined
}

/** Rows to write in the same transaction as the message they belong to; absent means unchanged. */
export interface SignalChanges {
  /** Replaces the session record; opaque text of a few kilobytes, secret. */
  readonly session: { readonly remote: string; readonly record: string }
  /** First contact: this key is now the trusted one. */
  readonly identity?: { readonly remote: string; readonly key: Uint8Array }
  /** A one-time prekey that was used up: delete it. */
  readonly usedPrekey?: number
}

export type SignalKind = 'prekey' | 'whisper'

export interface Encrypted {
  readonly kind: SignalKind
  readonly body: Uint8Array
  readonly changes: SignalChanges
}

export interface Decrypted {
  readonly plaintext: Uint8Array
  readonly changes: SignalChanges
}

export interface Started {
  readonly changes: SignalChanges
}

/**
 * The engine of one phone. Each operation reads the state, computes, and calls `commit` once, synchronously, with
 * its result; no other operation of this phone reads the state before `commit` has returned. So `commit` writes
 * `changes` and the message in one transaction, and what it returns (or the promise of it) is what the caller
 * gets. If the operation fails, or `commit` throws, nothing has changed and the same call may be made again.
 */
export interface Signal {
  /** Is there a session to write in? If not, `startSession` first. */
  hasSession(remote: string): boolean

  /**
   * Opens a session from a bundle; the first messages are then of kind `prekey`. Throws
   * TETHER_ERR_IDENTITY_CHANGED when another key is trusted for this remote, TETHER_ERR_SIGNATURE when the signed
   * prekey is not signed by it, TETHER_ERR_KEY_LENGTH and TETHER_ERR_KEY_LOW_ORDER for keys that are none.
   */
  startSession<T>(remote: string, bundle: Bundle, commit: (result: Started) => T): Promise<Awaited<T>>

  /**
   * Throws TETHER_ERR_SIGNAL_MESSAGE when there is no session, TETHER_ERR_IDENTITY_CHANGED when the session is
   * with another key than the trusted one.
   */
  encrypt<T>(remote: string, plaintext: Uint8Array, commit: (result: Encrypted) => T): Promise<Awaited<T>>

  /**
   * Throws TETHER_ERR_SIGNAL_MESSAGE (altered, repeated, too far ahead, for an unknown session or prekey),
   * TETHER_ERR_IDENTITY_CHANGED (first message under a key that is not the trusted one: show it, and after
   * consent store `identityOf(body)` as trusted and decrypt again) or TETHER_ERR_LIMIT (too many failures of this
   * remote within a minute: leave the message in the mailbox and try later).
   */
  decrypt<T>(
    remote: string,
    kind: SignalKind,
    body: Uint8Array,
    commit: (result: Decrypted) => T,
  ): Promise<Awaited<T>>
}
