/** Broadcast lists, as a browser asks for them (spec 15, `contact`). */
import { findBroadcastJid, jsonJid, personJid } from './addresses.ts'
import { type Answer, type RequestParts, status } from './browser-answer.ts'
import { findList } from './broadcast-lists.ts'

export function broadcastList([, , spelling]: readonly unknown[], { store }: RequestParts): Answer {
  const jid = typeof spelling === 'string' ? findBroadcastJid(spelling) : null
  const list = jid && findList(store.facts, jid)
  if (!list) return status(404)
  const recipients = list.recipients.map((number) => ({ id: jsonJid(personJid(number)) }))
  return { json: { status: 200, name: list.name, recipients } }
}
