/**
 * What the person at the phone allowed a browser: a record that is made when the person decides, kept in the vault
 * and checked on every frame (research: reliability 1.7). No frame of a browser is answered without a live consent
 * that covers it.
 */
import { sha256 } from 'proto/crypto-node'
import { utf8 } from 'proto/bytes'
import { TetherError } from 'proto/errors'
import type { Requester } from 'proto/phone-link'
import type { ConsentAnswer } from './phone-views.ts'

/** What a browser may do under each scope. */
export const scopes = {
  full: { reads: true, writes: true },
  /** Sees everything, sends and changes nothing. */
  read: { reads: true, writes: false },
} as const
export type Scope = keyof typeof scopes

export interface Consent {
  readonly scope: Scope
  readonly at: number
  /** Null: until unpaired. */
  readonly expiresAt: number | null
  /** Whom the person was told about. */
  readonly requester: Requester
  /** SHA-256 of the prompt that was shown, hex. */
  readonly prompt: string
}

/** The words a person is asked; their hash is part of the record. */
export function formatPrompt({ browser, address, userAgent, connectedAt }: Requester): string {
  return [
    'A browser asks to be linked. It will read your chats and write in your name.',
    `Browser: ${browser.join(' ')}`,
    `Address: ${address}`,
    `Program: ${userAgent}`,
    `Connected since: ${connectedAt}`,
  ].join('\n')
}

/** The record of a granted request. Throws TETHER_ERR_CONSENT_DENIED, and TETHER_ERR_BODY for an unknown scope or time. */
export function consentOf(answer: ConsentAnswer, requester: Requester, now: number): Consent {
  if (!answer.grant) throw new TetherError('TETHER_ERR_CONSENT_DENIED')
  const scope = answer.scope ?? 'full'
  if (!isScope(scope))
    throw new TetherError('TETHER_ERR_BODY', `scope is one of ${Object.keys(scopes).join(', ')}`)
  const { expiresInMs } = answer
  if (expiresInMs !== undefined && !(Number.isSafeInteger(expiresInMs) && expiresInMs > 0)) {
    throw new TetherError('TETHER_ERR_BODY', 'expiresInMs is a number of milliseconds above 0')
  }
  return {
    scope,
    at: now,
    expiresAt: expiresInMs === undefined ? null : now + expiresInMs,
    requester,
    prompt: Buffer.from(sha256(utf8(formatPrompt(requester)))).toString('hex'),
  }
}

export function isLive({ expiresAt }: Consent, now: number): boolean {
  return expiresAt === null || now < expiresAt
}

export function mayWrite({ scope }: Consent): boolean {
  return scopes[scope].writes
}

function isScope(scope: string): scope is Scope {
  return Object.hasOwn(scopes, scope)
}
