/**
 * A browser without a client: says what a test tells it to and keeps every frame with its time. For what happens on
 * the wire, where a well-behaved client would hide it; virtual time makes every pause exact.
 */
import { x25519PublicKey } from 'proto/crypto-node'
import { parseBase64, formatBase64 } from 'proto/base64'
import { answerChallenge } from 'proto/challenge'
import type { Frame, Link } from 'proto/link'
import type { Node } from 'proto/node'
import { formatQr } from 'proto/qr'
import { openFrame, sealFrame, type SealKeys } from 'proto/seal'
import { openSecret } from 'proto/secret'
import type { Entropy } from 'proto/entropy'
import type { Phone } from 'phone-sim/phone'
import { nodeBreach, tagOf, type World } from 'harness'

export interface Received {
  /** Milliseconds since 1970 on the world's clock. */
  readonly at: number
  readonly frame: Frame
}

export interface OpenedNode {
  readonly at: number
  readonly tag: string
  readonly node: Node
}

/** What a paired browser keeps. */
export interface RawCredentials extends SealKeys {
  readonly clientId: string
  readonly clientToken: string
  readonly serverToken: string
}

type Members = Readonly<Record<string, unknown>>

export class RawBrowser {
  readonly received: Received[] = []
  closed: { readonly code: number; readonly reason: string; readonly at: number } | null = null
  credentials: RawCredentials | null = null
  readonly #world: World
  readonly #entropy: Entropy
  readonly #link: Link
  readonly clientId: string
  #tags = 0

  private constructor(world: World, link: Link, entropy: Entropy, kept: RawCredentials | null) {
    this.#world = world
    this.#entropy = entropy
    this.credentials = kept
    this.clientId = kept?.clientId ?? formatBase64(entropy.bytes(16))
    this.#link = link
    link.open({
      frame: (frame) =>
        void this.received.push({
          at: world.clock.now(),
          frame: typeof frame === 'string' ? frame : new Uint8Array(frame),
        }),
      close: (code, reason) => {
        this.closed = { code, reason, at: world.clock.now() }
      },
    })
  }

  /** A new connection; `kept` are the credentials of an earlier one. Real time needs a link of its own. */
  static async connect(
    world: World,
    name: string,
    kept: RawCredentials | null = null,
    dial: () => Promise<Link> = () => world.dial(),
  ): Promise<RawBrowser> {
    const link = await dial()
    const joined = world.faults.join({ kind: 'browser-server', near: `browser:${name}`, far: 'server' }, link)
    return new RawBrowser(world, joined, world.entropy.fork(`raw browser ${name}`), kept)
  }

  // saying

  send(frame: Frame): void {
    this.#link.send(frame)
  }

  close(): void {
    this.#link.close(1000, '')
  }

  nextTag(): string {
    return `${Math.floor(this.#world.clock.now() / 1000)}.--${this.#tags++}`
  }

  /** Sends JSON under a fresh tag, or the one given; returns the tag. */
  say(body: unknown, tag: string = this.nextTag()): string {
    this.send(`${tag},${JSON.stringify(body)}`)
    return tag
  }

  /** Seals a node as a client does. */
  sayNode(node: Node, tag: string = this.nextTag(), metric = 10, flags = 128): string {
    const { encKey, macKey } = this.credentials!
    this.send(sealFrame({ tag, node, encKey, macKey, iv: this.#entropy.bytes(16), metric, flags }))
    return tag
  }

  // hearing

  /** Text frames, oldest first. */
  get texts(): { at: number; text: string }[] {
    return this.received.flatMap(({ at, frame }) => (typeof frame === 'string' ? [{ at, text: frame }] : []))
  }

  get binaries(): { at: number; bytes: Uint8Array }[] {
    return this.received.flatMap(({ at, frame }) => (typeof frame === 'string' ? [] : [{ at, bytes: frame }]))
  }

  /** JSON pushes in order, with their tags. */
  get pushes(): { at: number; tag: string; body: readonly unknown[] }[] {
    return this.texts.flatMap(({ at, text }) => {
      const tag = tagOf(text)
      return /^s\d+$/.test(tag) ? [{ at, tag, body: jsonOf(text) as readonly unknown[] }] : []
    })
  }

  /** Sealed frames, opened; throws when one does not open. */
  get nodes(): OpenedNode[] {
    return this.binaries.map(({ at, bytes }) => {
      const { tag, node } = openFrame(bytes, this.credentials!, { from: 'server' })
      const breach = nodeBreach(node)
      if (breach !== null) throw new Error(`${tag}: ${breach}`)
      return { at, tag, node }
    })
  }

  /** Every frame under a tag that is not an empty answer. */
  answers(tag: string): Received[] {
    return this.received.filter(({ frame }) => tagOf(frame) === tag && frame !== `${tag},`)
  }

  /** The JSON answer under a tag, waited for. */
  async json(tag: string, withinMs = 5_000): Promise<Members> {
    const { frame } = await this.answer(tag, withinMs)
    if (typeof frame !== 'string') throw new TypeError(`the answer to ${tag} is a node`)
    return jsonOf(frame) as Members
  }

  /** The node under a tag, waited for. */
  async node(tag: string, withinMs = 5_000): Promise<Node> {
    const { frame } = await this.answer(tag, withinMs)
    if (typeof frame === 'string') throw new TypeError(`the answer to ${tag} is ${frame}`)
    return openFrame(frame, this.credentials!, { from: 'server' }).node
  }

  async answer(tag: string, withinMs = 5_000): Promise<Received> {
    await this.#world.until(() => this.answers(tag).length > 0, { withinMs })
    return this.answers(tag)[0]
  }

  async push(tag: string, withinMs = 5_000): Promise<readonly unknown[]> {
    await this.#world.until(() => this.pushes.some((push) => push.tag === tag), { withinMs })
    return this.pushes.find((push) => push.tag === tag)!.body
  }

  // conversations

  /** Says init and gives the tag; `json(tag)` is its answer. */
  init(): string {
    return this.say(['admin', 'init', [2, 2142, 12], ['Raw', 'Raw', '1.0'], this.clientId, true])
  }

  login(mode = 'takeover', tag?: string): string {
    const { clientToken, serverToken } = this.credentials!
    return this.say(['admin', 'login', clientToken, serverToken, this.clientId, mode], tag)
  }

  /** init unless `shown` is a ref it gave, code, scan; resolves with the members of Conn. Says nothing afterwards. */
  async pair(
    phone: Phone,
    shown?: string,
    consent: Parameters<Phone['scan']>[1] = { grant: true },
  ): Promise<Members> {
    const ref = shown ?? (await this.json(this.init())).ref
    const browserPrivate = this.#entropy.bytes(32)
    const qr = formatQr({
      ref: String(ref),
      publicKey: x25519PublicKey(browserPrivate),
      clientId: this.clientId,
    })
    await this.#world.finish(phone.scan(qr, consent))
    const conn = (await this.push('s1'))[1] as Members
    const { encKey, macKey } = openSecret({ browserPrivate, secret: parseBase64(String(conn.secret)) })
    const { clientToken, serverToken } = conn as Record<string, string>
    this.credentials = {
      encKey,
      macKey,
      clientId: this.clientId,
      clientToken: clientToken,
      serverToken: serverToken,
    }
    return conn
  }

  /** init and login back to back, as every client does; the members of Conn. */
  async resume(): Promise<Members> {
    this.init()
    const tag = this.login()
    await this.json(tag)
    return this.pushes.find(({ body }) => body[0] === 'Conn')!.body[1] as Members
  }

  /** Answers the challenge in push `s1`. */
  answerChallenge(): string {
    const [, { challenge }] = this.pushes[0].body as ['Cmd', { challenge: string }]
    const answer = answerChallenge(this.credentials!.macKey, parseBase64(challenge))
    return this.say([
      'admin',
      'challenge',
      formatBase64(answer),
      this.credentials!.serverToken,
      this.clientId,
    ])
  }
}

/** The value after the tag. */
export function jsonOf(text: string): unknown {
  return JSON.parse(text.slice(text.indexOf(',') + 1))
}
