/**
 * What browsers are told unasked when something changes on the phone (spec 10.3, 11.2, 11.3). Called in the
 * transaction of the change; nothing leaves before its commit.
 */
import type { Clock } from 'proto/clock'
import { isGroup, jidOfNumber } from 'proto/jid'
import type { Node } from 'proto/node'
import { messageStatus } from 'proto/web-message'
import { jsonJid } from './addresses.ts'
import type { Browser, Browsers } from './browsers.ts'
import type { Chats } from './chats.ts'
import { acks, type Level } from './levels.ts'
import { contactNode, messageNode, node } from './lists.ts'
import type { DeviceView } from './phone-views.ts'
import type { ChatRow, ContactRow, MessageKeyRow, MessageRow, PhoneStore } from './store.ts'

/** `received` by status, for messages of groups. */
const groupTicks: ReadonlyMap<number, string> = new Map([
  [messageStatus.ERROR, 'error'],
  [messageStatus.DELIVERY_ACK, 'message'],
  [messageStatus.READ, 'read'],
  [messageStatus.PLAYED, 'played'],
])

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
    this.#node({ tag: 'action', attrs: { add: 'relay' }, content: [messageNode(row)] }, row.chat, except)
  }

  /** A message that takes the place of one with the same key. */
  replaced(row: MessageRow, except?: Browser): void {
    this.#node({ tag: 'action', attrs: { add: 'update' }, content: [messageNode(row)] }, row.chat, except)
  }

  /** An own message was written. Browsers are shown it with a status beyond PENDING (messages.md 6): most when it is settled. */
  written(row: MessageRow, except?: Browser): void {
    if (row.hidden || row.status !== messageStatus.PENDING) this.message(row, except)
  }

  /**
   * The server has an own message, or has refused it. A browser that was not shown it is shown it now; one that opened
   * meanwhile has it from its sync as PENDING and gets it in its place: for the server's tick alone there is no form
   * that Baileys 4.4.0 reads.
   */
  settled(row: MessageRow, except?: Browser): void {
    const [relay, update] = ['relay', 'update'].map((add): Node => ({
      tag: 'action',
      attrs: { add },
      content: [messageNode(row)],
    }))
    this.#store.afterCommit(() => {
      for (const browser of this.#browsers.listeners(row.chat, except))
        this.#browsers.sendNode(browser, browser.synced < row.position ? relay : update)
    })
    if (row.status === messageStatus.ERROR) this.status(row, except)
  }

  /**
   * How far an own message has come. Single acks, numbers, own JID first: what all clients take. In a group the ticks
   * that need all members come as a node, which clients read there (spec 10.3, 11.3). `at`: since when, milliseconds.
   */
  status(row: MessageRow, except?: Browser, at = this.#clock.now()): void {
    const type = isGroup(row.chat) ? groupTicks.get(row.status) : undefined
    if (type === undefined) this.#ack('Msg', row, row.status - 1, at, {}, except)
    else {
      const received = node('received', { type, jid: row.chat, index: row.id, owner: 'true' })
      this.#node(action(received), row.chat, except)
    }
  }

  /** One member has an own message of a group, since `at` in milliseconds (spec 11.3). */
  reached(message: MessageKeyRow, reader: string, level: Level, at: number): void {
    this.#ack('MsgInfo', message, acks[level], at, { participant: jsonJid(jidOfNumber(reader)) })
  }

  /** The chat was read on the phone, or marked unread. */
  read(jid: string, unread: boolean, except?: Browser): void {
    this.#node(action(node('read', { jid, type: unread ? 'false' : undefined })), jid, except)
  }

  contact(row: ContactRow): void {
    this.#node(action(contactNode(row)), row.jid)
  }

  /** A group has this name, of which no notice told. */
  groupName(jid: string, name: string): void {
    this.#node(action(node('user', { jid, name })), jid)
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
    this.#node(action(node('chat', attrs, items)), attrs.jid, except)
  }

  /** A browser may not see this chat any more: for it, the chat is deleted. */
  forget(browser: Browser, jid: string): void {
    this.#store.afterCommit(() =>
      this.#browsers.sendNode(browser, action(node('chat', { jid, type: 'delete' }))),
    )
  }

  battery(device: DeviceView): void {
    this.#node(action(batteryNode(device)), null)
  }

  blocklist(blocked: readonly string[]): void {
    this.#store.afterCommit(() => this.#browsers.pushJson(blocklist(blocked), null))
  }

  /** Somebody (a number) or a group has another picture (spec 6). */
  picture(of: string, tag: string, except?: Browser): void {
    const jid = of.endsWith('@g.us') ? of : `${of}@c.us`
    const body = ['Cmd', { type: 'picture', jid, tag }]
    const chat = of.endsWith('@g.us') ? of : jidOfNumber(of)
    this.#store.afterCommit(() => this.#browsers.pushJson(body, chat === this.#ownJid ? null : chat, except))
  }

  #ack(
    name: string,
    { chat, id }: Pick<MessageKeyRow, 'chat' | 'id'>,
    ack: number,
    at: number,
    more: object,
    except?: Browser,
  ): void {
    const [from, to] = [jsonJid(this.#ownJid), jsonJid(chat)]
    const t = Math.floor(at / 1000)
    const body = [name, { cmd: 'ack', id, ack, from, to, ...more, t }]
    this.#store.afterCommit(() => this.#browsers.pushJson(body, chat, except))
  }

  /** A call rings, or does no longer (spec 6). */
  call(
    { id, from }: { readonly id: string; readonly from: string },
    type: 'offer' | 'accept' | 'reject',
  ): void {
    const body = ['Call', { id, from: jsonJid(from), type }]
    this.#store.afterCommit(() => this.#browsers.pushJson(body, from))
  }

  #node(sent: Node, chat: string | null, except?: Browser): void {
    this.#store.afterCommit(() => this.#browsers.pushNode(sent, chat, except))
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
