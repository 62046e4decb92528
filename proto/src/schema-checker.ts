/**
 * Checks values against schemas. Each schema is compiled once, at its first use; where code may not be made at run time
 * (pages with a strict policy) the library walks the schema instead, with the same result.
 */
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/schema'

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
