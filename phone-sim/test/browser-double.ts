/** A browser as the phone sees one, made of proto's own functions. Keeps everything that arrives. */
import { concat, utf8, utf8Text } from 'proto/bytes'
import { x25519PublicKey } from 'proto/crypto-node'
import type { Entropy } from 'proto/entropy'
import type { Node } from 'proto/node'
import { RELAY_TEXT } from 'proto/phone-link'
import { formatQr } from 'proto/qr'
import { openFrame, type SealKeys, sealFrame } from 'proto/seal'
import { openSecret } from 'proto/secret'
import {
  decodeWebMessage,
  textMessage,
  textOf,
  encodeWebMessage,
  type WebMessageInfo,
} from 'proto/web-message'
import type { RelayDouble } from './relay-double.ts'
import { until } from './test-clock.ts'

export interface Arrived {
  readonly tag: string
  /** Null for a JSON answer. */
  readonly node: Node | null
  readonly json: unknown
}

let connections = 0

export class BrowserDouble {
  readonly #relay: RelayDouble
  readonly #private: Uint8Array
  readonly #entropy: Entropy
  readonly clientId: string
  ref: string
  connection = ++connections
  epoch = 1
  login = ''
  number = ''
  keys: SealKeys | null = null
  arrived: Arrived[] = []
  pushes: unknown[] = []
  /** What the relay has had from the phone for this opening. */
  received = 0
  #tags = 0

  constructor(relay: RelayDouble, entropy: Entropy, name = 'a') {
    this.#relay = relay
    this.#private = entropy.bytes(32)
    this.#entropy = entropy
    this.clientId = `client-${name}`
    this.ref = `1@${name}`
    relay.refs.set(this.ref, this)
  }

  get qr(): string {
    return formatQr({ ref: this.ref, publicKey: this.publicKey, clientId: this.clientId })
  }

  get publicKey(): Uint8Array {
    return x25519PublicKey(this.#private)
  }

  /** Shows its next code; the one before can still be claimed. */
  renew(): void {
    this.ref = `${this.ref}+`
    this.#relay.refs.set(this.ref, this)
  }

  claimed(number: string, login: string, secret: Uint8Array): void {
    this.number = number
    this.login = login
    const { encKey, macKey } = openSecret({ browserPrivate: this.#private, secret })
    this.keys = { encKey, macKey }
  }

  /** A new connection of the same login, as after a reload. */
  reconnect(): void {
    this.#relay.browsers.delete(this.connection)
    this.connection = ++connections
    this.epoch++
    this.arrived = []
    this.pushes = []
    this.#relay.open(this, true)
  }

  receive(message: Uint8Array, isText: boolean): void {
    if (isText) {
      const text = utf8Text(message)
      const comma = text.indexOf(',')
      this.arrived.push({ tag: text.slice(0, comma), node: null, json: JSON.parse(text.slice(comma + 1)) })
    } else {
      const { tag, node } = openFrame(message, this.keys!, { from: 'server' })
      this.arrived.push({ tag, node, json: null })
    }
  }

  push(body: unknown): void {
    this.pushes.push(body)
  }

  send(node: Node, tag = `${(this.#tags += 1)}.--1`): string {
    const iv = this.#entropy.bytes(16)
    this.#relay.toPhone(this, sealFrame({ ...this.keys!, tag, node, iv, metric: 10, flags: 128 }))
    return tag
  }

  sendText(text: string): void {
    this.#relay.toPhone(this, utf8(text), RELAY_TEXT)
  }

  /** A frame whose content is anything at all. */
  sendRaw(tag: string, body: Uint8Array): void {
    this.#relay.toPhone(this, concat(utf8(`${tag},`), new Uint8Array([10, 128]), body))
  }

  /** Sends and gives the answer under the same tag. */
  async ask(node: Node, tag?: string): Promise<Arrived> {
    const used = this.send(node, tag)
    return this.answer(used)
  }

  async answer(tag: string): Promise<Arrived> {
    await until(() => this.arrived.some((one) => one.tag === tag), `an answer to ${tag}`)
    return this.arrived.findLast((one) => one.tag === tag)!
  }

  query(type: string, attrs: Record<string, string> = {}): Promise<Arrived> {
    return this.ask({ tag: 'query', attrs: { type, epoch: '1', ...attrs }, content: null })
  }

  set(child: Node): Promise<Arrived> {
    return this.ask({ tag: 'action', attrs: { type: 'set', epoch: '1' }, content: [child] })
  }

  /** Sends the relay of a text without waiting. */
  relayText(id: string, to: string, text: string): string {
    const info = textMessage({
      remoteJid: to,
      fromMe: true,
      id,
      timestampS: 1_600_000_000,
      status: 'PENDING',
      text,
    })
    return this.relay(info)
  }

  relay(info: WebMessageInfo, tag = info.key.id): string {
    const message = { tag: 'message', attrs: {}, content: encodeWebMessage(info) }
    return this.send({ tag: 'action', attrs: { type: 'relay', epoch: '2' }, content: [message] }, tag)
  }

  /** Texts relayed live, in order. */
  relayed(): string[] {
    return this.arrived.flatMap(({ node }) =>
      node?.tag === 'action' && node.attrs['add'] === 'relay' ? messagesOf(node).map(textOf) : [],
    )
  }

  /** Everything with texts, sync and live. */
  allTexts(): string[] {
    return this.arrived.flatMap(({ node }) => (node?.tag === 'action' ? messagesOf(node).map(textOf) : []))
  }

  acks(): { id: string; ack: number }[] {
    return this.pushes.flatMap((body) => {
      const [name, ack] = body as [string, { id: string; ack: number }]
      return name === 'Msg' ? [{ id: ack.id, ack: ack.ack }] : []
    })
  }
}

export function messagesOf(node: Node): WebMessageInfo[] {
  if (!Array.isArray(node.content)) return []
  return node.content.flatMap(({ tag, content }) =>
    tag === 'message' && content instanceof Uint8Array ? [decodeWebMessage(content)] : [],
  )
}
