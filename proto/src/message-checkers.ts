/**
 * Checks bodies against the message tables. Each schema is compiled once, at its first use; where code may not be
 * made at run time (pages with a strict policy) the library walks the schema instead, with the same result.
 */
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { type BrowserBody, browserMessages, type BrowserMessageName } from './browser-messages.ts'
import type { MessageRow } from './message-row.ts'
import { type LinkBody, type LinkMessageName, linkMessages } from './phone-link.ts'

export type Checker<T> = (value: unknown) => value is T

const compiled = new WeakMap<TSchema, Checker<unknown>>()

/** A checker of any schema, made once per schema object. */
export function checkerFor<S extends TSchema>(schema: S): Checker<Static<S>> {
  let checker = compiled.get(schema)
  if (checker === undefined) {
    const validator = Compile(schema)
    checker = (value): value is unknown => validator.Check(value)
    compiled.set(schema, checker)
  }
  return checker as Checker<Static<S>>
}

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
