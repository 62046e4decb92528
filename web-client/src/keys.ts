/**
 * What a paired browser keeps, and the port that keeps it. Whoever holds these can read and write as this browser
 * (research W3), so they go nowhere else: not into traces, logs or errors.
 */
export interface Credentials {
  /** base64 of 16 random bytes; made once and kept through pairing and resumes (spec 4). */
  readonly clientId: string
  /** Own address, `number@c.us` as Conn spells it. */
  readonly wid: string
  readonly pushname: string
  readonly clientToken: string
  readonly serverToken: string
  readonly browserToken: string
  /** 32 bytes each. */
  readonly encKey: Uint8Array
  readonly macKey: Uint8Array
}

export interface KeyStore {
  /** Null when this browser is not paired. */
  load(): Promise<Credentials | null>
  save(credentials: Credentials): Promise<void>
  /** Forgets everything; a second call does nothing. */
  clear(): Promise<void>
}

export function memoryKeyStore(first: Credentials | null = null): KeyStore {
  let kept = first
  return {
    load: async () => kept,
    async save(credentials) {
      kept = credentials
    },
    async clear() {
      kept = null
    },
  }
}
