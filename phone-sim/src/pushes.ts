/**
 * What browsers are told unasked when something changes on the phone (spec 10.3, 11.2, 11.3). Called in the
 * transaction of the change; nothing leaves before its commit.
 */
import type { Clock } from 'proto/clock'
import type { Node } from 'proto/node'
import { jsonJid } from './addresses.ts'
import type { Browser, Browsers } from './browsers.ts'
import type { Chats } from './chats.ts'
import { contactNode, messageNode, node } from './lists.ts'
import type { DeviceView } from './phone-views.ts'
import type { ChatRow, ContactRow, MessageRow, PhoneStore } from './store.ts'

export class Pushes {
  readonly #browsers: Browsers
  readonly #store: PhoneStore
  readonly #clock: Clock
  readonly #ownJid: string

  constructor(browsers: Browsers, store: PhoneStore, clock: Clock, ownJid: string) {
    this.#browsers = browsers
    this.#store = store
    this.#clock = clock
    this.#ownJid = ownJid
  }

  /** A new message, one per frame: Baileys looks at the first only (spec 11.2). */
  message(row: MessageRow, except?: Browser): void {
    this.#node({ tag: 'action', attrs: { add: 'relay' }, content: [messageNode(row)] }, except)
  }

  /** A message that takes the place of one with the same key. */
  replaced(row: MessageRow, except?: Browser): void {
    this.#node({ tag: 'action', attrs: { add: 'update' }, content: [messageNode(row)] }, except)
  }

  /** How far an own message has come. Single acks, numbers, own JID first: what all clients take (spec 11.3). */
  status(row: MessageRow, except?: Browser): void {
    const [from, to] = [jsonJid(this.#ownJid), jsonJid(row.chat)]
    const t = Math.floor(this.#clock.now() / 1000)
    const body = ['Msg', { cmd: 'ack', id: row.id, ack: row.status - 1, from, to, t }]
    this.#store.afterCommit(() => this.#browsers.pushJson(body, except))
  }

  /** The chat was read on the phone, or marked unread. */
  read(jid: string, unread: boolean, except?: Browser): void {
    this.#node(action(node('read', { jid, type: unread ? 'false' : undefined })), except)
  }

  contact(row: ContactRow): void {
    this.#node(action(contactNode(row)))
  }

  /** `type` and its attributes as in spec 10.3; `items` name single messages. */
  chat(chat: ChatRow | string, type: string, items: Node[] | null, except?: Browser): void {
    const row = typeof chat === 'string' ? null : chat
    const attrs = {
      jid: row?.jid ?? (chat as string),
      type,
      pin: type === 'pin' && row?.pinnedS ? String(row.pinnedS) : undefined,
      mute: type === 'mute' && row?.mutedUntilS ? String(row.mutedUntilS) : undefined,
      modify_tag: row ? String(row.modifyTag) : undefined,
    }
    this.#node(action(node('chat', attrs, items)), except)
  }

  battery(device: DeviceView): void {
    this.#node(action(batteryNode(device)))
  }

  blocklist(blocked: readonly string[]): void {
    this.#store.afterCommit(() => this.#browsers.pushJson(blocklist(blocked)))
  }

  /** Somebody (a number) or a group has another picture (spec 6). */
  picture(of: string, tag: string, except?: Browser): void {
    const jid = of.endsWith('@g.us') ? of : `${of}@c.us`
    const body = ['Cmd', { type: 'picture', jid, tag }]
    this.#store.afterCommit(() => this.#browsers.pushJson(body, except))
  }

  #node(sent: Node, except?: Browser): void {
    this.#store.afterCommit(() => this.#browsers.pushNode(sent, except))
  }
}

export function blockedJids(chats: Chats): string[] {
  return chats.contacts().flatMap(({ jid, blocked }) => (blocked ? jid : []))
}

/** Always the whole list (spec 6). */
export function blocklist(blocked: readonly string[]): readonly unknown[] {
  return ['Blocklist', { id: 1, blocklist: blocked.map(jsonJid) }]
}

export function batteryNode({ batteryPercent, plugged }: DeviceView): Node {
  return node('battery', { value: String(batteryPercent), live: String(plugged) })
}

export function action(child: Node): Node {
  return { tag: 'action', attrs: {}, content: [child] }
}
