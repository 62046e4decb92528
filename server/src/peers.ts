/**
 * The two kinds of peers as the parts of the relay see them. The connections behind them are in
 * browser-connection.ts and phone-connection.ts, which the parts do not know.
 */
import type { ErrorCode } from 'proto/errors'
import type { Frame } from 'proto/link'
import type { LinkMessage } from 'proto/phone-link'
import type { ResendRing } from 'proto/resend-ring'
import type { browserStates, InputOf, StateOf } from 'proto/states'
import type { PeerFacts } from './context.ts'
import type { DropReason } from 'proto/drop-reasons'
import type { Output } from './outputs.ts'
import type { RelayedFrame } from './relayed-frame.ts'
import type { Owner } from './stores.ts'

export type BrowserState = StateOf<typeof browserStates>
export type BrowserInput = InputOf<typeof browserStates>

/** An opened login: what relayed frames are checked against. */
export interface Opening {
  readonly login: string
  readonly number: string
  readonly epoch: number
}

export interface Browser {
  /** Its number at this server, never 0. */
  readonly connection: number
  readonly facts: PeerFacts
  readonly connectedAt: number
  readonly queuedBytes: number
  /** Frames of it that wait for its phone, and frames for it that wait for the end of the hold after Conn. */
  readonly framesKept: { readonly away: number; readonly held: number }
  /** When anything last came from it. */
  readonly heardAt: number
  /** What init said; null and empty before. */
  clientId: string | null
  browserName: readonly string[]
  version: readonly number[]
  /** Set when Conn is about to be sent; null before. */
  opening: Opening | null
  readonly state: BrowserState
  /** Whether Conn was sent, or is in the queue to be sent next. */
  readonly isOpen: boolean
  /** Tags of admin test requests that the phone has not answered, by probe number. */
  readonly openTests: Map<number, string>
  /** Notes a request that its phone is to answer; false when it has too many of them (BROWSER_REQUESTS). */
  asksPhone(tag: string): boolean
  /** Follows the arrow for `input`; false when there is none. */
  become(input: BrowserInput): boolean
  /** Performs outputs after those already waiting; `tag` is the tag of the request. */
  perform(tag: string, outputs: readonly Output[]): void
  /** A JSON push, numbered by the connection; only an open browser gets any, so nothing but Conn takes s1 (spec 5.5). */
  push(body: readonly unknown[]): void
  /** A message of the phone for the client; the reason when it was not delivered. */
  relayBinary(message: Uint8Array): DropReason | null
  relayText(message: Uint8Array): DropReason | null
  /** Conn is out: from now on frames are relayed, after the hold of spec 5.6. */
  startRelaying(resumed: boolean): void
  /** What was sent to the phone lately, and how much came from it, since the opening (proto/phone-link `resume`). */
  readonly sentToPhone: ResendRing<RelayedFrame>
  fromPhone: number
  /** The phone has a new link and has not yet said where to go on: requests wait. */
  awaitsResume: boolean
  /** The phone does not know this opening: both sides count from 0. */
  forgetPhone(): void
  /** The phone is away: keeps a request until it is back, or drops it with a reason (spec 12: no answer). `since`: it waited already. */
  keepForPhone(message: Frame, since?: number): void
  releaseForPhone(): void
  /** More waits for its phone than may: nothing is read from the browser until the phone has taken it, or is away. */
  waitForPhone(): void
  /** Tells the client why, then closes (spec 8.2, 8.4). */
  end(push: readonly unknown[], reason: string): void
  close(code: number, reason: string): void
}

export interface AttachedPhone {
  readonly facts: PeerFacts
  /** The number this link has proved; throws TETHER_ERR_STATE before that, as `owner` does. */
  readonly number: string
  readonly owner: Owner
  readonly queuedBytes: number
  /** Each of the four says whether it is out: a phone that does not read is cut off, and comes back to its mail. */
  send(message: LinkMessage): boolean
  sendText(text: string): boolean
  sendFrame(frame: Frame): boolean
  /** One binary frame in two pieces. */
  sendTwo(head: Uint8Array, rest: Uint8Array): boolean
  reply(id: number, ok: unknown): void
  /** Asks whether an answer to a challenge fits. Rejects with TETHER_ERR_PHONE_AWAY. */
  judge(login: string, challenge: string, answer: string): Promise<boolean>
  /** Asks whether a proof ends a login. Rejects with TETHER_ERR_PHONE_AWAY. */
  judgeLogout(login: string, proof: string): Promise<boolean>
  close(code: ErrorCode): void
}
