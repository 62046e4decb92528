/** The phone that stands behind the scripted relay: contacts, chats and messages, and what it answers to nodes. */
import type { Node } from 'proto/node'
import {
  decodeWebMessage,
  encodeWebMessage,
  textMessage,
  textOf,
  type WebMessageInfo,
} from 'proto/web-message'

export const ALICE = '15550001111@s.whatsapp.net'
export const BOB = '15550002222@s.whatsapp.net'
export const CARLA = '15550003333@s.whatsapp.net'

export interface Written {
  readonly id: string
  readonly fromMe?: boolean
  readonly text?: string
  readonly seconds?: number
}

export function infoOf(jid: string, { id, fromMe = false, text = id, seconds = 0 }: Written): WebMessageInfo {
  return textMessage({
    remoteJid: jid,
    fromMe,
    id,
    text,
    timestampS: 1_500_000_000 + seconds,
    ...(fromMe ? { status: 'SERVER_ACK' as const } : {}),
  })
}

export function node(tag: string, attrs: Record<string, string> = {}, content: Node['content'] = null): Node {
  return { tag, attrs, content }
}

export function messageNode(info: WebMessageInfo): Node {
  return node('message', {}, encodeWebMessage(info))
}

export class ScriptedPhone {
  readonly contacts: Record<string, string>[] = [
    { jid: '15550002222@c.us', name: 'Bob' },
    { jid: CARLA, notify: 'carla~' },
  ]
  chats: Record<string, string>[] = [{ jid: BOB, t: '1500000100', count: '2' }]
  readonly messages = new Map<string, WebMessageInfo[]>()
  /** Ids of relayed messages, once for each time they came. */
  readonly relayed: string[] = []
  /** What clients marked as read. */
  readonly reads: Record<string, string>[] = []

  /** Adds a message to the phone's history, newest. */
  write(jid: string, written: Written): WebMessageInfo {
    const info = infoOf(jid, written)
    const known = this.messages.get(jid) ?? []
    known.push(info)
    this.messages.set(jid, known)
    return info
  }

  /** The frames of the initial sync (spec 9.1), `before` messages of each chat before its last. */
  sync(before = 19): Node[] {
    const chats = [...this.messages.values()].filter((list) => list.length > 0)
    const last = chats.map((list) => messageNode(list.at(-1) as WebMessageInfo))
    return [
      this.#contactList(),
      this.#chatList(),
      node('action', { add: 'last' }, last),
      ...chats.map((list) =>
        node('action', { add: 'before' }, list.slice(0, -1).slice(-before).map(messageNode)),
      ),
    ]
  }

  /** The answer to a node: another node, a JSON object, or null for silence. */
  answer(query: Node): Node | object {
    const { type } = query.attrs
    if (query.tag === 'query') {
      if (type === 'contacts') return this.#contactList()
      if (type === 'chat') return this.#chatList()
      if (type === 'message') return this.#history(query.attrs)
      if (type === 'search') return this.#search(query.attrs)
      return node('response', { type })
    }
    for (const child of query.content as Node[]) {
      if (type === 'relay') this.#relay(child)
      if (child.tag === 'read') this.reads.push(child.attrs)
    }
    return { status: 200 }
  }

  #relay(message: Node): void {
    const info = decodeWebMessage(message.content as Uint8Array)
    this.relayed.push(info.key.id)
    const known = this.messages.get(info.key.remoteJid) ?? []
    if (known.some(({ key }) => key.id === info.key.id)) return
    info.status = 2
    this.messages.set(info.key.remoteJid, [...known, info])
  }

  #contactList(): Node {
    return node(
      'response',
      { type: 'contacts' },
      this.contacts.map((attrs) => node('user', attrs)),
    )
  }

  #chatList(): Node {
    return node(
      'response',
      { type: 'chat' },
      this.chats.map((attrs) => node('chat', attrs)),
    )
  }

  #history(attrs: Readonly<Record<string, string | undefined>>): Node | object {
    const { jid = '', kind, count, index, owner } = attrs
    const all = this.messages.get(jid) ?? []
    const at = all.findIndex(({ key }) => key.id === index && String(key.fromMe) === owner)
    if (index !== undefined && at < 0) return { status: 404 }
    const many = Number(count)
    const page =
      kind === 'after'
        ? all.slice(at + 1, at + 1 + many)
        : all.slice(0, index === undefined ? all.length : at).slice(-many)
    return node('response', { type: 'message' }, page.map(messageNode))
  }

  #search({ search = '', count, page, jid }: Readonly<Record<string, string | undefined>>): Node {
    const found = [...this.messages]
      .filter(([chat]) => jid === undefined || chat === jid)
      .flatMap(([, infos]) => infos)
      .filter((info) => textOf(info).toLowerCase().includes(search.toLowerCase()))
      .reverse()
    const from = (Number(page) - 1) * Number(count)
    const shown = found.slice(from, from + Number(count))
    const last = String(from + shown.length >= found.length)
    return node('response', { type: 'search', last }, shown.map(messageNode))
  }
}
