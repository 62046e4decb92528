/** What a linked browser is doing and may do, in words. */
import type { Companion } from '../phone-views.ts'
import { ago, ahead } from './times.ts'

const stateWords: Readonly<Record<Companion['state'], string>> = {
  online: 'Here now',
  offline: 'Not here',
  paused: 'Paused: it gets no answer',
}

export function activityWords({ state, lastSeen }: Companion, nowMs: number): string {
  return `${stateWords[state]} · last active ${ago(lastSeen, nowMs)}`
}

export function consentWords({ scope, chats, expiresAt }: Companion, nowMs: number): string {
  const what = scope === 'read' ? 'Reads' : 'Reads and writes'
  const until = expiresAt === null ? 'until revoked' : `ends ${ahead(expiresAt, nowMs)}`
  return `${what} ${chatsWords(chats)}, ${until}`
}

export function chatsWords(chats: readonly string[] | null): string {
  if (chats === null) return 'all chats'
  return chats.length === 1 ? 'one chat' : `${chats.length} chats`
}
