/** What a request of a browser is given, what answers it, and the parts of the phone that handlers work with. */
import { type ErrorCode, errors } from 'proto/errors'
import type { Node } from 'proto/node'
import type { Trace } from 'proto/trace'
import type { Account } from './account.ts'
import type { Browser } from './browsers.ts'
import type { Chats } from './chats.ts'
import type { Linked } from './companions.ts'
import type { PreviewSource } from './link-preview.ts'
import type { Courier } from './courier.ts'
import type { Groups } from './groups.ts'
import type { MediaKeeper } from './media-keeper.ts'
import type { Outbox } from './outbox.ts'
import type { Profile } from './profile.ts'
import type { Pushes } from './pushes.ts'
import type { Receipts } from './receipts.ts'
import type { PhoneStore } from './store.ts'
import type { Uplink } from './uplink.ts'

export interface BrowserRequest {
  readonly browser: Browser
  readonly companion: Linked
  /** The tag under which the answer goes. */
  readonly tag: string
  readonly node: Node
  /** For an answer that comes later; in the turn of the request a handler returns it instead. */
  readonly answerLater: (answer: Answer) => void
}

/** Sealed node, or JSON in clear; `later` when the handler answers by itself. */
export type Answer = { readonly node: Node } | { readonly json: Readonly<Record<string, unknown>> }
export type Handler = (
  request: BrowserRequest,
  parts: RequestParts,
) => Answer | 'later' | Promise<Answer | 'later'>

export interface RequestParts {
  readonly store: PhoneStore
  readonly chats: Chats
  readonly groups: Groups
  readonly courier: Courier
  readonly outbox: Outbox
  readonly receipts: Receipts
  readonly pushes: Pushes
  readonly account: Account
  readonly profile: Profile
  readonly media: MediaKeeper
  readonly uplink: Pick<Uplink, 'send'>
  readonly nowS: () => number
  readonly trace?: Trace | undefined
  /** Absent: this phone has no way to fetch pages. */
  readonly previews?: PreviewSource | undefined
}

/** Handles one child of an action. */
export type ActionHandler = (
  child: Node,
  request: BrowserRequest,
  parts: RequestParts,
) => Answer | 'later' | Promise<Answer | 'later'>

/** Short on purpose: a JSON answer of 33 bytes or more is taken for an encrypted frame by one client (spec 13). */
export function status(number: number): Answer {
  return { json: { status: number } }
}

/** The status that stands for an error. 599 is never used: it makes a client send everything again (spec 11.1). */
export function statusOf(code: ErrorCode): number {
  const row = errors[code]
  return 'status' in row
    ? row.status
    : code === 'TETHER_ERR_IDENTITY_CHANGED'
      ? 403
      : row.fault === 'remote'
        ? 400
        : 500
}
