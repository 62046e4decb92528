/**
 * What can be said of a message once it is there: its row in the tables, and whether it has the shape of the row. For
 * traces, for the evidence of test runs, and for the phone, which refuses nodes that fit no row.
 */
import {
  type BrowserMessageName,
  matchNode,
  matchPhoneNode,
  matchPush,
  matchRequest,
} from './browser-messages.ts'
import { answerCheckerOf, checkerOf } from './message-checkers.ts'
import type { Node } from './node.ts'

export interface MessageVerdict {
  /** Null when no row fits. */
  readonly row: BrowserMessageName | null
  /** False without a row. */
  readonly fits: boolean
}

export interface AnswerVerdict {
  readonly row: BrowserMessageName
  readonly fits: boolean
  /** The status that the answer tells; null when it tells none, as nodes and good answers of some rows do. */
  readonly status: number | null
}

/** A browser's JSON. */
export function judgeRequest(body: unknown): MessageVerdict {
  return verdict(matchRequest(body)?.name ?? null, body)
}

/** A JSON push to a browser. */
export function judgePush(body: unknown): MessageVerdict {
  return verdict(matchPush(body), body)
}

/** A browser's node. */
export function judgeNode(node: Node): MessageVerdict {
  return verdict(matchNode(node), node)
}

/** A node that a phone sends unasked. */
export function judgePhoneNode(node: Node): MessageVerdict {
  return verdict(matchPhoneNode(node), node)
}

/** What came under the tag of a request: JSON or a node. */
export function judgeAnswer(row: BrowserMessageName, answer: unknown): AnswerVerdict {
  const status =
    typeof answer === 'object' && answer !== null
      ? (answer as { readonly status?: unknown }).status
      : undefined
  return { row, fits: answerCheckerOf(row)(answer), status: typeof status === 'number' ? status : null }
}

function verdict(row: BrowserMessageName | null, message: unknown): MessageVerdict {
  return { row, fits: row !== null && checkerOf(row)(message) }
}
