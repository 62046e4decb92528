/** Checks bodies against the message tables. */
import type { TSchema } from 'typebox'
import { type BrowserBody, browserMessages, type BrowserMessageName } from './browser-messages.ts'
import type { MessageRow } from './message-row.ts'
import { type LinkBody, type LinkMessageName, linkMessages } from './phone-link.ts'
import { type Checker, checkerFor } from './schema-checker.ts'

/** Does a value have the shape of this message's body? */
export function checkerOf<N extends BrowserMessageName>(name: N): Checker<BrowserBody<N>> {
  return checkerFor(browserMessages[name].body as TSchema) as Checker<BrowserBody<N>>
}

/** Does a value have the shape of the answer to this message? Nothing does when the message has no answer. */
export function answerCheckerOf(name: BrowserMessageName): Checker<unknown> {
  const row: MessageRow = browserMessages[name]
  return row.answer === undefined ? isNever : checkerFor(row.answer)
}
const isNever: Checker<unknown> = (_value): _value is unknown => false

/** Does a value have the shape of this link message, `type` aside? */
export function linkCheckerOf<N extends LinkMessageName>(name: N): Checker<LinkBody<N>> {
  return checkerFor(linkMessages[name].body as TSchema) as Checker<LinkBody<N>>
}
