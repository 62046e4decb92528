/** What an operation of the stores is to the model, and what operations are made of. */
import fc from 'fast-check'
import { createHash } from 'node:crypto'
import type { Owner, Stores } from 'server/stores'
import type { StoresState } from './stores-state.ts'

export const NUMBERS = ['15550001111', '15550002222', '15550003333'] as const
/** A number that nobody has. */
export const NOBODY = '15550009999'

/** One call, made for the state that the model has when it is this call's turn. */
export interface Call {
  /** Asks the store. */
  ask(stores: Stores): Promise<unknown>
  /** Changes the model; gives or throws what the store must say. `actual` is what it did say. */
  expect(state: StoresState, actual: unknown): unknown
}

export interface Operation {
  readonly name: string
  readonly args: unknown
  /** Whether the model can follow without having heard the answer. */
  readonly isBlind: boolean
  /** Null when the state has nothing to call it with, such as a connection before the first. */
  call(state: StoresState): Call | null
}

export const number = fc.constantFrom(...NUMBERS)
/** Mostly the newest of its kind. */
export const place = fc.oneof({ weight: 3, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat(12) })
export const most = fc.oneof(
  { weight: 6, arbitrary: fc.constant(true) },
  { weight: 1, arbitrary: fc.constant(false) },
)

export function hash(text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(text).digest())
}

export function publicKey(text: string): Uint8Array {
  return new Uint8Array([5, ...hash(text)])
}

export function identityKey(who: { number: string; identity: number }): Uint8Array {
  return publicKey(`${who.number} ${who.identity}`)
}

export function newest<T>(list: readonly T[], back: number): T | undefined {
  return list[list.length - 1 - (back % Math.max(1, list.length))]
}

export function operation<A>(
  name: string,
  args: fc.Arbitrary<A>,
  call: (state: StoresState, args: A) => Call | null,
  { isBlind = true } = {},
): fc.Arbitrary<Operation> {
  return args.map((drawn) => ({ name, args: drawn, isBlind, call: (now) => call(now, drawn) }))
}

/** An operation of a connection that a phone has, or once had. */
export function owned<A>(
  name: string,
  args: fc.Arbitrary<A>,
  call: (state: StoresState, owner: Owner, args: A) => Call | null,
  options?: { isBlind: boolean },
): fc.Arbitrary<Operation> {
  const both = fc.record({ by: place, args })
  return operation(
    name,
    both,
    (now, drawn) => {
      const owner = newest(now.owners, drawn.by)
      return owner ? call(now, owner, drawn.args) : null
    },
    options,
  )
}
