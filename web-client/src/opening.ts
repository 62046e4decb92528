/**
 * What a client asks for as soon as it is open, in the legacy client's order with its metrics and flags (spec 9.2).
 * Only contacts matter to us; the others are asked because the phone waits for the first sealed frame (spec 5.6)
 * and a reference client should look like one.
 */
import type { Node } from 'proto/node'
import type { NodeKind } from './connection.ts'

interface OpeningQuery {
  readonly type: string
  readonly kind: NodeKind
}

// prettier-ignore
export const openingQueries: readonly [OpeningQuery, ...OpeningQuery[]] = [
  { type: 'contacts',    kind: { metric: 'QUERY_CONTACTS',      flags: ['IGNORE'] } },
  { type: 'status',      kind: { metric: 'QUERY_STATUS',        flags: ['IGNORE'] } },
  { type: 'quick_reply', kind: { metric: 'QUERY_QUICK_REPLIES', flags: ['IGNORE'] } },
  { type: 'label',       kind: { metric: 'QUERY_LABELS',        flags: ['IGNORE'] } },
  { type: 'emoji',       kind: { metric: 'QUERY_EMOJI',         flags: ['IGNORE'] } },
]

export const chatListQuery: OpeningQuery = { type: 'chat', kind: { metric: 'QUERY_CHAT', flags: ['IGNORE'] } }

export function listNode(type: string, epoch: string): Node {
  return { tag: 'query', attrs: { type, epoch }, content: null }
}

export type PresenceType = 'available' | 'unavailable' | 'composing' | 'recording' | 'paused'

// prettier-ignore
const presenceKinds: Readonly<Record<PresenceType, NodeKind>> = {
  available:   { metric: 'PRESENCE', flags: ['IGNORE', 'AVAILABLE'] },
  unavailable: { metric: 'PRESENCE', flags: ['NOT_AVAILABLE'] },
  composing:   { metric: 'PRESENCE', flags: ['SKIP_OFFLINE'] },
  recording:   { metric: 'PRESENCE', flags: ['SKIP_OFFLINE'] },
  paused:      { metric: 'PRESENCE', flags: ['SKIP_OFFLINE'] },
}

/** `to` is the chat in which somebody types; absent for the account's own presence (spec 14.1). */
export function presenceNode(type: PresenceType, epoch: string, to?: string): { node: Node; kind: NodeKind } {
  const presence: Node = { tag: 'presence', attrs: to === undefined ? { type } : { type, to }, content: null }
  return { node: setNode(epoch, presence), kind: presenceKinds[type] }
}

/** `action` type=set around one change (spec 14). */
export function setNode(epoch: string, change: Node): Node {
  return { tag: 'action', attrs: { type: 'set', epoch }, content: [change] }
}
