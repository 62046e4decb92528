/**
 * What to do with each node that the phone sends unasked, and with the lists it sends on request: tables from names
 * to changes of the chats. Spec 9.1, 10, 11.2; never answers anything.
 */
import { utf8Text } from 'proto/bytes'
import type { Node } from 'proto/node'
import type { ErrorCode } from 'proto/errors'
import { isGroup, STATUS_JID } from 'proto/jid'
import { personJid } from './address.ts'
import type { Chats } from './chats.ts'
import type { ListName } from './lists.ts'
import { type ChatMessage, keyOf, readMessage, type SendStatus } from './message.ts'
import { attributesOf, type Attributes, childrenOf, messagesOf } from './node-reading.ts'
import { findRow } from './row.ts'

export interface InboxHandlers {
  /** A list came, complete. */
  listed(list: ListName): void
  /** A batch of the initial sync came for one chat. */
  synced(jid: string, batch: readonly ChatMessage[]): void
  /** A message came that was not known. */
  received(message: ChatMessage): void
  /** An own message is known to the phone, with at least this status. */
  ownSeen(id: string): void
  /** Our own JID; null when nobody is logged in. */
  me(): string | null
  /** Battery of the phone in percent. */
  battery(percent: number, charging: boolean): void
  /** Something could not be read and was left out. */
  dropped(code: ErrorCode): void
}

const receipts: Readonly<Record<string, SendStatus>> = {
  message: 'delivered',
  read: 'read',
  played: 'played',
  error: 'failed',
}

/** Whether the group is closed to us after such a notice about ourselves. */
const membership: Readonly<Record<string, boolean>> = {
  GROUP_PARTICIPANT_ADD: false,
  GROUP_PARTICIPANT_INVITE: false,
  GROUP_PARTICIPANT_REMOVE: true,
  GROUP_PARTICIPANT_LEAVE: true,
}

export class Inbox {
  readonly #chats: Chats
  readonly #handlers: InboxHandlers

  constructor(chats: Chats, handlers: InboxHandlers) {
    this.#chats = chats
    this.#handlers = handlers
  }

  /** Takes one opened node. Unknown ones are left alone, as all legacy clients do. */
  take(node: Node): void {
    const attributes = attributesOf(node)
    if (node.tag === 'response') findRow(this.#response, attributes.type)?.(node)
    if (node.tag === 'action') this.#action(node, attributes)
  }

  readonly #response: Readonly<Record<string, (node: Node) => void>> = {
    contacts: (node) => {
      if (isDuplicate(node)) return
      this.#chats.putContacts(childrenOf(node, 'user').map(attributesOf), true)
      this.#handlers.listed('contacts')
    },
    chat: (node) => {
      if (!isDuplicate(node)) this.#chats.putList(childrenOf(node, 'chat').map(attributesOf))
      this.#handlers.listed('chat')
    },
  }

  #action(node: Node, { add }: Attributes): void {
    const batch = findRow(this.#batches, add)
    if (batch !== undefined) batch(this.#readAll(node))
    for (const child of childrenOf(node)) findRow(this.#changes, child.tag)?.(attributesOf(child), child)
  }

  readonly #batches: Readonly<Record<string, (messages: readonly ChatMessage[]) => void>> = {
    last: (messages) => this.#sync(messages, false),
    unread: (messages) => this.#sync(messages, true), // it comes after `last` and goes in front of it
    before: (messages) => this.#sync(messages, true),
    relay: (messages) => {
      for (const message of messages) {
        const added = this.#chats.addNewer(message.jid, [message], true)
        for (const each of added) this.#takeNotice(each)
        for (const each of added) this.#handlers.received(each)
      }
    },
    update: (messages) => {
      for (const message of messages) this.#chats.update(message)
    },
  }

  /** What a notice does to its chat beside being shown (messages.md 3). */
  #takeNotice({ jid, notice, seconds: setAt }: ChatMessage): void {
    if (notice === undefined) return
    const { stub, parameters } = notice
    if (stub === 'CHANGE_EPHEMERAL_SETTING') {
      const seconds = Number(parameters[0]) || 0
      this.#chats.change(jid, { timer: seconds > 0 ? { seconds, setAt } : null })
    }
    if ((stub === 'GROUP_CREATE' || stub === 'GROUP_CHANGE_SUBJECT') && parameters[0])
      this.#chats.rename(jid, parameters[0])
    const readOnly = findRow(membership, stub)
    const me = this.#handlers.me()
    if (readOnly !== undefined && parameters.some((member) => personJid(member) === me))
      this.#chats.change(jid, { readOnly })
  }

  #sync(messages: readonly ChatMessage[], older: boolean): void {
    const batches = new Map<string, ChatMessage[]>()
    for (const message of messages) {
      const batch = batches.get(message.jid)
      if (batch === undefined) batches.set(message.jid, [message])
      else batch.push(message)
    }
    for (const [jid, batch] of batches) {
      if (older) this.#chats.addOlder(jid, batch)
      else this.#chats.addNewer(jid, batch, false)
      this.#handlers.synced(jid, batch)
    }
  }

  #readAll(node: Node): readonly ChatMessage[] {
    const messages: ChatMessage[] = []
    for (const info of messagesOf(node, (code) => this.#handlers.dropped(code))) {
      const reading = readMessage(info)
      if (reading === null || info.key.remoteJid === STATUS_JID) continue // stories are no chat; they are looked up
      if ('revokes' in reading) {
        this.#chats.revoke(reading.revokes)
        continue
      }
      const { message } = reading
      // Told by the phone as still unsent: it has the message, the server has not.
      messages.push(message.status === 'pending' ? { ...message, passed: 'phone' } : message)
      if (message.fromMe) this.#handlers.ownSeen(message.id)
    }
    return messages
  }

  /** Children of an action that tell of a change (spec 10.3). */
  readonly #changes: Readonly<Record<string, (attributes: Attributes, node: Node) => void>> = {
    user: (attributes) => {
      const { jid, name } = attributes
      if (jid && name && isGroup(jid)) this.#chats.rename(jid, name)
      else this.#chats.putContacts([attributes], false)
    },
    chat: (attributes, node) => this.#changeChat(attributes, node),
    read: ({ jid, type }) => {
      if (jid) this.#chats.change(jid, { unread: type === 'false' ? -1 : 0 })
    },
    received: ({ jid, index, type, owner }) => {
      const status = findRow(receipts, type)
      if (jid && index && status && owner !== 'false') this.#chats.raiseStatus(jid, index, status)
    },
    contacts: ({ type }, node) => {
      if (type === 'frequent') this.#chats.contacts.putFrequent(childrenOf(node).flatMap(jidIn))
    },
    battery: ({ value, live }) => {
      if (Number(value) >= 0) this.#handlers.battery(Number(value), live === 'true')
    },
  }

  #changeChat(attributes: Attributes, node: Node): void {
    const { jid, type } = attributes
    if (!jid) return
    const chat = personJid(jid)
    const changes: Readonly<Record<string, () => void>> = {
      archive: () => this.#chats.change(chat, { archived: true }),
      unarchive: () => this.#chats.change(chat, { archived: false }),
      pin: () => this.#chats.change(chat, { pinned: Number(attributes.pin) > 0 }),
      mute: () => this.#chats.change(chat, { mutedUntil: Number(attributes.mute) || null }),
      delete: () => this.#chats.remove(chat),
      clear: () => this.#chats.clear(chat, itemsOf(node)),
      star: () => this.#chats.star(chat, itemsOf(node) ?? new Set(), true),
      unstar: () => this.#chats.star(chat, itemsOf(node) ?? new Set(), false),
    }
    findRow(changes, type)?.()
  }
}

/** A person is named by the content of a child, or by its attribute (spec 9.1 leaves it open). */
function jidIn({ attrs, content }: Node): string | [] {
  if (typeof content === 'string') return content
  return content instanceof Uint8Array ? utf8Text(content) : (attrs['jid'] ?? [])
}

function isDuplicate(node: Node): boolean {
  return attributesOf(node).duplicate === 'true'
}

/** The messages named by `item` children, or null when there are none, which means all. */
function itemsOf(node: Node): ReadonlySet<string> | null {
  const items = childrenOf(node, 'item').map(attributesOf)
  if (items.length === 0) return null
  return new Set(items.map(({ index, owner }) => keyOf({ id: index ?? '', fromMe: owner === 'true' })))
}
