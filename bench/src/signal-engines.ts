/**
 * Three Signal implementations behind one small interface: two parties in one process, each keeping its state
 * serialized in memory maps and reading it back for every message. Each is loaded only when asked for, as the
 * library's settings are global to its process.
 */
import { createRequire } from 'node:module'
import type * as Official from '@signalapp/libsignal-client'
import { realClock, systemEntropy } from 'proto/system'

export interface Engine {
  /** Keys of one party: identity, signed prekey and 100 one-time prekeys. */
  makeKeys(): Promise<unknown>
  /** Two parties, the first of which has a session from the other's bundle. */
  meet(): Promise<Pair>
}
export interface Pair {
  /** Encrypts by one party and decrypts by the other; the direction is who writes. */
  carry(from: 0 | 1, text: string): Promise<string>
}

export const engines = { ours: openOurs, library: openLibrary, official: openOfficial } as const
export type EngineName = keyof typeof engines

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
const text = (plain: ArrayBuffer | Uint8Array): string => new TextDecoder().decode(plain)
const names = ['alice', 'bob'] as const
const PREKEY_MESSAGE = 3 // as both libraries number it

async function openOurs(): Promise<Engine> {
  const { createSignal } = await import('phone-sim/signal')
  const keys = await import('phone-sim/signal-crypto')
  const makeKeys = () => {
    const identity = keys.generateIdentity(systemEntropy)
    const ids = Array.from({ length: 100 }, (_, at) => at + 1)
    const prekeys = new Map(keys.generatePrekeys(systemEntropy, ids).map((prekey) => [prekey.id, prekey]))
    return { identity, prekeys, signedPrekey: keys.generateSignedPrekey(systemEntropy, identity, 1) }
  }
  const party = () => {
    const own = makeKeys()
    const sessions = new Map<string, string>()
    const identities = new Map<string, Uint8Array>()
    const signal = createSignal({
      entropy: systemEntropy,
      clock: realClock,
      state: {
        loadOwnIdentity: () => own.identity,
        loadIdentity: (remote) => identities.get(remote),
        loadSession: (remote) => sessions.get(remote),
        loadPrekey: (id) => own.prekeys.get(id),
        loadSignedPrekey: () => own.signedPrekey,
      },
    })
    type Result = Parameters<Parameters<typeof signal.startSession>[2]>[0]
    const commit = <R extends Result>(result: R): R => {
      const { session, identity, usedPrekey } = result.changes
      sessions.set(session.remote, session.record)
      if (identity) identities.set(identity.remote, identity.key)
      if (usedPrekey) own.prekeys.delete(usedPrekey)
      return result
    }
    return { own, signal, commit }
  }
  return {
    makeKeys: async () => makeKeys(),
    async meet() {
      const parties = [party(), party()] as const
      const { identity, prekeys, signedPrekey } = parties[1].own
      const bundle = {
        registrationId: identity.registrationId,
        identityKey: identity.publicKey,
        signedPrekey: { id: 1, key: signedPrekey.publicKey, signature: signedPrekey.signature },
        prekey: { id: 1, key: prekeys.get(1)!.publicKey },
      }
      await parties[0].signal.startSession('bob', bundle, parties[0].commit)
      return {
        async carry(from, said) {
          const [sender, receiver] = [parties[from], parties[from === 0 ? 1 : 0]]
          const to = names[from === 0 ? 1 : 0]
          const { kind, body } = await sender.signal.encrypt(to, bytes(said), sender.commit)
          return text((await receiver.signal.decrypt(names[from], kind, body, receiver.commit)).plaintext)
        },
      }
    },
  }
}

interface LibraryKeyPair {
  pubKey: ArrayBuffer
  privKey: ArrayBuffer
}
interface Library {
  KeyHelper: {
    generateIdentityKeyPair(): Promise<LibraryKeyPair>
    generatePreKey(id: number): Promise<{ keyPair: LibraryKeyPair }>
    generateSignedPreKey(
      identity: LibraryKeyPair,
      id: number,
    ): Promise<{ keyPair: LibraryKeyPair; signature: ArrayBuffer }>
  }
  SignalProtocolAddress: new (name: string, device: number) => object
  SessionBuilder: new (store: object, address: object) => { processPreKey(device: object): Promise<unknown> }
  SessionCipher: new (
    store: object,
    address: object,
  ) => {
    encrypt(plain: ArrayBuffer): Promise<{ type: number; body: string }>
    decryptPreKeyWhisperMessage(body: string, encoding: 'binary'): Promise<ArrayBuffer>
    decryptWhisperMessage(body: string, encoding: 'binary'): Promise<ArrayBuffer>
  }
}

async function openLibrary(): Promise<Engine> {
  const require = createRequire(import.meta.resolve('phone-sim/signal'))
  const library = require('@privacyresearch/libsignal-protocol-typescript') as Library
  const makeKeys = async () => {
    const identity = await library.KeyHelper.generateIdentityKeyPair()
    const prekeys = new Map<number, LibraryKeyPair>()
    for (let id = 1; id <= 100; id++) prekeys.set(id, (await library.KeyHelper.generatePreKey(id)).keyPair)
    return { identity, prekeys, signed: await library.KeyHelper.generateSignedPreKey(identity, 1) }
  }
  const party = async () => {
    const own = await makeKeys()
    const sessions = new Map<string, string>()
    const store = {
      getIdentityKeyPair: async () => own.identity,
      getLocalRegistrationId: async () => 7,
      isTrustedIdentity: async () => true,
      saveIdentity: async () => true,
      loadPreKey: async (id: number) => own.prekeys.get(id),
      removePreKey: async (id: number) => void own.prekeys.delete(id),
      loadSignedPreKey: async () => own.signed.keyPair,
      loadSession: async (address: string) => sessions.get(address),
      storeSession: async (address: string, record: string) => void sessions.set(address, record),
    }
    return { own, store }
  }
  return {
    makeKeys,
    async meet() {
      const parties = [await party(), await party()] as const
      const address = names.map((name) => new library.SignalProtocolAddress(name, 1))
      const { identity, prekeys, signed } = parties[1].own
      await new library.SessionBuilder(parties[0].store, address[1]).processPreKey({
        registrationId: 7,
        identityKey: identity.pubKey,
        signedPreKey: { keyId: 1, publicKey: signed.keyPair.pubKey, signature: signed.signature },
        preKey: { keyId: 1, publicKey: prekeys.get(1)!.pubKey },
      })
      return {
        async carry(from, said) {
          const to = from === 0 ? 1 : 0
          const sender = new library.SessionCipher(parties[from].store, address[to])
          const receiver = new library.SessionCipher(parties[to].store, address[from])
          const { type, body } = await sender.encrypt(bytes(said).buffer)
          const isFirst = type === PREKEY_MESSAGE
          return text(
            await (isFirst
              ? receiver.decryptPreKeyWhisperMessage(body, 'binary')
              : receiver.decryptWhisperMessage(body, 'binary')),
          )
        },
      }
    },
  }
}

async function openOfficial(): Promise<Engine> {
  const official: typeof Official = await import('@signalapp/libsignal-client')
  const now = () => new Date(realClock.now())
  const makeKeys = async () => {
    const identity = official.PrivateKey.generate()
    const prekeys = new Map<number, Uint8Array<ArrayBuffer>>()
    for (let id = 1; id <= 100; id++) {
      const key = official.PrivateKey.generate()
      prekeys.set(id, official.PreKeyRecord.new(id, key.getPublicKey(), key).serialize())
    }
    const key = official.PrivateKey.generate()
    const signature = identity.sign(key.getPublicKey().serialize())
    const signed = official.SignedPreKeyRecord.new(1, realClock.now(), key.getPublicKey(), key, signature)
    const kem = official.KEMKeyPair.generate()
    const kemSignature = identity.sign(kem.getPublicKey().serialize())
    const kyber = official.KyberPreKeyRecord.new(1, realClock.now(), kem, kemSignature)
    return { identity, prekeys, signed: signed.serialize(), kyber: kyber.serialize() }
  }
  const party = async () => {
    const own = await makeKeys()
    const saved = new Map<string, Uint8Array<ArrayBuffer>>()
    class Sessions extends official.SessionStore {
      async saveSession(name: Official.ProtocolAddress, record: Official.SessionRecord): Promise<void> {
        saved.set(name.toString(), record.serialize())
      }
      async getSession(name: Official.ProtocolAddress): Promise<Official.SessionRecord | null> {
        const record = saved.get(name.toString())
        return record ? official.SessionRecord.deserialize(record) : null
      }
      async getExistingSessions(): Promise<Official.SessionRecord[]> {
        return []
      }
    }
    class Identities extends official.IdentityKeyStore {
      getIdentityKey = async (): Promise<Official.PrivateKey> => own.identity
      getLocalRegistrationId = async (): Promise<number> => 7
      saveIdentity = async (): Promise<Official.IdentityChange> => official.IdentityChange.NewOrUnchanged
      isTrustedIdentity = async (): Promise<boolean> => true
      getIdentity = async (): Promise<null> => null
    }
    class Prekeys extends official.PreKeyStore {
      savePreKey = async (): Promise<void> => {}
      getPreKey = async (id: number): Promise<Official.PreKeyRecord> =>
        official.PreKeyRecord.deserialize(own.prekeys.get(id)!)
      removePreKey = async (id: number): Promise<void> => void own.prekeys.delete(id)
    }
    class SignedPrekeys extends official.SignedPreKeyStore {
      saveSignedPreKey = async (): Promise<void> => {}
      getSignedPreKey = async (): Promise<Official.SignedPreKeyRecord> =>
        official.SignedPreKeyRecord.deserialize(own.signed)
    }
    class KyberPrekeys extends official.KyberPreKeyStore {
      saveKyberPreKey = async (): Promise<void> => {}
      getKyberPreKey = async (): Promise<Official.KyberPreKeyRecord> =>
        official.KyberPreKeyRecord.deserialize(own.kyber)
      markKyberPreKeyUsed = async (): Promise<void> => {}
    }
    const stores = [
      new Sessions(),
      new Identities(),
      new Prekeys(),
      new SignedPrekeys(),
      new KyberPrekeys(),
    ] as const
    return { own, stores }
  }
  return {
    makeKeys,
    async meet() {
      const parties = [await party(), await party()] as const
      const address = names.map((name) => official.ProtocolAddress.new(name, 1))
      const { own } = parties[1]
      const signed = official.SignedPreKeyRecord.deserialize(own.signed)
      const kyber = official.KyberPreKeyRecord.deserialize(own.kyber)
      const prekey = official.PreKeyRecord.deserialize(own.prekeys.get(1)!)
      const bundle = official.PreKeyBundle.new(
        7,
        1,
        1,
        prekey.publicKey(),
        1,
        signed.publicKey(),
        signed.signature(),
        own.identity.getPublicKey(),
        1,
        kyber.publicKey(),
        kyber.signature(),
      )
      const [sessions, identities] = parties[0].stores
      await official.processPreKeyBundle(bundle, address[1], address[0], sessions, identities, now())
      return {
        async carry(from, said) {
          const to = from === 0 ? 1 : 0
          const [sent, ids] = parties[from].stores
          const message = await official.signalEncrypt(
            bytes(said),
            address[to],
            address[from],
            sent,
            ids,
            now(),
          )
          const body = message.serialize()
          const [received, own, ...prekeys] = parties[to].stores
          if (message.type() === PREKEY_MESSAGE) {
            const first = official.PreKeySignalMessage.deserialize(body)
            return text(
              await official.signalDecryptPreKey(
                first,
                address[from],
                address[to],
                received,
                own,
                ...prekeys,
              ),
            )
          }
          const later = official.SignalMessage.deserialize(body)
          return text(await official.signalDecrypt(later, address[from], address[to], received, own))
        },
      }
    },
  }
}
