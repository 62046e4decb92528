/**
 * The library as it comes, for tests that show what the adapter protects from. Each call loads a copy of its own,
 * with its own lock and global settings; the process handlers its curve installs are taken away again.
 */
import { createRequire } from 'node:module'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { curve, primitives } from '../src/signal-facade.ts'
import { arrayBuffer } from '../src/signal-record.ts'
import type { Bundle, SignalKind } from '../src/signal-port.ts'

const require = createRequire(import.meta.url)
export const PACKAGE = '@privacyresearch/libsignal-protocol-typescript'

export interface BareKeyPair {
  pubKey: ArrayBuffer
  privKey: ArrayBuffer
}
interface BareCipher {
  encrypt(plaintext: ArrayBuffer): Promise<{ type: number; body: string }>
  decryptPreKeyWhisperMessage(body: ArrayBuffer | string, encoding?: string): Promise<ArrayBuffer>
  decryptWhisperMessage(body: ArrayBuffer | string, encoding?: string): Promise<ArrayBuffer>
}
export interface Bare {
  KeyHelper: {
    generateIdentityKeyPair(): Promise<BareKeyPair>
    generatePreKey(id: number): Promise<{ keyId: number; keyPair: BareKeyPair }>
    generateSignedPreKey(
      identity: BareKeyPair,
      id: number,
    ): Promise<{ keyId: number; keyPair: BareKeyPair; signature: ArrayBuffer }>
  }
  SessionCipher: new (store: BareStore, address: unknown) => BareCipher
  SessionBuilder: new (
    store: BareStore,
    address: unknown,
  ) => { processPreKey(device: unknown): Promise<unknown> }
  SignalProtocolAddress: new (name: string, device: number) => unknown
  SessionLock: { _promises: unknown[] }
  setCurve(curve: unknown): void
  setWebCrypto(webCrypto: unknown): void
}

const handled = ['uncaughtException', 'unhandledRejection'] as const

/** `fast` puts node:crypto under it, where the primitives are not the point of the test. */
export function bareLibrary({ fast = true } = {}): Bare {
  for (const path of Object.keys(require.cache))
    if (path.includes('@privacyresearch')) Reflect.deleteProperty(require.cache, path)
  const before = handled.map((event) => process.listeners(event as 'uncaughtException'))
  const bare = { ...require(PACKAGE), ...require(`${PACKAGE}/lib/session-lock`) } as Bare
  for (const [at, event] of handled.entries()) {
    for (const listener of process.listeners(event as 'uncaughtException')) {
      if (!before[at].includes(listener)) process.removeListener(event, listener)
    }
  }
  if (fast) {
    bare.setCurve(curve)
    Object.assign((require(`${PACKAGE}/lib/internal/crypto`) as { crypto: object }).crypto, primitives)
  }
  return bare
}

/** The compiled curve under the library. `verify` answers true for an INVALID signature. */
export interface CompiledCurve {
  _module: { HEAPU8: Uint8Array }
  keyPair(random: ArrayBuffer): BareKeyPair
  sharedSecret(publicKey: ArrayBuffer, privateKey: ArrayBuffer): ArrayBuffer
  sign(privateKey: ArrayBuffer, bytes: ArrayBuffer): ArrayBuffer
  verify(publicKey: ArrayBuffer, bytes: ArrayBuffer, signature: ArrayBuffer): boolean
}

export function compiledCurve(): Promise<CompiledCurve> {
  bareLibrary() // loads it, and takes its process handlers away
  const { Curve25519Wrapper } = require('@privacyresearch/curve25519-typescript') as {
    Curve25519Wrapper: { create(): Promise<CompiledCurve> }
  }
  return Curve25519Wrapper.create()
}

/** The store of the library's examples: plain maps, trust as `trusts` says. */
export class BareStore {
  identity: BareKeyPair
  sessions = new Map<string, string>()
  identities = new Map<string, Uint8Array>()
  prekeys = new Map<number, BareKeyPair>()
  signedPrekeys = new Map<number, BareKeyPair>()
  calls: string[] = []
  trusts = (_name: string, _key: ArrayBuffer): boolean => true
  constructor(identity: BareKeyPair) {
    this.identity = identity
  }
  getIdentityKeyPair = async (): Promise<BareKeyPair> => this.identity
  getLocalRegistrationId = async (): Promise<number> => 7
  isTrustedIdentity = async (name: string, key: ArrayBuffer): Promise<boolean> => this.trusts(name, key)
  async saveIdentity(address: string, key: ArrayBuffer): Promise<boolean> {
    this.calls.push('saveIdentity')
    this.identities.set(address, new Uint8Array(key))
    return true
  }
  loadPreKey = async (id: number): Promise<BareKeyPair | undefined> => this.prekeys.get(id)
  loadSignedPreKey = async (id: number): Promise<BareKeyPair | undefined> => this.signedPrekeys.get(id)
  async removePreKey(id: number): Promise<void> {
    this.calls.push('removePreKey')
    this.prekeys.delete(id)
  }
  loadSession = async (address: string): Promise<string | undefined> => this.sessions.get(address)
  async storeSession(address: string, record: string): Promise<void> {
    this.calls.push('storeSession')
    this.sessions.set(address, record)
  }
}

export interface BareParty {
  store: BareStore
  bundle: Bundle
  start(name: string, bundle: Bundle): Promise<unknown>
  encrypt(name: string, text: string): Promise<{ kind: SignalKind; body: Uint8Array }>
  decrypt(name: string, message: { kind: SignalKind; body: Uint8Array }): Promise<string>
}

/** A phone on the bare library, with one one-time prekey of the given id. */
export async function bareParty(bare: Bare, prekeyId = 1): Promise<BareParty> {
  const identity = await bare.KeyHelper.generateIdentityKeyPair()
  const store = new BareStore(identity)
  const prekey = await bare.KeyHelper.generatePreKey(prekeyId)
  const { keyPair } = await bare.KeyHelper.generatePreKey(1)
  store.prekeys.set(prekeyId, prekey.keyPair)
  store.signedPrekeys.set(1, keyPair)
  const { signWithIdentity } = await import('../src/signal-crypto.ts')
  const signer = { publicKey: new Uint8Array(identity.pubKey), privateKey: new Uint8Array(identity.privKey) }
  const cipher = (name: string): BareCipher =>
    new bare.SessionCipher(store, new bare.SignalProtocolAddress(name, 1))
  return {
    store,
    bundle: {
      registrationId: 7,
      identityKey: signer.publicKey,
      signedPrekey: {
        id: 1,
        key: new Uint8Array(keyPair.pubKey),
        signature: signWithIdentity(signer, new Uint8Array(keyPair.pubKey)),
      },
      prekey: { id: prekeyId, key: new Uint8Array(prekey.keyPair.pubKey) },
    },
    start: (name, bundle) =>
      new bare.SessionBuilder(store, new bare.SignalProtocolAddress(name, 1)).processPreKey({
        registrationId: bundle.registrationId,
        identityKey: arrayBuffer(bundle.identityKey),
        signedPreKey: {
          keyId: bundle.signedPrekey.id,
          publicKey: arrayBuffer(bundle.signedPrekey.key),
          signature: arrayBuffer(bundle.signedPrekey.signature),
        },
        ...(bundle.prekey
          ? { preKey: { keyId: bundle.prekey.id, publicKey: arrayBuffer(bundle.prekey.key) } }
          : {}),
      }),
    async encrypt(name, text) {
      const { type, body } = await cipher(name).encrypt(arrayBuffer(Buffer.from(text)))
      return { kind: type === 3 ? 'prekey' : 'whisper', body: new Uint8Array(Buffer.from(body, 'latin1')) }
    },
    async decrypt(name, { kind, body }) {
      const opened = await (kind === 'prekey'
        ? cipher(name).decryptPreKeyWhisperMessage(arrayBuffer(body))
        : cipher(name).decryptWhisperMessage(arrayBuffer(body)))
      return Buffer.from(opened).toString()
    },
  }
}

/** Runs a module in a process of its own, beside the compiled tests; answers its output and exit code. */
export function runAlone(source: string): Promise<{ code: number; output: string }> {
  const cwd = fileURLToPath(new URL('.', import.meta.url))
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--input-type=module', '-e', source],
      { cwd, env: {} },
      (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
    )
  })
}
