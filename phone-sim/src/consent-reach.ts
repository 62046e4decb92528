/**
 * Which chats a request of a browser is about, so that one whose consent covers some chats reaches no other. LAW: what
 * is not in a table here reaches everything, and is refused to such a browser. Handlers that answer with what may come
 * from many chats leave out the others by themselves.
 */
import type { RequestName } from 'proto/browser-messages'
import type { Node } from 'proto/node'
import { findChatJid } from './addresses.ts'
import { type Consent, sees } from './consent.ts'

/** JIDs as the request spells them; `any`: the answer holds nothing of a chat, or only of those it may see. */
type Reach = readonly (string | undefined)[] | 'any'
type Reading = (attrs: Node['attrs']) => Reach

const named =
  (attribute: string): Reading =>
  ({ [attribute]: jid }) => [jid]

const any: Reading = () => 'any'

/** By the type of a query. */
const queries: Readonly<Record<string, Reading>> = {
  contacts: any,
  chat: any,
  search: ({ jid }) => (jid ? [jid] : 'any'),
  // `jid` is the chat of the index message
  star: ({ chat, jid }) => [chat, jid].filter(Boolean),
  status: any,
  quick_reply: any,
  label: any,
  emoji: any,
  url: any,
  message: named('jid'),
  message_info: named('jid'),
  media: named('jid'),
  media_message: named('jid'),
  group: named('jid'),
}

/** By the tag of the child of an action. */
const actions: Readonly<Record<string, Reading>> = {
  presence: ({ type, to }) => (type === 'available' || type === 'unavailable' ? 'any' : [to]),
  read: named('jid'),
  received: named('from'),
  chat: named('jid'),
}

/** JSON that the phone answers; the JID is the third item. */
const jsonRequests: ReadonlySet<RequestName> = new Set(['groupMetadata', 'broadcastList', 'resetInvite'])

/** Whether a consent covers a node. A message is looked at by its own handler, which takes it apart. */
export function coversNode(consent: Consent, node: Node): boolean {
  if (consent.chats === null) return true
  const type = node.attrs['type'] ?? ''
  if (node.tag === 'query') return covers(consent, readingOf(queries, type)?.(node.attrs))
  if (node.tag !== 'action') return false
  if (type === 'relay') return true
  const child = Array.isArray(node.content) ? node.content[0] : undefined
  return child !== undefined && covers(consent, readingOf(actions, child.tag)?.(child.attrs))
}

/** Whether a consent covers a JSON request. */
export function coversJson(consent: Consent, name: RequestName, body: readonly unknown[]): boolean {
  if (consent.chats === null) return true
  return jsonRequests.has(name) && typeof body[2] === 'string' && covers(consent, [body[2]])
}

function covers(consent: Consent, reach: Reach | undefined): boolean {
  if (reach === undefined) return false
  return (
    reach === 'any' ||
    reach.every((spelling) => {
      const jid = findChatJid(spelling)
      return jid !== null && sees(consent, jid)
    })
  )
}

function readingOf(table: Readonly<Record<string, Reading>>, name: string): Reading | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}
