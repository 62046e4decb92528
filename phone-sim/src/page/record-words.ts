/** Records in words. A kind that has none here is shown as it is, so that nothing is hidden. */
import type { AuditRow } from '../store.ts'
import { chatsWords } from './companion-words.ts'
import { formatInstant } from './times.ts'

const titles: Readonly<Record<string, string>> = {
  'companion.linked': 'Browser linked',
  'companion.changed': 'Consent changed',
  'companion.ended': 'Browser ended',
  'consent.denied': 'Link denied',
  'scan.refused': 'Too many browsers wait for an answer',
  'challenge.judged': 'Proof of a browser judged',
  'logout.judged': 'Log-out of a browser judged',
  'frame.refused': 'Frame refused',
  'key.rotated': 'Key rotated',
  'identity.changed': 'Somebody has a new identity key',
  'identity.accepted': 'New identity key accepted',
  'prekeys.short': 'Too many asked for this phone’s prekeys',
  'session.weak': 'A conversation began without a one-time key',
  'mail.parked': 'Mail that this phone cannot work on was set aside',
  'receipt.withheld': 'Somebody unknown is not told what came',
  'link.ended': 'Link to the relay ended',
  'demo.reset': 'Demo began anew',
}

const endings: Readonly<Record<string, string>> = {
  unpaired: 'revoked on this phone',
  loggedOut: 'logged itself out',
  expired: 'its time was over',
  unknownToServer: 'the relay did not know it any more',
}

export function titleOfRecord(kind: string): string {
  return titles[kind] ?? kind
}

export function wordsOfRecord({ kind, fields }: AuditRow, nowMs: number): string {
  if (kind === 'companion.linked' || kind === 'companion.changed') return consentWords(fields, nowMs)
  if (kind === 'companion.ended') return endings[String(fields['reason'])] ?? String(fields['reason'])
  if (kind === 'key.rotated') return `${String(fields['before'])} → ${String(fields['key'])}`
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')
}

function consentWords(fields: AuditRow['fields'], nowMs: number): string {
  const { name, scope, chats, expiresAt, paused, screen, networkDiffers } = fields
  const what = scope === 'read' ? 'reads' : 'reads and writes'
  const where = chatsWords(typeof chats === 'string' ? chats.split(' ') : null)
  const until = typeof expiresAt === 'number' ? `until ${formatInstant(expiresAt, nowMs)}` : 'until revoked'
  const far = networkDiffers === true ? ', from another network' : ''
  const silent = paused === true ? ', paused' : ''
  return `${String(name)} ${what} ${where}, ${until}${silent}${far}; decided on: ${String(screen ?? 'unnamed')}`
}
