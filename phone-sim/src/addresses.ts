/** Persons as this phone names them: in the spelling of nodes and protobuf, whatever spelling came in. */
import { TetherError } from 'proto/errors'
import { formatJsonJid, type Jid, jidOfNumber, numberOfJid, parseJid } from 'proto/jid'

/** The JID of digits or of any spelling of a person's JID. Throws TETHER_ERR_JID. */
export function personJid(spelling: string): Jid {
  const digits = spelling.startsWith('+') ? spelling.slice(1) : spelling
  return jidOfNumber(digits.includes('@') ? numberOfJid(digits) : digits)
}

/** As personJid; null for groups, lists and what is no JID. */
export function findPersonJid(spelling: string | undefined): Jid | null {
  try {
    return personJid(spelling ?? '')
  } catch (error) {
    if (error instanceof TetherError) return null
    throw error
  }
}

/** A person, a group, the stories or a broadcast list, in the spelling of nodes; null for anything else. */
export function findChatJid(spelling: string | undefined): Jid | null {
  return findGroupJid(spelling) ?? findBroadcastJid(spelling) ?? findPersonJid(spelling)
}

/** `status@broadcast`, or `seconds@broadcast` for a list; null for anything else. */
export function findBroadcastJid(spelling: string | undefined): Jid | null {
  return /^(status|[0-9]{1,15})@broadcast$/.test(spelling ?? '') ? parseJid(spelling!) : null
}

/** As findChatJid. Throws TETHER_ERR_JID. */
export function chatJid(spelling: string): Jid {
  return findChatJid(spelling) ?? personJid(spelling)
}

/** `creator-seconds@g.us`; null for anything else. */
export function findGroupJid(spelling: string | undefined): Jid | null {
  return /^[0-9]{5,15}-[0-9]{1,12}@g\.us$/.test(spelling ?? '') ? parseJid(spelling!) : null
}

/** The digits of a person's JID. */
export const numberOf: (jid: string) => string = numberOfJid

/** The spelling that JSON uses (spec 20, trap 20). */
export function jsonJid(jid: string): string {
  return formatJsonJid(parseJid(jid))
}
