/**
 * The conversation with the server, message by message: what each link message makes this phone do. While the phone
 * dozes, what needs the app waits here in order and is worked off when it wakes (spec 12, 18.8).
 */
import { parseBase64 } from 'proto/base64'
import { checkChallenge, fitsChallenge } from 'proto/challenge'
import { codeOf, type ErrorCode } from 'proto/errors'
import { limit } from 'proto/limits'
import { decodeRelayFrame, type LinkBody, type LinkMessage, type LinkMessageName } from 'proto/phone-link'
import type { SealKeys } from 'proto/seal'
import type { Trace } from 'proto/trace'
import type { Browser } from './browsers.ts'
import type { Log } from './log.ts'
import type { PhoneParts } from './phone-parts.ts'
import type { Queue } from './queue.ts'
import type { PhoneStore } from './store.ts'
import { sendInitialSync } from './sync.ts'

type Handler<N extends LinkMessageName> = (body: LinkBody<N>) => void | Promise<void>
type Heard =
  | 'mailed'
  | 'mailRefused'
  | 'delivery'
  | 'browser'
  | 'browserGone'
  | 'loggedOut'
  | 'judge'
  | 'judgeLogout'
  | 'probe'
  | 'dropped'
  | 'profileChanged'
  | 'prekeysShort'

/** What is handled even while the phone dozes: it needs no app, only the radio. */
const awakeAlways: ReadonlySet<string> = new Set(['mailed', 'mailRefused', 'dropped'] satisfies Heard[])

export interface LineOptions {
  readonly parts: () => PhoneParts
  readonly queue: Queue
  readonly store: PhoneStore
  readonly log?: Log | undefined
  readonly trace?: Trace | undefined
  /** Attached and settled, or failed: either way the attempt is over. */
  readonly tried: () => void
  readonly stateChanged: () => void
}

export class PhoneLine {
  readonly #options: LineOptions
  /** Counts links; a task of an older link does nothing. */
  #generation = 0
  #dozing = false
  #held: (() => void)[] = []
  #heldFrames = 0
  #heldBytes = 0

  constructor(options: LineOptions) {
    this.#options = options
  }

  attached(body: LinkBody<'attached'>): void {
    const { parts, queue, tried, stateChanged, log } = this.#options
    parts().meters.add('links', 'attached')
    const generation = ++this.#generation
    const isPresent = () => generation === this.#generation
    stateChanged()
    queue
      .run(() => (isPresent() ? this.#settle(body) : undefined))
      .then(() => (isPresent() ? parts().account.settle(parts().uplink, body) : undefined))
      .catch((error: unknown) => log?.warn({ code: codeOf(error) }, 'settling with the server failed'))
      .finally(tried)
  }

  detached(code: ErrorCode | null, detail: string): void {
    const { parts, tried, stateChanged, log } = this.#options
    parts().meters.add('links', code === null ? 'lost' : 'broken')
    this.#generation++
    this.#held = []
    this.#heldFrames = this.#heldBytes = 0
    parts().outbox.detached()
    parts().browsers.suspend()
    if (code !== null) {
      log?.warn({ code, detail }, 'the link to the server broke a rule')
      parts().audit.record('link.ended', { code })
    }
    stateChanged()
    tried()
  }

  message(message: LinkMessage): void {
    const handler = Object.hasOwn(this.#handlers, message.type)
      ? this.#handlers[message.type as Heard]
      : undefined
    if (!handler) return
    const task = () => (handler as (body: LinkMessage) => void | Promise<void>)(message)
    if (this.#dozing && !awakeAlways.has(message.type)) this.#held.push(() => this.#run(task))
    else this.#run(task)
  }

  relayFrame(frame: Uint8Array): void {
    const copy = new Uint8Array(frame) // the link's buffer is valid only during this call
    const { header } = decodeRelayFrame(copy)
    const task = () => {
      this.#options.parts().browsers.took(header)
      return this.#options.parts().bridge.receive(copy)
    }
    if (!this.#dozing) {
      this.#run(task)
      return
    }
    this.#heldBytes += copy.length
    const isFull = this.#heldFrames >= limit('DOZE_QUEUE_FRAMES')
    if (isFull || this.#heldBytes > limit('AWAY_QUEUE_BYTES')) {
      this.#heldBytes -= copy.length
      const { parts, trace } = this.#options
      const { browsers, meters } = parts()
      browsers.took(header)
      meters.drop('dozeQueueFull')
      meters.add('limits', isFull ? 'DOZE_QUEUE_FRAMES' : 'AWAY_QUEUE_BYTES')
      trace?.emit('drop', { connection: header.connection, reason: 'dozeQueueFull' })
      return
    }
    this.#heldFrames++
    this.#held.push(() => this.#run(task))
  }

  doze(): void {
    this.#dozing = true
    this.#options.parts().browsers.suspend()
  }

  wake(): void {
    this.#dozing = false
    const { uplink, browsers } = this.#options.parts()
    const held = this.#held
    this.#held = []
    this.#heldFrames = this.#heldBytes = 0
    if (uplink.isAttached) for (const browser of browsers.all()) this.#letOut(browser)
    for (const run of held) run()
  }

  /** The person has paused a browser, or let it go on. */
  pausedChanged(login: string, paused: boolean): void {
    const { uplink, browsers } = this.#options.parts()
    const browser = browsers.ofLogin(login)
    if (!browser) return
    if (paused) browsers.pause(browser)
    else if (uplink.isAttached && !this.#dozing) this.#letOut(browser) // else when it is there again
  }

  /** The consent of a browser covers other chats now: it forgets those that are gone, and is told all about the others. */
  chatsChanged(login: string, gone: readonly string[], grew: boolean): void {
    const { browsers, pushes, companions } = this.#options.parts()
    const browser = browsers.ofLogin(login)
    if (!browser) return
    for (const jid of gone) pushes.forget(browser, jid)
    if (grew && !companions.isPaused(login)) this.#sync(browser)
  }

  sendDevice(): void {
    const { uplink, device, account } = this.#options.parts()
    uplink.send({ type: 'device', facts: device.connFacts(account.name) })
  }

  /** Ends a login at the server; when that fails, the next `attached` shows it again and it is ended then. */
  endLogin(login: string): void {
    const { uplink, browsers } = this.#options.parts()
    browsers.goneLogin(login)
    uplink.request('unpair', { login }).catch((error: unknown) => {
      this.#options.log?.debug({ code: codeOf(error) }, 'unpairing waits for the next link')
    })
  }

  /** A login of the server that is not allowed, or no longer: it is over here too, even if a clock is set back later. */
  #endOver(login: string): void {
    this.#options.parts().companions.end(login, 'expired')
    this.endLogin(login)
  }

  /** What both sides must agree on before anything else happens on a new link. */
  async #settle(body: LinkBody<'attached'>): Promise<void> {
    const { lastSent, logins, blocked } = body
    const { outbox, inbox, courier, companions, groups, profile, presences, media, waitingReceipts } =
      this.#options.parts()
    inbox.attached()
    this.sendDevice()
    outbox.attached(lastSent)
    profile.attached({ blocked })
    presences.attached()
    for (const login of logins) if (!companions.findLive(login)) this.#endOver(login)
    for (const login of companions.logins())
      if (!logins.includes(login)) companions.end(login, 'unknownToServer')
    await groups.attached(body)
    await groups.read(inbox.watermark())
    await courier.sendWaiting()
    waitingReceipts.wake()
    inbox.prune()
    media.attached()
  }

  readonly #handlers: { readonly [N in Heard]: Handler<N> } = {
    mailed: ({ n }) => this.#options.parts().outbox.mailed(n),
    mailRefused: (body) => this.#options.parts().outbox.refused(body),
    delivery: (body) => this.#options.parts().inbox.deliver(body),
    browser: (body) => this.#browser(body),
    browserGone: ({ connection }) => {
      const { browsers, companions } = this.#options.parts()
      const login = browsers.gone(connection)
      if (login) companions.seen(login)
    },
    loggedOut: ({ login }) => {
      const { browsers, companions } = this.#options.parts()
      browsers.goneLogin(login)
      companions.end(login, 'loggedOut')
    },
    judge: ({ id, login, challenge, answer }) => {
      const { uplink, audit } = this.#options.parts()
      const [asked, given] = [bytesOf(challenge), bytesOf(answer)]
      // no word about the MAC of what could be a frame (research W1)
      const isChallenge = asked !== null && fitsChallenge(asked)
      const fits =
        isChallenge && given && this.#judge(login, ({ macKey }) => checkChallenge(macKey, asked, given))
      audit.record('challenge.judged', { login, fits: fits === true })
      uplink.send({ type: 'reply', id, ok: { fits: fits === true } })
    },
    judgeLogout: ({ id, login, proof }) => {
      const { uplink, audit } = this.#options.parts()
      const given = bytesOf(proof)
      const fits = given && this.#judge(login, ({ macKey, encKey }) => checkChallenge(macKey, encKey, given))
      audit.record('logout.judged', { login, fits: fits === true })
      uplink.send({ type: 'reply', id, ok: { fits: fits === true } })
    },
    probe: ({ probe }) => this.#options.parts().uplink.send({ type: 'pong', probe }),
    profileChanged: (body) => this.#options.parts().profile.changed(body),
    prekeysShort: ({ reason }) => {
      const { account, audit, uplink } = this.#options.parts()
      audit.record('prekeys.short', { reason })
      if (reason === 'reserve') account.restock(uplink)
    },
    dropped: ({ connection, reason, frames }) =>
      this.#options.log?.debug({ connection, reason, frames }, 'the server dropped frames for a browser'),
  }

  #browser(body: LinkBody<'browser'>): void {
    const { browsers, companions } = this.#options.parts()
    if (!companions.findLive(body.login)) {
      this.#endOver(body.login)
      return
    }
    const { browser, resumes } = browsers.open(body)
    companions.seen(body.login)
    if (resumes) this.#letOut(browser)
    else this.#sync(browser)
  }

  #letOut(browser: Browser): void {
    const { browsers, bridge } = this.#options.parts()
    const { isOwed, held } = browsers.letOut(browser)
    if (isOwed) this.#sync(browser)
    for (const frame of held) this.#run(() => bridge.receive(frame))
  }

  #sync(browser: Browser): void {
    const { browsers, chats, device, companions } = this.#options.parts()
    const { store } = this.#options
    const maySee = (jid: string): boolean => companions.mayHear(browser.login, jid)
    sendInitialSync(browsers, browser, { store, chats, device: () => device.view, maySee })
  }

  #judge(login: string, check: (keys: SealKeys) => boolean): boolean {
    const { companions } = this.#options.parts()
    return companions.useKeys(login, check) ?? false
  }

  #run(task: () => void | Promise<void>): void {
    const generation = this.#generation
    const { queue } = this.#options
    queue
      .run(() => (generation === this.#generation ? task() : undefined))
      .catch((error: unknown) => this.failed(error))
  }

  /** The store or vault failed: start again from what is durable, the server still has the rest. */
  failed(error: unknown): void {
    const { log, parts } = this.#options
    log?.error({ code: codeOf(error) }, 'a message of the server could not be handled')
    parts().uplink.restart(codeOf(error))
  }
}

/** Null for what is not base64. */
function bytesOf(text: string): Uint8Array | null {
  try {
    return parseBase64(text)
  } catch (error) {
    if (codeOf(error) === 'TETHER_ERR_BASE64') return null
    throw error
  }
}
