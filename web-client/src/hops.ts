/**
 * Where an own message is on its way: this browser, the relay, the own phone, the mailbox at the server, the other phone.
 * Only what a client of this protocol can know (spec 1.2, 11.1, 11.3):
 *
 * - `relay`: the server has answered a keep-alive that was sent after the message on the same connection, so it has read
 *   the message too; or it has said so itself with an empty answer (2.1). When the connection ends, that is worth nothing:
 *   the message goes out once more.
 * - `phone`: the phone knows the message: it has answered a question about it, or told of it in a sync as still unsent.
 * - `mailbox`: the phone has answered the message. It does so when the server has taken it for the other phone, not
 *   before, so a message that meets no trouble goes from `waiting` to `mailbox` in one step.
 * - `delivered`, `read`, `played`: receipts. In a group they mean that everybody has it.
 */
import type { ChatMessage, PassedHop, SendStatus } from './message.ts'

/** In the order in which a message passes them; `failed` is the end of a message that went nowhere. */
export const hopOrder = ['waiting', 'relay', 'phone', 'mailbox', 'delivered', 'read', 'played'] as const
export type Hop = (typeof hopOrder)[number] | 'failed'

export interface HopView {
  readonly hop: Hop
  /** `here`: the last place where it is known to be. `past` and `ahead`: on the way before and after that. */
  readonly is: 'past' | 'here' | 'ahead'
}

const ofStatus: Readonly<Record<SendStatus, Hop>> = {
  failed: 'failed',
  pending: 'waiting',
  server: 'mailbox',
  delivered: 'delivered',
  read: 'read',
  played: 'played',
}

/** The last place where an own message is known to be; null for one of somebody else. */
export function hopOf({ status, passed }: Pick<ChatMessage, 'status' | 'passed'>): Hop | null {
  if (status === null) return null
  return status === 'pending' ? (passed ?? 'waiting') : ofStatus[status]
}

/** The whole way of an own message; empty for one of somebody else. Only voice notes are played. */
export function hopsOf(message: Pick<ChatMessage, 'status' | 'passed' | 'media'>): readonly HopView[] {
  const here = hopOf(message)
  if (here === null) return []
  if (here === 'failed') return [{ hop: 'failed', is: 'here' }]
  const last = message.media?.ptt === true || here === 'played' ? 'played' : 'read'
  const way = hopOrder.slice(0, hopOrder.indexOf(last) + 1)
  const at = way.indexOf(here)
  return way.map((hop, index) => ({ hop, is: index < at ? 'past' : index === at ? 'here' : 'ahead' }))
}

/** The further of two places before the mailbox. */
export function laterPassed(a: PassedHop | undefined, b: PassedHop | undefined): PassedHop | undefined {
  return a === 'phone' || b === 'phone' ? 'phone' : (a ?? b)
}
