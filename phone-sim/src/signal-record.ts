/**
 * The session record: the library's own JSON form (version v1), read and written faster, and kept small. The library
 * never deletes a chain, a skipped key or (before 40) an old session; we do after every step. Times in the record
 * are replaced by ordinals, so equal scripts leave equal records. Research: reliability 6.1 rows 4 and 6, E6.
 */
import { TetherError } from 'proto/errors'
import { limits } from 'proto/limits'

const VERSION = 'v1'
/** Ordinals count from 1; what the library writes are milliseconds since 1970. */
const FIRST_TIME = 1e11

export const RECEIVING = 2
export const OPEN = -1

export interface StoredKeyPair<B = ArrayBuffer> {
  pubKey: B
  privKey: B
}

export interface Chain<B = ArrayBuffer> {
  messageKeys: Partial<Record<number, B>>
  /** `key` is absent once the chain is closed. */
  chainKey: { counter: number; key?: B }
  chainType: number
}

export interface Session<B = ArrayBuffer> {
  registrationId?: number
  currentRatchet: {
    rootKey: B
    ephemeralKeyPair?: StoredKeyPair<B>
    lastRemoteEphemeralKey: B
    previousCounter: number
    added?: number
  }
  indexInfo: { remoteIdentityKey: B; closed: number; baseKey: B; baseKeyType: number }
  pendingPreKey?: { baseKey: B; preKeyId?: number; signedKeyId: number }
  oldRatchetList: { added: number; ephemeralKey: B }[]
  /** By the base64 of the ratchet key. */
  chains: Partial<Record<string, Chain<B>>>
}

/** By the binary string of the base key. */
export type Sessions<B = ArrayBuffer> = Partial<Record<string, Session<B>>>

/** Keys are never changed in place, so their text is made once for as long as they live. */
const texts = new WeakMap<object, string>()

export function base64(bytes: ArrayBuffer | Uint8Array): string {
  let text = texts.get(bytes)
  if (text === undefined) {
    text = (
      bytes instanceof Uint8Array
        ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
        : Buffer.from(bytes)
    ).toString('base64')
    texts.set(bytes, text)
  }
  return text
}

/** An exact ArrayBuffer of these bytes: the pooled buffer under a Buffer would show its neighbours. */
export function arrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}

function decode(text: string): ArrayBuffer {
  // a damaged record may hold anything here, and Buffer.from makes as many bytes as an object says it is long
  if (typeof text !== 'string') throw new TypeError('bytes that are no text')
  const buffer = arrayBuffer(Buffer.from(text, 'base64'))
  texts.set(buffer, text)
  return buffer
}

/** Throws TETHER_ERR_STORE_DAMAGED. */
export function parseRecord(text: string): Sessions {
  try {
    const stored = JSON.parse(text) as { version: string; sessions: Sessions<string> }
    if (stored.version !== VERSION) throw new Error('another version')
    return mapValues(stored.sessions, (session) => convert(session, decode))
  } catch (cause) {
    throw new TetherError('TETHER_ERR_STORE_DAMAGED', 'session record', { cause })
  }
}

export function formatRecord(sessions: Sessions): string {
  return JSON.stringify({
    sessions: mapValues(sessions, (session) => convert(session, base64)),
    version: VERSION,
  })
}

function mapValues<A, B>(from: Partial<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(from).map(([key, value]) => [key, change(value as A)]))
}

function whole(value: number): number {
  if (!Number.isSafeInteger(value)) throw new TypeError('not a whole number')
  return value
}

// One description for both directions: every field of a session, with the bytes in it changed.
function convert<A, B>(session: Session<A>, change: (bytes: A) => B): Session<B> {
  const { indexInfo, currentRatchet: ratchet, pendingPreKey: pending } = session
  const pair = ratchet.ephemeralKeyPair
  return {
    indexInfo: {
      closed: whole(indexInfo.closed),
      remoteIdentityKey: change(indexInfo.remoteIdentityKey),
      baseKey: change(indexInfo.baseKey),
      baseKeyType: whole(indexInfo.baseKeyType),
    },
    ...(session.registrationId === undefined ? {} : { registrationId: whole(session.registrationId) }),
    currentRatchet: {
      rootKey: change(ratchet.rootKey),
      ...(pair ? { ephemeralKeyPair: { pubKey: change(pair.pubKey), privKey: change(pair.privKey) } } : {}),
      lastRemoteEphemeralKey: change(ratchet.lastRemoteEphemeralKey),
      previousCounter: whole(ratchet.previousCounter),
    },
    ...(pending ? { pendingPreKey: { ...pending, baseKey: change(pending.baseKey) } } : {}),
    oldRatchetList: session.oldRatchetList.map((old) => ({
      added: whole(old.added),
      ephemeralKey: change(old.ephemeralKey),
    })),
    chains: mapValues(session.chains, ({ chainType, chainKey, messageKeys }) => ({
      chainType: whole(chainType),
      chainKey: {
        ...(chainKey.key === undefined ? {} : { key: change(chainKey.key) }),
        counter: whole(chainKey.counter),
      },
      messageKeys: mapValues(messageKeys, change),
    })),
  }
}

/** Drops, in place, what the limits do not allow to keep. */
export function prune(sessions: Sessions): void {
  const all = Object.entries(sessions) as [string, Session][]
  setOrdinals(
    all.map(([, session]) => session.indexInfo),
    'closed',
  )
  const closed = all
    .filter(([, { indexInfo }]) => indexInfo.closed !== OPEN)
    .sort(([, a], [, b]) => a.indexInfo.closed - b.indexInfo.closed)
  for (const [name] of closed.slice(0, -limits.SIGNAL_CLOSED_SESSIONS.value)) remove(sessions, name)
  for (const session of Object.values(sessions)) if (session) pruneSession(session)
}

function pruneSession(session: Session): void {
  const { currentRatchet: ratchet, chains } = session
  setOrdinals(session.oldRatchetList, 'added')
  session.oldRatchetList = session.oldRatchetList
    .sort((a, b) => a.added - b.added)
    .slice(-limits.SIGNAL_CLOSED_CHAINS.value)
  // oldest first, the current receiving chain last
  const order = session.oldRatchetList.map((old) => base64(old.ephemeralKey))
  order.push(base64(ratchet.lastRemoteEphemeralKey))
  const sending = ratchet.ephemeralKeyPair && base64(ratchet.ephemeralKeyPair.pubKey)
  for (const name of Object.keys(chains)) {
    if (name !== sending && !order.includes(name)) remove(chains, name)
  }
  dropOldestKeys(order.flatMap((name) => chains[name] ?? []))
}

function dropOldestKeys(receiving: readonly Chain[]): void {
  const counters = receiving.map((chain) => Object.keys(chain.messageKeys))
  let surplus = counters.reduce((sum, list) => sum + list.length, 0) - limits.SIGNAL_SKIPPED_KEYS.value
  for (const [at, chain] of receiving.entries()) {
    if (surplus <= 0) return
    // integer keys are listed in ascending order
    const dropped = counters[at].slice(0, surplus)
    for (const counter of dropped) remove(chain.messageKeys, counter)
    surplus -= dropped.length
  }
}

function remove(from: object, key: string): void {
  Reflect.deleteProperty(from, key)
}

function setOrdinals<K extends string>(rows: readonly Record<K, number>[], key: K): void {
  let last = 0
  for (const row of rows) if (row[key] < FIRST_TIME) last = Math.max(last, row[key])
  for (const row of rows) {
    if (row[key] >= FIRST_TIME) row[key] = ++last
  }
}
