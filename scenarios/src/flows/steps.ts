/**
 * Moments of a flow -> steps to print: which row of the message tables each frame is, what is in it, and who can read
 * it. Sealed frames are opened with the browser's keys; what stands in `reader` is what the server has without them.
 */
import { matchNode, matchPhoneNode, matchPush, matchRequest } from 'proto/browser-messages'
import { parseBase64 } from 'proto/base64'
import { utf8Text } from 'proto/bytes'
import { KEEP_ALIVE, parseBinaryFrame, parseFrameJson, parseTextFrame } from 'proto/frame'
import type { Frame } from 'proto/link'
import { flagNames, metricName } from 'proto/metrics'
import { decodeRelayFrame, RELAY_HEADER_BYTES, RELAY_TEXT } from 'proto/phone-link'
import { openFrame } from 'proto/seal'
import type { Moment, Played } from './stage.ts'
import { jsonLines, nodeLines, ValueNames } from './text.ts'
import type { RawBrowser } from '../raw-browser.ts'

/** A frame, as the document prints it. */
export interface FrameStep {
  readonly kind: 'frame'
  /** Counts the frames of the flow from 1. */
  readonly number: number
  readonly atMs: number
  readonly from: string
  readonly to: string
  /** Text before the first comma; null for link messages. */
  readonly tag: string | null
  /** Name in the message tables; null when no row fits, and for what the phone's link carries for browsers. */
  readonly row: string | null
  readonly isAnswer: boolean
  readonly what: 'text' | 'sealed' | 'link' | 'relay'
  /** Of what the link carries for a browser: the step with the same bytes on the browser's connection. */
  readonly sameAs: number | null
  readonly bytes: number
  /** Who can read what. */
  readonly reader: string
  readonly lines: readonly string[]
}

/** A connection that opens or ends, at `party`; or, of no party, what a person does. */
export interface OtherStep {
  readonly kind: 'other'
  readonly atMs: number
  readonly party: string | null
  readonly text: string
}

export type Step = FrameStep | OtherStep

type FrameMoment = Extract<Moment, { kind: 'frame' }>
type Found = Pick<FrameStep, 'tag' | 'row' | 'isAnswer' | 'what' | 'reader' | 'lines'> &
  Partial<Pick<FrameStep, 'sameAs'>>

const SERVER = 'server'

/** The steps of a flow in their order. */
export function stepsOf({ moments, browsers }: Played): Step[] {
  const reader = new FlowReader(moments, browsers)
  return moments.map((moment): Step => {
    const { atMs } = moment
    if (moment.kind === 'said') return { kind: 'other', atMs, party: null, text: moment.text }
    const { party } = moment
    if (moment.kind === 'opened') {
      const what = moment.hop === 'browser' ? 'the WebSocket' : 'a link to the server'
      return { kind: 'other', atMs, party, text: `${party} opens ${what}` }
    }
    if (moment.kind === 'closed')
      return { kind: 'other', atMs, party, text: `the connection of ${party} ends: ${moment.why}` }
    return reader.read(moment)
  })
}

class FlowReader {
  readonly #moments: readonly Moment[]
  readonly #browsers: ReadonlyMap<string, RawBrowser>
  readonly #names = new ValueNames()
  /** Rows of requests without an answer so far, by party and tag or id, oldest first. */
  readonly #open = new Map<string, (string | null)[]>()
  readonly #numbers: ReadonlyMap<Moment, number>

  constructor(moments: readonly Moment[], browsers: ReadonlyMap<string, RawBrowser>) {
    this.#moments = moments
    this.#browsers = browsers
    this.#numbers = new Map(
      moments.filter(({ kind }) => kind === 'frame').map((moment, index) => [moment, index + 1]),
    )
    for (const { clientId, credentials } of browsers.values()) {
      this.#names.name(clientId, 'client id')
      if (credentials) {
        this.#names.name(credentials.clientToken, 'clientToken')
        this.#names.name(credentials.serverToken, 'serverToken')
      }
    }
  }

  read(moment: FrameMoment): Step {
    const { atMs, party, toServer, frame } = moment
    const bytes = typeof frame === 'string' ? Buffer.byteLength(frame) : frame.length
    const found = moment.hop === 'phone' ? this.#readLink(moment) : this.#readBrowser(moment)
    const [from, to] = toServer ? [party, SERVER] : [SERVER, party]
    return {
      kind: 'frame',
      number: this.#numbers.get(moment)!,
      atMs,
      from,
      to,
      bytes,
      sameAs: null,
      ...found,
    }
  }

  #readBrowser({ party, toServer, frame }: FrameMoment): Found {
    return typeof frame === 'string'
      ? this.#readText(party, toServer, frame)
      : this.#readSealed(party, toServer, frame)
  }

  #readText(party: string, toServer: boolean, text: string): Found {
    const plain = { what: 'text', reader: 'everyone can read it' } as const
    const parsed = parseTextFrame(text)
    if (parsed.kind === 'keepAlive' || parsed.kind === 'keepAliveAnswer') {
      const isAnswer = text !== KEEP_ALIVE
      return { ...plain, tag: null, row: 'keepAlive', isAnswer, lines: [text] }
    }
    const { tag } = parsed
    if (parsed.kind === 'empty')
      return {
        ...plain,
        tag,
        row: this.#peek(party, tag),
        isAnswer: true,
        lines: ['(empty: taken, the answer comes later)'],
      }
    const body = parseFrameJson(parsed.json)
    const row = toServer ? (matchRequest(body)?.name ?? null) : null
    if (row === 'challenge') this.#names.name(String((body as unknown[])[2]), 'answer')
    const lines = jsonLines(body, this.#names)
    if (toServer) {
      this.#ask(party, tag, row)
      return { ...plain, tag, row, isAnswer: false, lines }
    }
    const asked = this.#answered(party, tag)
    return asked === undefined
      ? { ...plain, tag, row: matchPush(body), isAnswer: false, lines }
      : { ...plain, tag, row: asked, isAnswer: true, lines }
  }

  #readSealed(party: string, toServer: boolean, frame: Uint8Array): Found {
    const from = toServer ? 'client' : 'server'
    const { tag, node } = openFrame(frame, this.#browsers.get(party)!.credentials!, { from })
    const sealed = {
      what: 'sealed',
      tag,
      reader: sealedReader(frame, from),
      lines: nodeLines(node, this.#names),
    } as const
    if (toServer) {
      const row = matchNode(node)
      this.#ask(party, tag, row)
      return { ...sealed, row, isAnswer: false }
    }
    const asked = this.#answered(party, tag)
    return asked === undefined
      ? { ...sealed, row: matchPhoneNode(node), isAnswer: false }
      : { ...sealed, row: asked, isAnswer: true }
  }

  #readLink(moment: FrameMoment): Found {
    const { party, toServer, frame } = moment
    if (typeof frame !== 'string') return this.#readRelay(frame)
    const message = JSON.parse(frame) as { readonly type: string; readonly id?: number }
    const base = { tag: null, what: 'link', reader: 'phone and server can read it' } as const
    // both sides count their own requests
    const asker = (bySelf: boolean) => `${party} ${toServer === bySelf ? 'asks' : 'is asked'}`
    if (message.type === 'reply') {
      const asked = this.#answered(asker(false), String(message.id)) ?? null
      return { ...base, row: asked ?? 'reply', isAnswer: asked !== null, lines: this.#linkLines(message) }
    }
    if (message.id !== undefined) this.#ask(asker(true), String(message.id), message.type)
    return { ...base, row: message.type, isAnswer: false, lines: this.#linkLines(message) }
  }

  #linkLines(message: object): string[] {
    const { kind, body } = message as { readonly kind?: unknown; readonly body?: unknown }
    if (typeof body !== 'string') return jsonLines(message, this.#names)
    const bytes = parseBase64(body)
    if (kind === 'receipt')
      return jsonLines({ ...message, body: JSON.parse(utf8Text(bytes)) as unknown }, this.#names)
    this.#names.name(body, `Signal message, ${bytes.length} bytes`)
    return jsonLines(message, this.#names)
  }

  /** A browser's frame on the phone's link: names the step in which the same bytes are on the browser's connection. */
  #readRelay(frame: Uint8Array): Found {
    const { header, message } = decodeRelayFrame(frame)
    const same = this.#moments.find(
      (moment) => moment.kind === 'frame' && moment.hop === 'browser' && isSame(moment.frame, message),
    )
    const sameAs = same ? this.#numbers.get(same)! : null
    const form = header.kind === RELAY_TEXT ? 'text' : 'binary'
    const head = `relay header {kind: ${form}, connection: ${header.connection}, epoch: ${header.epoch}, heard: ${header.heard}}`
    const rest = `${message.length} bytes${sameAs === null ? '' : `, those of step ${sameAs} as they are`}`
    const tag = String.fromCharCode(...message.subarray(0, message.indexOf(0x2c)))
    const reader =
      form === 'text'
        ? 'everyone can read it'
        : `sealed behind ${RELAY_HEADER_BYTES} bytes of header for the server`
    return { tag, row: null, isAnswer: false, what: 'relay', sameAs, reader, lines: [head, rest] }
  }

  #ask(party: string, tag: string, row: string | null): void {
    const key = `${party} ${tag}`
    this.#open.set(key, [...(this.#open.get(key) ?? []), row])
  }

  #peek(party: string, tag: string): string | null {
    return this.#open.get(`${party} ${tag}`)?.[0] ?? null
  }

  /** Undefined when nothing was asked under this tag. */
  #answered(party: string, tag: string): string | null | undefined {
    return this.#open.get(`${party} ${tag}`)?.shift()
  }
}

function sealedReader(frame: Uint8Array, from: 'client' | 'server'): string {
  const { metric, flags, sealed } = parseBinaryFrame(frame, from)
  const seen = ['the tag']
  if (metric !== undefined) seen.push(`metric ${metric} (${metricName(metric) ?? 'unnamed'})`)
  if (flags !== undefined) seen.push(`flags ${flags} (${flagNames(flags).join(', ') || 'none'})`)
  return `sealed; the server sees ${seen.join(', ')} and ${sealed.length} bytes`
}

function isSame(frame: Frame, message: Uint8Array): boolean {
  return Buffer.from(typeof frame === 'string' ? Buffer.from(frame) : frame).equals(message)
}
