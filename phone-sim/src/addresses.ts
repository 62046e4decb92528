/** Persons as this phone names them: in the spelling of nodes and protobuf, whatever spelling came in. */
import { TetherError } from 'proto/errors'
import { formatJsonJid, isGroup, type Jid, jidOfNumber, numberOfJid, parseJid } from 'proto/jid'

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

/** A person or a group, in the spelling of nodes; null for anything else. */
export function findChatJid(spelling: string | undefined): Jid | null {
  return spelling !== undefined && isGroup(spelling) ? findGroupJid(spelling) : findPersonJid(spelling)
}

/** As findChatJid. Throws TETHER_ERR_JID. */
export function chatJid(spelling: string): Jid {
  return findGroupJid(spelling) ?? personJid(spelling)
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
