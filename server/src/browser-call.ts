/** What a handler of a browser's JSON is given, when it may be called, and the answers that many of them give. */
import { codeOf, errors } from 'proto/errors'
import type { Context } from './context.ts'
import type { Output } from './outputs.ts'
import type { Browser, Opening } from './peers.ts'
import type { Services } from './services.ts'

export interface Call {
  readonly browser: Browser
  readonly tag: string
  /** The whole JSON array. */
  readonly body: readonly unknown[]
  readonly context: Context
  readonly services: Services
}

export interface Handler {
  /** `always`: in any state; `init`: once init was answered; `open`: after Conn. */
  readonly when: 'always' | 'init' | 'open'
  readonly handle: (call: Call) => readonly Output[] | Promise<readonly Output[]>
}

export const OK: Output = { answer: { status: 200 } }
export const BAD: Output = { answer: { status: 400 } }
export const HIDDEN: Output = { answer: { status: 401 } }
export const UNKNOWN: Output = { answer: { status: 404 } }

/** Whose login asks; only for handlers that are called `open`. */
export function openingOf({ browser }: Call): Opening {
  return browser.opening!
}

/** The answer to what the asker may not, or asked wrongly; throws what is our own fault. */
export function refusalFor(error: unknown): Output {
  const row = errors[codeOf(error)]
  if (row.fault === 'local') throw error
  return { answer: { status: 'status' in row ? row.status : 400 } }
}

/** The number of a person, from `digits`, `digits@c.us` or `digits@s.whatsapp.net`; null for anything else. */
export function numberOf(value: unknown): string | null {
  const match = typeof value === 'string' ? /^([0-9]{5,15})(@c\.us|@s\.whatsapp\.net)?$/.exec(value) : null
  return match?.[1] ?? null
}

/** Whether this is the JID of a group. */
export function isGroup(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9-]{5,40}@g\.us$/.test(value)
}
