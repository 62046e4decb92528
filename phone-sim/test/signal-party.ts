/** A phone reduced to its Signal engine: keys, a store of plain maps, and a commit that writes all changes at once. */
import nodeCrypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import type { Clock } from 'proto/clock'
import { seededEntropy } from 'proto/entropy'
import { generateIdentity, generatePrekeys, generateSignedPrekey } from '../src/signal-crypto.ts'
import type { Bundle, Decrypted, Encrypted, Signal, SignalChanges, SignalKind } from '../src/signal-port.ts'
import { createSignal } from '../src/signal.ts'

export interface Party {
  readonly name: string
  readonly signal: Signal
  readonly clock: StillClock
  readonly sessions: Map<string, string>
  readonly identities: Map<string, Uint8Array>
  readonly prekeys: Map<number, { publicKey: Uint8Array; privateKey: Uint8Array }>
  readonly identity: ReturnType<typeof generateIdentity>
  readonly signedPrekey: ReturnType<typeof generateSignedPrekey>
  /** Reads of the durable state so far. */
  readonly reads: { count: number }
  commit: <R extends { changes: SignalChanges }>(result: R) => R
  /** A bundle with the next one-time prekey, or with none. */
  bundle(withPrekey?: boolean): Bundle
  start(other: Party, withPrekey?: boolean): Promise<unknown>
  encrypt(other: Party, text: string): Promise<Encrypted>
  decrypt(other: Party, message: { kind: SignalKind; body: Uint8Array }): Promise<string>
  /** Everything durable, to compare before and after. */
  snapshot(): string
}

export const textOf = (result: Decrypted): string => Buffer.from(result.plaintext).toString()

export type StillClock = Clock & { ms: number }

/** A clock that stands still until its `ms` is changed. */
export function stillClock(): StillClock {
  return {
    ms: 1_700_000_000_000,
    now() {
      return this.ms
    },
    elapsed() {
      return this.ms
    },
    after: () => ({ cancel() {} }),
    soon: (task) => queueMicrotask(task),
  }
}

export function party(name: string, seed = name, clock = stillClock()): Party {
  const entropy = seededEntropy(seed)
  const identity = generateIdentity(entropy.fork('identity'))
  const signedPrekey = generateSignedPrekey(entropy.fork('signed prekey'), identity, 1)
  const prekeys: Party['prekeys'] = new Map(
    generatePrekeys(
      entropy.fork('prekeys'),
      Array.from({ length: 20 }, (_, at) => at + 1),
    ).map((prekey) => [prekey.id, prekey]),
  )
  const sessions = new Map<string, string>()
  const identities = new Map<string, Uint8Array>()
  const reads = { count: 0 }
  const read = <T>(value: T): T => {
    reads.count++
    return value
  }
  const signal = createSignal({
    entropy: entropy.fork('signal'),
    clock,
    state: {
      loadOwnIdentity: () => read(identity),
      loadIdentity: (remote) => read(identities.get(remote)),
      loadSession: (remote) => read(sessions.get(remote)),
      loadPrekey: (id) => read(prekeys.get(id)),
      loadSignedPrekey: (id) => read(id === signedPrekey.id ? signedPrekey : undefined),
    },
  })
  let handedOut = 0
  const self: Party = {
    name,
    signal,
    clock,
    sessions,
    identities,
    prekeys,
    identity,
    signedPrekey,
    reads,
    commit(result) {
      const { session, identity: accepted, usedPrekey } = result.changes
      sessions.set(session.remote, session.record)
      if (accepted) identities.set(accepted.remote, accepted.key)
      if (usedPrekey) prekeys.delete(usedPrekey)
      return result
    },
    bundle(withPrekey = true) {
      const id = withPrekey ? ++handedOut : 0
      return {
        registrationId: identity.registrationId,
        identityKey: identity.publicKey,
        signedPrekey: { id: signedPrekey.id, key: signedPrekey.publicKey, signature: signedPrekey.signature },
        ...(withPrekey ? { prekey: { id, key: prekeys.get(id)!.publicKey } } : {}),
      }
    },
    start: (other, withPrekey) => signal.startSession(other.name, other.bundle(withPrekey), self.commit),
    encrypt: (other, text) => signal.encrypt(other.name, Buffer.from(text), self.commit),
    decrypt: async (other, { kind, body }) =>
      textOf(await signal.decrypt<Decrypted>(other.name, kind, body, self.commit)),
    snapshot: () =>
      JSON.stringify([
        [...sessions],
        [...identities].map(([who, key]) => [who, [...key]]),
        [...prekeys.keys()],
      ]),
  }
  return self
}

/** Two parties, the first of which has written to the second and had an answer. */
export async function conversation(seed = ''): Promise<[Party, Party]> {
  const alice = party('alice', `alice${seed}`)
  const bob = party('bob', `bob${seed}`)
  await alice.start(bob)
  await bob.decrypt(alice, await alice.encrypt(bob, 'hello'))
  await alice.decrypt(bob, await bob.encrypt(alice, 'hello yourself'))
  return [alice, bob]
}

/** The code of the error a promise rejects with; 'none' if it resolves. */
export async function codeFrom(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'none'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

export function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = new Uint8Array(bytes)
  copy[bit >> 3] ^= 1 << (bit & 7)
  return copy
}

/** Counts the HMACs that this process computes meanwhile: what a message costs, free of noise. */
export async function macsDuring(task: () => Promise<unknown>): Promise<number> {
  const { createHmac } = nodeCrypto
  let macs = 0
  nodeCrypto.createHmac = (...args) => (macs++, createHmac(...args))
  syncBuiltinESMExports()
  try {
    await task()
  } finally {
    nodeCrypto.createHmac = createHmac
    syncBuiltinESMExports()
  }
  return macs
}
