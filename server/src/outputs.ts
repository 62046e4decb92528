/**
 * What a handler may answer: handlers decide and return these, browser-connection.ts performs them in order.
 * Nothing here is ever sent out of turn, so the orders of spec 5.5, 7.2 and 7.3 can be read off the lists.
 */
export type Output =
  /** JSON under the tag of the request, or under `tag` (a login is answered after its challenge, spec 7.3). */
  | { readonly answer: unknown; readonly tag?: string }
  /** As `answer`, and the client listens for the next push only after a while: what follows `settle` waits (spec 7.4). */
  | { readonly answerThenListen: unknown }
  /** The next sN push. */
  | { readonly push: readonly unknown[] }
  /** A push that must be s1 again: a repeated login starts the count anew (spec 7.4). */
  | { readonly pushFirst: readonly unknown[] }
  /** Waits until PAUSE_AFTER_ANSWER_MS have passed since the last answerThenListen, and it was read (read-gap.ts). */
  | { readonly settle: true }
  /** Runs a step that belongs between two sends. */
  | { readonly run: () => void }
  | { readonly close: number; readonly reason: string }

export const SETTLE: Output = { settle: true }
