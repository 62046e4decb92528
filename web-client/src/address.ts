/** Addresses as this client keeps them: nodes and protobuf spell a person `@s.whatsapp.net`, JSON `@c.us` (spec 20). */
import { isUser } from 'proto/jid'
import { USER_SERVER } from 'proto/node'

/** The one spelling that the client keeps. Lenient: other addresses, and what is no address, are left as they are. */
export function personJid(jid: string): string {
  return isUser(jid) ? `${jid.slice(0, jid.lastIndexOf('@'))}@${USER_SERVER}` : jid
}

/** A number for people to read: `+15550001111`; the user part for everybody else. */
export function numberOf(jid: string): string {
  const at = jid.indexOf('@')
  const user = at < 0 ? jid : jid.slice(0, at)
  return /^\d{5,15}$/.test(user) ? `+${user}` : user
}
