/**
 * The Signal engine of one phone, and the fence around the library. The library computes the handshake and the
 * ratchet; which session, which identity, what is kept and when it counts is decided here. Every row of research
 * reliability 6.1 is answered in this module or in one it imports.
 */
import type { Clock } from 'proto/clock'
import type { Entropy } from 'proto/entropy'
import { TetherError } from 'proto/errors'
import type { PhonesMeasures } from 'proto/phones-measures'
import type { PhonesMeters } from './phones-meters.ts'
import { assertNearStart, chooseSessions, findOpen, isWith } from './signal-choice.ts'
import { assertPublicKey, assertSignature } from './signal-crypto.ts'
import { parsePrekey, parseWhisper, type PrekeyEnvelope } from './signal-envelope.ts'
import { beginDrawing, endDrawing } from './signal-facade.ts'
import { failureBudget } from './signal-failures.ts'
import {
  signalLibrary,
  type LibraryBuilder,
  type LibraryCipher,
  type LibraryRecord,
} from './signal-library.ts'
import type { Bundle, Signal, SignalChanges, SignalState } from './signal-port.ts'
import { arrayBuffer, formatRecord, parseRecord, prune, type Sessions } from './signal-record.ts'
import { stagedStore, storedKeyPair, type StagedStore } from './signal-store.ts'

const PREKEY_MESSAGE = 3
const THEIRS = 2 // base key type of a session the other side began

// The primitives are synchronous, so an operation is all computation: one at a time in the whole process costs
// nothing, and the library's random source, which is global to it, always is that of the phone at work.
let queue: Promise<unknown> = Promise.resolve()

function exclusive<T>(task: () => Promise<T>): Promise<T> {
  const result = queue.then(task)
  queue = result.catch(() => {})
  return result
}

const CACHED_RECORDS = 64

interface Outcome<R> {
  readonly result: R
  readonly sessions: Sessions
}

type Operation = keyof PhonesMeasures['signal']['values']

export interface SignalOptions {
  readonly state: SignalState
  readonly entropy: Entropy
  readonly clock: Clock
  /** Measures how long the computing takes. */
  readonly meters?: PhonesMeters | undefined
}

/** The engine of one phone; `entropy` is its own, `clock` refills the budget for messages that do not decrypt. */
export function createSignal(of: SignalOptions): Signal {
  const { state, entropy, clock, meters } = of
  const failures = failureBudget(of.clock)
  // Parsed records, valid only while the state still holds the very text they were written as.
  const records = new Map<string, { text: string; sessions: Sessions }>()

  // An operation changes the parsed record in place, so it takes it out of the cache; only success puts it back.
  function takeSessions(remote: string): { text: string; sessions: Sessions } | undefined {
    const text = state.loadSession(remote)
    const known = records.get(remote)
    records.delete(remote)
    if (text === undefined) return undefined
    return known?.text === text ? known : { text, sessions: parseRecord(text) }
  }

  async function operation<R extends { changes: SignalChanges }, T>(
    name: Operation,
    remote: string,
    compute: () => Promise<Outcome<R>>,
    commit: (result: R) => T,
  ): Promise<Awaited<T>> {
    const done = await exclusive(async () => {
      let outcome: Outcome<R>
      const begunAt = clock.now()
      beginDrawing(entropy)
      try {
        outcome = await compute()
      } finally {
        endDrawing()
        meters?.buckets('signal', name).addMs(clock.now() - begunAt)
      }
      const value = commit(outcome.result)
      records.set(remote, { text: outcome.result.changes.session.record, sessions: outcome.sessions })
      for (const oldest of records.keys()) {
        if (records.size <= CACHED_RECORDS) break
        records.delete(oldest)
      }
      return { value } // in a box: what commit may wait for is not waited for here
    })
    return await done.value
  }

  function tools(
    remote: string,
    text?: string,
  ): { store: StagedStore; cipher: LibraryCipher; builder: LibraryBuilder } {
    const { SessionCipher, SessionBuilder, SignalProtocolAddress } = signalLibrary()
    const own = state.loadOwnIdentity()
    const store = stagedStore(state, storedKeyPair(own), own.registrationId, text)
    const address = new SignalProtocolAddress(remote, 1)
    return { store, cipher: new SessionCipher(store, address), builder: new SessionBuilder(store, address) }
  }

  function recordOf(sessions: Sessions): LibraryRecord {
    const record = new (signalLibrary().SessionRecord)()
    record.sessions = sessions
    record.serialize = () => '' // written by formatRecord when the step is complete
    return record
  }

  function changesOf(
    remote: string,
    sessions: Sessions,
    firstIdentity?: Uint8Array,
    usedPrekey?: number,
  ): SignalChanges {
    prune(sessions)
    return {
      session: { remote, record: formatRecord(sessions) },
      ...(firstIdentity ? { identity: { remote, key: firstIdentity } } : {}),
      ...(usedPrekey ? { usedPrekey } : {}),
    }
  }

  /** Throws TETHER_ERR_IDENTITY_CHANGED; answers whether this key is the first one of the contact. */
  function assertTrusted(remote: string, key: Uint8Array): boolean {
    const trusted = state.loadIdentity(remote)
    if (trusted && !Buffer.from(trusted).equals(key)) throw new TetherError('TETHER_ERR_IDENTITY_CHANGED')
    return !trusted
  }

  async function start(remote: string, bundle: Bundle): Promise<Outcome<{ changes: SignalChanges }>> {
    assertBundle(bundle)
    const isFirst = assertTrusted(remote, bundle.identityKey)
    const { store, builder } = tools(remote, state.loadSession(remote))
    const { signedPrekey, prekey } = bundle
    await builder.processPreKeyJob({
      registrationId: bundle.registrationId,
      identityKey: arrayBuffer(bundle.identityKey),
      signedPreKey: {
        keyId: signedPrekey.id,
        publicKey: arrayBuffer(signedPrekey.key),
        signature: arrayBuffer(signedPrekey.signature),
      },
      ...(prekey ? { preKey: { keyId: prekey.id, publicKey: arrayBuffer(prekey.key) } } : {}),
    })
    const sessions = parseRecord(store.written!)
    return {
      result: { changes: changesOf(remote, sessions, isFirst ? bundle.identityKey : undefined) },
      sessions,
    }
  }

  async function seal(remote: string, plaintext: Uint8Array) {
    const taken = takeSessions(remote)
    const open = taken && findOpen(taken.sessions)
    if (!open) throw new TetherError('TETHER_ERR_SIGNAL_MESSAGE', 'no session to write in')
    if (!isWith(open, state.loadIdentity(remote))) throw new TetherError('TETHER_ERR_IDENTITY_CHANGED')
    const { cipher } = tools(remote)
    const record = recordOf(taken.sessions)
    cipher.getRecord = async () => record
    const message = await cipher.encryptJob(arrayBuffer(plaintext))
    const kind = message.type === PREKEY_MESSAGE ? ('prekey' as const) : ('whisper' as const)
    const body = new Uint8Array(Buffer.from(message.body, 'latin1'))
    return { result: { kind, body, changes: changesOf(remote, record.sessions) }, sessions: record.sessions }
  }

  async function openWhisper(remote: string, message: Uint8Array, only?: (sessions: Sessions) => Sessions) {
    const header = parseWhisper(message)
    const taken = takeSessions(remote)
    if (!taken) throw new TetherError('TETHER_ERR_SIGNAL_MESSAGE', 'no session')
    const names = chooseSessions(
      only ? only(taken.sessions) : taken.sessions,
      header,
      state.loadIdentity(remote),
    )
    failures.assertLeft(remote)
    const { cipher } = tools(remote)
    let sessions = taken.sessions
    for (const [attempt, name] of names.entries()) {
      if (attempt > 0) sessions = parseRecord(taken.text) // a failed attempt has left its traces
      const session = sessions[name]!
      const plaintext = await tried(cipher.doDecryptWhisperMessage(message, session))
      if (!plaintext) continue
      const record = recordOf(sessions)
      if (session !== findOpen(sessions)) {
        record.archiveCurrentState()
        record.promoteState(session)
      }
      record.updateSessionState(session)
      return {
        result: { plaintext: new Uint8Array(plaintext), changes: changesOf(remote, sessions) },
        sessions,
      }
    }
    failures.count(remote)
    throw new TetherError('TETHER_ERR_SIGNAL_MESSAGE')
  }

  async function openPrekey(remote: string, body: Uint8Array) {
    const envelope = parsePrekey(body)
    const isFirst = assertTrusted(remote, envelope.identityKey)
    const name = Buffer.from(envelope.baseKey).toString('latin1')
    const text = state.loadSession(remote)
    const sessions = text === undefined ? {} : parseRecord(text)
    if (sessions[name]?.indexInfo.baseKeyType === THEIRS) {
      return openWhisper(remote, envelope.message, (all) => ({ [name]: all[name]! }))
    }
    assertNearStart(envelope.whisper)
    assertPrekeys(envelope, state)
    failures.assertLeft(remote)
    const { builder, cipher } = tools(remote)
    const record = recordOf(sessions)
    const plaintext = await tried(accept(record, envelope, builder, cipher))
    if (!plaintext) {
      failures.count(remote)
      throw new TetherError('TETHER_ERR_SIGNAL_MESSAGE')
    }
    const firstIdentity = isFirst ? envelope.identityKey : undefined
    const changes = changesOf(remote, record.sessions, firstIdentity, envelope.prekeyId)
    return { result: { plaintext: new Uint8Array(plaintext), changes }, sessions: record.sessions }
  }

  return {
    hasSession: (remote) => state.loadSession(remote) !== undefined,
    startSession: (remote, bundle, commit) => operation('start', remote, () => start(remote, bundle), commit),
    encrypt: (remote, plaintext, commit) =>
      operation('encrypt', remote, () => seal(remote, plaintext), commit),
    decrypt(remote, kind, body, commit) {
      const bytes = new Uint8Array(body)
      const open = kind === 'prekey' ? openPrekey : openWhisper
      return operation('decrypt', remote, () => open(remote, bytes), commit)
    },
  }
}

async function accept(
  record: LibraryRecord,
  envelope: PrekeyEnvelope,
  builder: LibraryBuilder,
  cipher: LibraryCipher,
): Promise<ArrayBuffer> {
  await builder.processV3(record, {
    // Nothing authenticates the registration id of a first message, so it must have no effect.
    registrationId: 0,
    preKeyId: envelope.prekeyId,
    signedPreKeyId: envelope.signedPrekeyId,
    baseKey: envelope.baseKey,
    identityKey: envelope.identityKey,
  })
  const session = findOpen(record.sessions)!
  session.indexInfo.remoteIdentityKey = arrayBuffer(envelope.identityKey)
  session.indexInfo.baseKey = arrayBuffer(envelope.baseKey)
  session.currentRatchet.lastRemoteEphemeralKey = session.indexInfo.baseKey
  return cipher.doDecryptWhisperMessage(envelope.message, session)
}

/** Throws TETHER_ERR_SIGNAL_MESSAGE: without these keys the library would compute a session that cannot decrypt. */
function assertPrekeys(envelope: PrekeyEnvelope, state: SignalState): void {
  const { prekeyId, signedPrekeyId } = envelope
  if (!state.loadSignedPrekey(signedPrekeyId))
    throw new TetherError('TETHER_ERR_SIGNAL_MESSAGE', 'unknown signed prekey')
  if (prekeyId && !state.loadPrekey(prekeyId))
    throw new TetherError('TETHER_ERR_SIGNAL_MESSAGE', 'unknown prekey')
}

function assertBundle(bundle: Bundle): void {
  assertPublicKey(bundle.identityKey, 'identity key')
  assertPublicKey(bundle.signedPrekey.key, 'signed prekey')
  if (bundle.prekey) assertPublicKey(bundle.prekey.key, 'prekey')
  if (bundle.signedPrekey.id < 1 || (bundle.prekey && bundle.prekey.id < 1)) {
    throw new TetherError('TETHER_ERR_BODY', 'prekey ids start at 1')
  }
  assertSignature(bundle.identityKey, bundle.signedPrekey.key, bundle.signedPrekey.signature)
}

/** Undefined when the bytes did not decrypt; an error of ours or of the machine is none of the sender's. */
async function tried(attempt: Promise<ArrayBuffer>): Promise<ArrayBuffer | undefined> {
  try {
    return await attempt
  } catch (cause) {
    const isBug = cause instanceof TypeError || cause instanceof RangeError || cause instanceof ReferenceError
    if (isBug) throw new TetherError('TETHER_ERR_INTERNAL', 'Signal', { cause })
    return undefined
  }
}
