/**
 * The encrypted container of a phone: private keys, Signal sessions, companion keys and consent. It stands for the
 * secure enclave: other parts of the phone use a key inside `use`, after which it is wiped; none leaves the phone.
 *
 * A sealed value is version(1) + iv(12) + AES-256-GCM ciphertext + tag(16); the name of the value is authenticated
 * with it, so values cannot be swapped.
 */
import { createCipheriv, createDecipheriv, scryptSync } from 'node:crypto'
import { concat, utf8, utf8Text } from 'proto/bytes'
import type { Entropy } from 'proto/entropy'
import { TetherError } from 'proto/errors'
import type { VaultRows } from './store.ts'

const VERSION = 1
const IV_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32
const CHECK = 'check'
const CHECK_TEXT = 'tether vault 1'

// N = 2^15, r = 8, p = 1: about 50 ms and 32 MB, once per start
const SCRYPT = { N: 32_768, r: 8, p: 1, maxmem: 67_108_864 }

/** The 32-byte key of a vault from a passphrase; `salt` names the phone, for example its number. */
export function deriveVaultKey(passphrase: string, salt: string): Uint8Array {
  return new Uint8Array(scryptSync(passphrase, `tether vault ${salt}`, KEY_BYTES, SCRYPT))
}

/** How often a value was opened since the start. */
export interface VaultUse {
  readonly uses: number
  readonly lastUsedAt: number | null
}

export class Vault {
  readonly #used = new Map<string, { uses: number; lastUsedAt: number | null }>()
  readonly #now: () => number
  readonly #rows: VaultRows
  readonly #key: Uint8Array
  readonly #entropy: Entropy

  /** Opens the vault of a store, or starts it when it is empty. Throws TETHER_ERR_VAULT, TETHER_ERR_KEY_LENGTH. */
  constructor(rows: VaultRows, key: Uint8Array, entropy: Entropy, now: () => number) {
    this.#now = now
    if (key.length !== KEY_BYTES) throw new TetherError('TETHER_ERR_KEY_LENGTH', 'the vault key has 32 bytes')
    this.#rows = rows
    this.#key = new Uint8Array(key)
    this.#entropy = entropy
    if (rows.names('').length === 0) this.putText(CHECK, CHECK_TEXT)
    if (this.findText(CHECK) !== CHECK_TEXT) throw new TetherError('TETHER_ERR_VAULT', 'no check value')
  }

  put(name: string, value: Uint8Array): void {
    this.#rows.put(name, this.#seal(name, value))
  }

  putText(name: string, text: string): void {
    this.put(name, utf8(text))
  }

  /** Opens a value for the time of `task` and wipes it. Null when there is none. Throws TETHER_ERR_VAULT. */
  use<T>(name: string, task: (value: Uint8Array) => T): T | null {
    const sealed = this.#rows.find(name)
    if (sealed === null) return null
    const value = this.#open(name, sealed)
    this.#note(name)
    try {
      return task(value)
    } finally {
      value.fill(0)
    }
  }

  /** A value that is text, such as a Signal session. Null when there is none. */
  findText(name: string): string | null {
    return this.use(name, utf8Text)
  }

  has(name: string): boolean {
    return this.#rows.find(name) !== null
  }

  remove(name: string): void {
    this.#rows.remove(name)
    this.#used.delete(name)
  }

  useOf(name: string): VaultUse {
    return this.#used.get(name) ?? { uses: 0, lastUsedAt: null }
  }

  /** What is in it, by name; for the screen. */
  names(prefix = ''): { readonly name: string; readonly at: number }[] {
    return this.#rows.names(prefix).filter(({ name }) => name !== CHECK)
  }

  #note(name: string): void {
    const used = this.#used.get(name)
    if (used === undefined) this.#used.set(name, { uses: 1, lastUsedAt: this.#now() })
    else {
      used.uses += 1
      used.lastUsedAt = this.#now()
    }
  }

  #seal(name: string, value: Uint8Array): Uint8Array {
    const iv = this.#entropy.bytes(IV_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv)
    cipher.setAAD(utf8(name))
    return concat(new Uint8Array([VERSION]), iv, cipher.update(value), cipher.final(), cipher.getAuthTag())
  }

  #open(name: string, sealed: Uint8Array): Uint8Array {
    const end = sealed.length - TAG_BYTES
    if (sealed[0] !== VERSION || end < 1 + IV_BYTES)
      throw new TetherError('TETHER_ERR_VAULT', `${name} is malformed`)
    const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(1, 1 + IV_BYTES))
    decipher.setAAD(utf8(name))
    decipher.setAuthTag(sealed.subarray(end))
    try {
      const plain = decipher.update(sealed.subarray(1 + IV_BYTES, end))
      decipher.final()
      const value = new Uint8Array(plain)
      plain.fill(0)
      return value
    } catch (cause) {
      throw new TetherError('TETHER_ERR_VAULT', name, { cause })
    }
  }
}
