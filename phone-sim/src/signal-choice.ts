/**
 * Which session of a record a message belongs to, and whether it is near enough to be worth an attempt. The library
 * tries one session after the other and ratchets each wrong one out of step on the way; we choose first.
 * Research: reliability 6.1 row 5.
 */
import { TetherError } from 'proto/errors'
import { limits } from 'proto/limits'
import type { WhisperEnvelope } from './signal-envelope.ts'
import { base64, OPEN, RECEIVING, type Session, type Sessions } from './signal-record.ts'

/** The session to write in. */
export function findOpen(sessions: Sessions): Session | undefined {
  return Object.values(sessions).find((session) => session?.indexInfo.closed === OPEN)
}

/**
 * Names (keys of the record) of the sessions to try, best first: the one that knows the ratchet key, or else the open
 * one and then the closed ones, newest first. Throws TETHER_ERR_SIGNAL_MESSAGE when none is worth an attempt,
 * TETHER_ERR_IDENTITY_CHANGED when all are with another key than `trusted`.
 */
export function chooseSessions(
  sessions: Sessions,
  header: WhisperEnvelope,
  trusted: Uint8Array | undefined,
): string[] {
  const all = Object.entries(sessions) as [string, Session][]
  const ofIdentity = all.filter(([, session]) => isWith(session, trusted))
  if (ofIdentity.length === 0) throw new TetherError('TETHER_ERR_IDENTITY_CHANGED')
  const ratchetKey = base64(header.ratchetKey)
  const holder = ofIdentity.find(([, session]) => session.chains[ratchetKey])
  const ordered = holder ? [holder] : ofIdentity.sort(([, a], [, b]) => rank(b) - rank(a))
  const obstacles = ordered.map(([, session]) => findObstacle(session, header, ratchetKey))
  const near = ordered.filter((_, at) => !obstacles[at])
  if (near.length === 0) throw new TetherError('TETHER_ERR_SIGNAL_MESSAGE', obstacles[0])
  return near.map(([name]) => name)
}

/** Is this session with the trusted identity? Before any is trusted, every session is. */
export function isWith(session: Session, trusted: Uint8Array | undefined): boolean {
  return !trusted || Buffer.from(session.indexInfo.remoteIdentityKey).equals(trusted)
}

function rank(session: Session): number {
  return session.indexInfo.closed === OPEN ? Number.POSITIVE_INFINITY : session.indexInfo.closed
}

/** Throws TETHER_ERR_SIGNAL_MESSAGE when the first message of a new session is too far ahead. */
export function assertNearStart(header: WhisperEnvelope): void {
  if (header.counter >= limits.SIGNAL_JUMP.value) throw new TetherError('TETHER_ERR_SIGNAL_MESSAGE', TOO_FAR)
}

const TOO_FAR = 'too far ahead'

// Why this message cannot be one of this session, as far as the header tells.
function findObstacle(session: Session, header: WhisperEnvelope, ratchetKey: string): string | undefined {
  const jump = limits.SIGNAL_JUMP.value
  const chain = session.chains[ratchetKey]
  if (chain) {
    if (chain.chainType !== RECEIVING) return 'our own ratchet key'
    if (chain.messageKeys[header.counter]) return undefined
    if (header.counter <= chain.chainKey.counter) return 'repeated, or too old'
    if (!chain.chainKey.key) return 'beyond the end of its chain'
    return header.counter - chain.chainKey.counter > jump ? TOO_FAR : undefined
  }
  const previous = session.chains[base64(session.currentRatchet.lastRemoteEphemeralKey)]
  const missed = previous ? header.previousCounter - previous.chainKey.counter : 0
  return header.counter >= jump || missed > jump ? TOO_FAR : undefined
}
