/**
 * The bridge: frames of a browser in, opened with its keys, handled, and answered sealed under the same tag. Together
 * with courier and inbox it is where the phone stands between two encryptions. Nothing is answered without live
 * consent; a frame that does not open is recorded and dropped (spec 2.2, 17.6; research: reliability 1.7).
 */
import { utf8Text } from 'proto/bytes'
import type { Crash } from 'proto/crash-points'
import { codeOf, type ErrorCode, TetherError } from 'proto/errors'
import { parseBinaryFrame, parseFrameJson, parseTextFrame } from 'proto/frame'
import { judgeAnswer, judgeNode } from 'proto/message-verdict'
import type { Node } from 'proto/node'
import { decodeNode } from 'proto/node-decoder'
import { decodeRelayFrame, RELAY_TEXT } from 'proto/phone-link'
import type { PhoneDrop } from 'proto/phones-measures'
import { openBytes } from 'proto/seal'
import type { Trace } from 'proto/trace'
import type { Audit } from './audit.ts'
import { actions, harmless } from './browser-actions.ts'
import { type Answer, type BrowserRequest, type RequestParts, status, statusOf } from './browser-answer.ts'
import { answerJsonRequest } from './browser-json.ts'
import { queries } from './browser-queries.ts'
import { relay } from './browser-relay.ts'
import type { Browser, Browsers } from './browsers.ts'
import type { Companions } from './companions.ts'
import { mayWrite } from './consent.ts'
import { coversNode } from './consent-reach.ts'
import type { Log } from './log.ts'
import type { PhonesMeters } from './phones-meters.ts'

export interface BridgeOptions {
  readonly browsers: Browsers
  readonly companions: Companions
  readonly audit: Audit
  readonly parts: RequestParts
  readonly meters: PhonesMeters
  readonly log?: Log | undefined
  readonly trace?: Trace | undefined
  readonly crash?: Crash | undefined
}

export class Bridge {
  readonly #options: BridgeOptions

  constructor(options: BridgeOptions) {
    this.#options = options
  }

  /** Handles one relay frame; runs in the phone's queue. */
  async receive(frame: Uint8Array): Promise<void> {
    const { header, message } = decodeRelayFrame(frame)
    const browser = this.#options.browsers.find(header.connection)
    if (!browser) {
      this.#drop(header.connection, 'unknownConnection')
      return
    }
    if (browser.epoch !== header.epoch) {
      this.#drop(header.connection, 'staleEpoch')
      return
    }
    const { companions, browsers } = this.#options
    if (companions.isPaused(browser.login)) {
      if (!browsers.hold(browser, frame)) this.#drop(header.connection, 'pauseQueueFull')
      return
    }
    companions.active(browser.login)
    if (header.kind === RELAY_TEXT) {
      await this.#receiveText(browser, message)
      return
    }
    const companion = companions.findLive(browser.login)
    if (!companion) {
      this.#drop(header.connection, 'noConsent')
      return
    }
    let tag = ''
    let node: Node
    try {
      const { tag: found, sealed } = parseBinaryFrame(message, 'client')
      tag = found
      const plain = companions.useKeys(browser.login, (keys) => openBytes(sealed, keys))
      if (plain === null) {
        this.#drop(header.connection, 'noConsent')
        return
      }
      node = decodeNode(plain)
    } catch (error) {
      this.#refuse(browser, tag, error)
      return
    }
    const { connection } = browser
    this.#options.trace?.emit('frame.in', { connection, messageTag: tag, ...judgeNode(node) })
    this.#options.crash?.at('relay.received')
    const answerLater = (answer: Answer) => {
      this.#options.crash?.at('relay.answering')
      this.#traceAnswer(connection, tag, node, answer)
      this.#answer(browser, tag, answer)
    }
    const answer = await this.#handle({ browser, companion, tag, node, answerLater })
    if (answer !== 'later' && browsers.find(connection) === browser) answerLater(answer)
  }

  async #handle(request: BrowserRequest): Promise<Answer | 'later'> {
    const { parts, log } = this.#options
    const { node, companion } = request
    const type = node.attrs['type'] ?? ''
    try {
      // what fits no row of the message table is refused, not tried (spec 15, 17.6)
      if (!judgeNode(node).fits) return status(node.tag === 'query' ? 404 : 400)
      if (!coversNode(companion.consent, node)) return status(node.tag === 'query' ? 404 : 403)
      if (node.tag === 'query') {
        const query = Object.hasOwn(queries, type) ? queries[type] : undefined
        return query ? await query(request, parts) : status(404)
      }
      if (node.tag !== 'action') return status(400)
      const child = Array.isArray(node.content) ? node.content[0] : undefined
      if (type === 'relay') return mayWrite(companion.consent) ? await relay(request, parts) : status(403)
      if (type !== 'set' || child === undefined || !Object.hasOwn(actions, child.tag)) return status(400)
      if (!harmless.has(child.tag) && !mayWrite(companion.consent)) return status(403)
      return await actions[child.tag](child, request, parts)
    } catch (error) {
      const code = codeOf(error)
      log?.warn({ code, request: node.tag, type }, 'a request of a browser failed')
      return status(statusOf(code))
    }
  }

  /** JSON that only a phone can answer: groups and lists (spec 15). It needs no keys, but consent like the rest. */
  async #receiveText(browser: Browser, message: Uint8Array): Promise<void> {
    const { companions, parts, log } = this.#options
    const companion = companions.findLive(browser.login)
    if (!companion) {
      this.#drop(browser.connection, 'noConsent')
      return
    }
    try {
      const frame = parseTextFrame(utf8Text(message))
      if (frame.kind !== 'json') return
      const body = parseFrameJson(frame.json)
      const answer = await answerJsonRequest(body, { companion, browser }, parts).catch((error: unknown) => {
        log?.warn({ code: codeOf(error) }, 'a JSON request of a browser failed')
        return status(statusOf(codeOf(error)))
      })
      this.#answer(browser, frame.tag, answer)
    } catch (error) {
      this.#drop(browser.connection, 'unreadable', codeOf(error))
    }
  }

  #answer(browser: Browser, tag: string, answer: Answer): void {
    if ('node' in answer) this.#options.browsers.answerNode(browser, tag, answer.node)
    else this.#options.browsers.answerJson(browser, tag, answer.json)
  }

  #traceAnswer(connection: number, messageTag: string, request: Node, answer: Answer): void {
    const row = this.#options.trace && judgeNode(request).row
    if (!row) return
    const given = 'node' in answer ? answer.node : answer.json
    this.#options.trace.emit('answer', { connection, messageTag, ...judgeAnswer(row, given) })
  }

  #refuse(browser: Browser, tag: string, error: unknown): void {
    const code = codeOf(error)
    if (!(error instanceof TetherError) || code === 'TETHER_ERR_VAULT') throw error
    if (tag !== '' && code.startsWith('TETHER_ERR_NODE')) {
      this.#options.browsers.answerJson(browser, tag, { status: 400 })
      return
    }
    this.#options.audit.record('frame.refused', { login: browser.login, code })
    this.#drop(browser.connection, 'unreadable', code)
  }

  #drop(connection: number, why: PhoneDrop, code?: ErrorCode): void {
    const reason = code ?? why
    this.#options.meters.drop(why)
    this.#options.trace?.emit('drop', { connection, reason })
    this.#options.log?.debug({ connection, reason }, 'a frame of a browser was dropped')
  }
}
