/** Stories: what contacts showed in the last day, by person (spec 13.2, `status`). They disappear by expiry.ts. */
import { STATUS_JID } from 'proto/jid'
import { limit } from 'proto/limits'
import type { Node } from 'proto/node'
import { fitting, messageNode, node } from './lists.ts'
import type { MessageRow, PhoneStore } from './store.ts'

/** `status` nodes {jid, count, unread}, newest last in each and in all; own stories under the own JID. */
export function storyNodes(store: PhoneStore, ownJid: string): Node[] {
  const people = new Map<string, MessageRow[]>()
  for (const row of fitting(store.messages.before(STATUS_JID, null, limit('HISTORY_PAGE')))) {
    const author = row.fromMe ? ownJid : (row.author ?? STATUS_JID)
    const told = people.get(author) ?? []
    people.delete(author) // whoever told last comes last
    people.set(author, [...told, row])
  }
  return [...people].map(([jid, rows]) => {
    const unread = rows.filter(({ seen }) => !seen).length
    return node('status', { jid, count: String(rows.length), unread: String(unread) }, rows.map(messageNode))
  })
}
