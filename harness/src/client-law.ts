/**
 * What all four legacy clients survive, checked on every frame that a server sends to a browser (spec 1.1, 2, 5.4 to
 * 5.6, 11.1, 12, 13, 17.7, 20). One of the clients crashes where another only complains: a run with no such client in
 * it must not break the law either. Sees the frames as they are on the wire, sealed ones from outside.
 */
import { tagEnd } from 'proto/frame'
import type { Clock } from 'proto/clock'
import type { Frame } from 'proto/link'
import type { Node } from 'proto/node'
import type { FaultyLinks } from './faulty-links.ts'

const FULL_CONN_TYPES: Readonly<Record<string, string>> = {
  wid: 'string',
  clientToken: 'string',
  serverToken: 'string',
  browserToken: 'string',
  pushname: 'string',
  platform: 'string',
  battery: 'number',
  plugged: 'boolean',
  connected: 'boolean',
  lc: 'string',
  lg: 'string',
  tos: 'number',
  is24h: 'boolean',
}
// prettier-ignore
const PHONE_TEXTS = ['wa_version', 'mcc', 'mnc', 'os_version', 'device_manufacturer', 'device_model', 'os_build_number']

const HOLD_MS = 500
const MAC_AND_IV_BYTES = 48
const BLOCK_BYTES = 16
/** A JSON error to a node query has to be shorter, or one client takes it for a sealed frame (spec 13). */
const JSON_ERROR_BYTES = 33

/** Holds the law against every browser connection of a server; gives the list that breaches are put into. */
export function watchLaw(clock: Clock, links: FaultyLinks): readonly string[] {
  const breaches: string[] = []
  const laws = new Map<number, ClientLaw>()
  links.observe(({ hop, link, way, frame }) => {
    if (hop.kind !== 'browser-server' || hop.near !== 'server') return
    if (way === 'open') laws.set(link, new ClientLaw())
    else if (way === 'close') laws.delete(link)
    const law = laws.get(link)
    if (law === undefined || frame === undefined) return
    if (way === 'in') law.heard(frame)
    const breach = way === 'out' ? law.said(frame, clock.now()) : null
    if (breach !== null) breaches.push(breach)
  })
  return breaches
}

/** The law for one connection. Each method gives what was broken, or null. */
export class ClientLaw {
  #pushes = 0
  #connAt: number | null = null
  #spoke = false
  readonly #sealedRequests = new Set<string>()

  /** A frame of the browser: its first sealed one ends the hold of §5.6. */
  heard(frame: Frame): void {
    if (typeof frame === 'string') return
    this.#spoke ||= this.#connAt !== null
    this.#sealedRequests.add(Buffer.from(frame.subarray(0, Math.max(0, tagEnd(frame)))).toString())
  }

  /** A frame of the server, sent at `at` (ms). */
  said(frame: Frame, at: number): string | null {
    if (frame.length === 0) return 'an empty frame (1.1)'
    return typeof frame === 'string' ? this.#text(frame, at) : this.#binary(frame, at)
  }

  #binary(frame: Uint8Array, at: number): string | null {
    const end = tagEnd(frame)
    if (end < 1) return 'a sealed frame without tag (2.2)'
    const sealed = frame.length - end - 1 - MAC_AND_IV_BYTES
    if (sealed < BLOCK_BYTES || sealed % BLOCK_BYTES !== 0)
      return 'a sealed frame that is not MAC, IV and blocks (2.2)'
    if (this.#connAt === null) return 'a sealed frame before Conn (5.6)'
    if (!this.#spoke && at - this.#connAt < HOLD_MS) return 'a sealed frame too soon after Conn (5.6)'
    return null
  }

  #text(text: string, at: number): string | null {
    if (text.startsWith('!')) return /^!\d{13,16}$/.test(text) ? null : 'a keep-alive answer not in ms (1.2)'
    const comma = text.indexOf(',')
    if (comma < 1) return 'a text frame without tag (2.1)'
    const tag = text.slice(0, comma)
    const json = text.slice(comma + 1)
    if (json === '') return null
    if (json.startsWith(',')) return 'two commas (2.1)'
    let body: unknown
    try {
      body = JSON.parse(json)
    } catch {
      return 'broken JSON (2.1)'
    }
    if (Array.isArray(body)) return this.#array(tag, body as unknown[], at)
    const { status } = body as { status?: unknown }
    if (status === 599) return 'status 599, which makes a client send again (11.1)'
    const isError = typeof status === 'number' && status >= 400
    if (isError && this.#sealedRequests.has(tag) && json.length >= JSON_ERROR_BYTES)
      return 'a long JSON error to a sealed request (13)'
    return null
  }

  #array(tag: string, body: readonly unknown[], at: number): string | null {
    const [word, facts] = body as [unknown, Record<string, unknown> | undefined]
    if (word === 'Pong' && body[1] !== true) return 'Pong false, which ends two clients (12)'
    if (!/^s\d+$/.test(tag)) return word === 'Pong' ? null : `a push under the tag ${tag} (3)`
    const number = Number(tag.slice(1))
    const opens = (word === 'Conn' && facts?.['wid'] !== undefined) || facts?.['type'] === 'challenge'
    if (number === 1 ? !opens : number !== this.#pushes + 1)
      return number === 1 ? 's1 is neither Conn nor challenge (5.5)' : `${tag} after s${this.#pushes} (3)`
    this.#pushes = number
    if (facts?.['type'] === 'upgrade_md_prod') return 'upgrade_md_prod (6)'
    if (word !== 'Conn' || facts?.['wid'] === undefined) return null
    this.#connAt ??= at
    return brokenConn(facts)
  }
}

function brokenConn(conn: Readonly<Record<string, unknown>>): string | null {
  for (const [member, type] of Object.entries(FULL_CONN_TYPES))
    if (typeof conn[member] !== type) return `Conn.${member} is no ${type} (5.4)`
  const phone = conn['phone'] as Record<string, unknown> | undefined
  const missing = PHONE_TEXTS.find((name) => typeof phone?.[name] !== 'string')
  return missing === undefined ? null : `Conn.phone.${missing} is no string (5.4)`
}

/** What an opened node of the phone breaks (spec 11.2, 13.1, 17.5, 17.7); null for a lawful one. */
export function nodeBreach({ tag, attrs, content }: Node): string | null {
  const children = Array.isArray(content) ? content : []
  if (tag === 'response' && !attrs['type']) return 'a response without type (13.1)'
  if (tag === 'action' && attrs['add'] === 'relay' && children.length !== 1)
    return `${children.length} messages in one relay (11.2)`
  if (Object.values(attrs).includes('')) return `an empty attribute of ${tag} (17.5)`
  for (const child of children) {
    const isEmpty = !(child.content instanceof Uint8Array) || child.content.length === 0
    if (child.tag === 'message' && isEmpty) return 'a message without bytes (17.7)'
    if (['user', 'chat'].includes(child.tag) && !child.attrs['jid'] && tag !== 'status')
      return `a ${child.tag} without jid (10.1)`
    const inner = nodeBreach(child)
    if (inner !== null) return inner
  }
  return null
}
