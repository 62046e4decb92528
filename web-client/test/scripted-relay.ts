/**
 * The server's end of a client's connections, played for tests with proto's own functions: it answers as the spec
 * says unless a test tells it otherwise, and notes what it was sent.
 */
import { formatBase64 } from 'proto/base64'
import { checkChallenge } from 'proto/challenge'
import { type Entropy, seededEntropy } from 'proto/entropy'
import { formatTextFrame, KEEP_ALIVE, parseFrameJson, parseTextFrame } from 'proto/frame'
import type { Link } from 'proto/link'
import type { Node } from 'proto/node'
import { parseQr } from 'proto/qr'
import { openFrame, type SealKeys, sealFrame } from 'proto/seal'
import { buildSecret } from 'proto/secret'
import { linkPair } from './memory-link.ts'
import { ScriptedPhone } from './scripted-phone.ts'
import type { Clock } from 'proto/clock'

export type Json = readonly unknown[]

export class ScriptedRelay {
  readonly phone = new ScriptedPhone()
  readonly connections: RelayEnd[] = []
  readonly entropy: Entropy = seededEntropy('scripted relay')
  readonly clock: Clock
  up = true
  phoneAway = false
  ttl = 20_000
  keys: SealKeys = { encKey: this.entropy.bytes(32), macKey: this.entropy.bytes(32) }
  /** Set to answer a JSON request in another way; return true when it was dealt with. */
  meddle: (request: Json, tag: string, end: RelayEnd) => boolean = () => false
  /** Between Conn and the first sealed frame. */
  holdMs = 50
  syncs = true

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Connections open once this has resolved. */
  gate: Promise<void> = Promise.resolve()

  readonly connect = async (): Promise<Link> => {
    await this.gate
    if (!this.up) throw new Error('nobody listens')
    const [near, far] = linkPair()
    this.connections.push(new RelayEnd(this, far))
    return near
  }

  get end(): RelayEnd {
    return this.connections.at(-1) as RelayEnd
  }

  /** The phone scans a code: secret, Conn, and the initial sync. */
  scan(qrText: string, alter: (conn: Record<string, unknown>) => void = () => {}): void {
    const { publicKey } = parseQr(qrText)
    const secret = buildSecret({
      browserPublic: publicKey,
      phonePrivate: this.entropy.bytes(32),
      ...this.keys,
    })
    const conn: Record<string, unknown> = { ...connBody(), secret: formatBase64(secret) }
    alter(conn)
    this.end.push(['Conn', conn])
    this.end.admitted()
  }
}

export function connBody(): Record<string, unknown> {
  const phone = { wa_version: '2.21.0', os_version: '10', device_manufacturer: 'Sim', device_model: 'Phone' }
  return {
    ref: '1@x',
    wid: '15550001111@c.us',
    connected: true,
    serverToken: 'server token',
    browserToken: 'browser token',
    clientToken: 'client token',
    battery: 77,
    plugged: false,
    platform: 'android',
    phone,
    pushname: 'Alice',
    tos: 0,
  }
}

export class RelayEnd {
  readonly requests: Json[] = []
  readonly nodes: { tag: string; node: Node; metric: number | undefined; flags: number | undefined }[] = []
  readonly tags: string[] = []
  /** Every frame as it came, bytes in hex. */
  readonly raws: string[] = []
  keepAlives = 0
  /** A silent server takes everything and says nothing. */
  isSilent = false
  closed = false
  readonly #relay: ScriptedRelay
  readonly #link: Link
  #pushes = 0
  #refs = 0
  #queued: (() => void)[] = []

  constructor(relay: ScriptedRelay, link: Link) {
    this.#relay = relay
    this.#link = link
    link.open({
      frame: (frame) => {
        this.raws.push(typeof frame === 'string' ? frame : Buffer.from(frame).toString('hex'))
        if (typeof frame === 'string') this.#text(frame)
        else this.#binary(frame)
      },
      close: () => {
        this.closed = true
      },
    })
  }

  raw(frame: string | Uint8Array): void {
    this.#link.send(frame)
  }

  json(tag: string, body: object): void {
    this.#link.send(formatTextFrame(tag, body))
  }

  push(body: Json): void {
    this.json(`s${++this.#pushes}`, body)
  }

  node(node: Node, tag = `1600000000-${++this.#pushes}`): void {
    this.#link.send(sealFrame({ ...this.#relay.keys, tag, node, iv: this.#relay.entropy.bytes(16) }))
  }

  close(): void {
    this.#link.close(1001, 'going away')
  }

  /** Conn was sent: the initial sync follows. */
  admitted(): void {
    const { clock, holdMs, phone } = this.#relay
    clock.after(holdMs, () => {
      if (this.#relay.syncs) for (const each of phone.sync()) this.node(each)
    })
  }

  /** The phone is back: the waiting requests are answered. */
  phoneBack(): void {
    this.#relay.phoneAway = false
    this.push(['Pong', true])
    for (const answer of this.#queued) answer()
    this.#queued = []
  }

  /** Sends Conn and the login answer, in the order and with the pauses that the spec asks for. */
  admit(loginTag: string): void {
    this.#relay.clock.after(50, () => {
      this.push(['Conn', connBody()])
      this.json(loginTag, { status: 200 })
      this.admitted()
    })
  }

  /** Sends a challenge and checks the answer. */
  challenge(loginTag: string, challenge: Uint8Array): void {
    this.push(['Cmd', { type: 'challenge', challenge: formatBase64(challenge) }])
    this.#challenge = { loginTag, challenge }
  }
  #challenge: { loginTag: string; challenge: Uint8Array } | null = null

  #text(text: string): void {
    if (text === KEEP_ALIVE) {
      this.keepAlives++
      if (!this.isSilent) this.raw(`!${this.#relay.clock.now()}`)
      return
    }
    const frame = parseTextFrame(text)
    if (frame.kind !== 'json') throw new Error('a client sends requests only')
    const request = parseFrameJson(frame.json) as Json
    this.requests.push(request)
    this.tags.push(frame.tag)
    if (this.isSilent || this.#relay.meddle(request, frame.tag, this)) return
    this.#answer(request, frame.tag)
  }

  #answer(request: Json, tag: string): void {
    const { ttl, phoneAway } = this.#relay
    const name = request.slice(0, 3).join(' ')
    if (name.startsWith('admin init')) this.json(tag, { status: 200, ref: `1@ref${++this.#refs}`, ttl })
    else if (name === 'admin Conn reref') this.json(tag, { status: 200, ref: `1@ref${++this.#refs}`, ttl })
    else if (name.startsWith('admin login')) this.admit(tag)
    else if (name === 'admin test') {
      if (!phoneAway) this.json(tag, ['Pong', true])
    } else if (name.startsWith('admin challenge')) this.#judge(request, tag)
    else if (name.startsWith('query mediaConn'))
      this.json(tag, {
        status: 200,
        media_conn: { auth: 'right', ttl: 300, hosts: [{ hostname: 'localhost' }] },
      })
    else if (name === 'admin Conn disconnect') this.#link.close(1000, '')
    else this.json(tag, { status: 200 })
  }

  #judge(request: Json, tag: string): void {
    const asked = this.#challenge
    const answer = Uint8Array.from(Buffer.from(String(request[2]), 'base64'))
    const fits = asked !== null && checkChallenge(this.#relay.keys.macKey, asked.challenge, answer)
    this.json(tag, { status: fits ? 200 : 403 })
    if (fits) this.admit(asked.loginTag)
  }

  #binary(bytes: Uint8Array): void {
    const { tag, node, metric, flags } = openFrame(bytes, this.#relay.keys, { from: 'client' })
    this.nodes.push({ tag, node, metric, flags })
    const answer = (): void => {
      const body = this.#relay.phone.answer(node)
      if ('tag' in body) this.node(body, tag)
      else this.json(tag, body)
    }
    if (this.#relay.phoneAway) this.#queued.push(answer)
    else answer()
  }
}
