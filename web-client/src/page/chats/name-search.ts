/** Finds chats and people by name or number: those whose name begins so first, without regard to case and accents. */
import type { Chat } from '../../chats.ts'
import type { Contact } from '../../contacts.ts'

export interface FoundName {
  readonly jid: string
  readonly name: string
  readonly group: boolean
}

const MOST = 30

export function findNames(
  chats: readonly Chat[],
  contacts: readonly Contact[],
  words: string,
): readonly FoundName[] {
  const wanted = folded(words)
  const byJid = new Map<string, FoundName>()
  for (const { jid, name, group } of chats) byJid.set(jid, { jid, name, group })
  for (const { jid, name, notify } of contacts) {
    if (!byJid.has(jid)) byJid.set(jid, { jid, name: name ?? notify ?? jid, group: false })
  }
  return [...byJid.values()]
    .map((found) => ({ found, rank: rankOf(found, wanted) }))
    .filter(({ rank }) => rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MOST)
    .map(({ found }) => found)
}

/** 0: the name begins so; 1: a word of it does; 2: it is somewhere, or in the number; 3: nowhere. */
function rankOf({ jid, name }: FoundName, wanted: string): number {
  const text = folded(name)
  if (text.startsWith(wanted)) return 0
  if (text.includes(` ${wanted}`)) return 1
  const digits = wanted.replace(/[ +()-]/g, '')
  return text.includes(wanted) || (/^\d+$/.test(digits) && jid.startsWith(digits)) ? 2 : 3
}

export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase()
}
