/**
 * What the person at the phone allowed a browser: a record that is made when the person decides, kept in the vault
 * and checked on every frame (research: reliability 1.7). No frame of a browser is answered without a live consent
 * that covers it.
 */
import { sha256 } from 'proto/crypto-node'
import { utf8 } from 'proto/bytes'
import { TetherError } from 'proto/errors'
import type { Requester } from 'proto/phone-link'
import { chatJid } from './addresses.ts'
import type { ConsentAnswer, ConsentChange, RequesterView } from './phone-views.ts'
import { requesterView } from './requester.ts'

/** What a browser may do under each scope. */
export const scopes = {
  full: { reads: true, writes: true },
  /** Sees everything, sends and changes nothing. */
  read: { reads: true, writes: false },
} as const
export type Scope = keyof typeof scopes

export interface Consent {
  readonly scope: Scope
  /** JIDs of the chats it may see; null: all, those to come too. */
  readonly chats: readonly string[] | null
  readonly at: number
  /** Null: until unpaired. */
  readonly expiresAt: number | null
  /** Whom the person was told about. */
  readonly requester: RequesterView
  /** It was in another network than the phone. A person who was asked has confirmed that it is wanted all the same. */
  readonly networkDiffers: boolean
  /** SHA-256 of the prompt that was shown, hex. */
  readonly prompt: string
  /** Where the person decided, as that screen names itself. */
  readonly screen: string
}

export type StoredConsent = Omit<Consent, 'chats' | 'screen' | 'requester' | 'networkDiffers'> &
  Partial<Pick<Consent, 'chats' | 'screen' | 'networkDiffers'>> & {
    readonly requester: Requester & Partial<RequesterView>
  }

const NO_SCREEN = 'unnamed'

/** The words a person is asked; their hash is part of the record. */
export function formatPrompt(requester: RequesterView): string {
  const { browser, address, addressKind, sameNetwork, userAgent, connectedAt } = requester
  return [
    'A browser asks to be linked. It will read your chats and write in your name.',
    `Browser: ${browser.join(' ')}`,
    `Address: ${address} (${addressKind})`,
    `Network: ${sameNetwork ? 'that of the phone' : 'another than that of the phone'}`,
    `Program: ${userAgent}`,
    `Connected since: ${connectedAt}`,
  ].join('\n')
}

/**
 * The record of a granted request. Throws TETHER_ERR_CONSENT_DENIED, TETHER_ERR_BODY for an unknown scope or time, and
 * TETHER_ERR_JID for what is no chat.
 */
export function consentOf(answer: ConsentAnswer, requester: RequesterView, now: number): Consent {
  if (!answer.grant) throw new TetherError('TETHER_ERR_CONSENT_DENIED')
  return {
    scope: scopeOf(answer.scope ?? 'full'),
    chats: chatsOf(answer.chats ?? null),
    at: now,
    expiresAt: expiryOf(answer.expiresInMs ?? null, now),
    requester,
    networkDiffers: !requester.sameNetwork,
    prompt: Buffer.from(sha256(utf8(formatPrompt(requester)))).toString('hex'),
    screen: answer.screen ?? NO_SCREEN,
  }
}

/**
 * What a person is asked must be answered in full (research P1): a browser in another network is let in only when that
 * was confirmed. Throws TETHER_ERR_CONSENT_NETWORK, and as `consentOf`.
 */
export function assertAnswered(answer: ConsentAnswer, requester: RequesterView, now: number): void {
  if (!answer.grant) return
  consentOf(answer, requester, now)
  if (!requester.sameNetwork && answer.otherNetwork !== true)
    throw new TetherError('TETHER_ERR_CONSENT_NETWORK')
}

/** What the person reconsidered; absent members stay. Throws as `consentOf`. */
export function changedConsent(consent: Consent, change: ConsentChange, now: number): Consent {
  return {
    ...consent,
    ...(change.scope !== undefined && { scope: scopeOf(change.scope) }),
    ...(change.chats !== undefined && { chats: chatsOf(change.chats) }),
    ...(change.expiresInMs !== undefined && { expiresAt: expiryOf(change.expiresInMs, now) }),
    ...(change.screen !== undefined && { screen: change.screen }),
  }
}

/** One out of the vault; those of the first version say nothing of chats and screens. */
export function storedConsent(stored: StoredConsent): Consent {
  const requester = { ...requesterView(stored.requester, 'wifi'), ...stored.requester }
  const networkDiffers = stored.networkDiffers ?? !requester.sameNetwork
  return {
    ...stored,
    requester,
    networkDiffers,
    chats: stored.chats ?? null,
    screen: stored.screen ?? NO_SCREEN,
  }
}

export function isLive({ expiresAt }: Consent, now: number): boolean {
  return expiresAt === null || now < expiresAt
}

export function mayWrite({ scope }: Consent): boolean {
  return scopes[scope].writes
}

/** Whether a browser may see this chat, in the spelling of nodes. */
export function sees({ chats }: Pick<Consent, 'chats'>, jid: string): boolean {
  return chats === null || chats.includes(jid)
}

function scopeOf(scope: string): Scope {
  if (isScope(scope)) return scope
  throw new TetherError('TETHER_ERR_BODY', `scope is one of ${Object.keys(scopes).join(', ')}`)
}

function chatsOf(chats: readonly string[] | null): readonly string[] | null {
  return chats && [...new Set<string>(chats.map(chatJid))]
}

function expiryOf(expiresInMs: number | null, now: number): number | null {
  if (expiresInMs !== null && !(Number.isSafeInteger(expiresInMs) && expiresInMs > 0))
    throw new TetherError('TETHER_ERR_BODY', 'expiresInMs is a number of milliseconds above 0')
  return expiresInMs === null ? null : now + expiresInMs
}

function isScope(scope: string): scope is Scope {
  return Object.hasOwn(scopes, scope)
}
