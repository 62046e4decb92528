/**
 * Gets this browser onto the server and keeps it there: dials, pairs or logs in, answers Conn and Cmd, dials again
 * when the connection is lost. Owner of the state and of the credentials. Knows no chats. Spec 4 to 8.
 */
import type { Clock, Timer } from 'proto/clock'
import type { Entropy } from 'proto/entropy'
import { codeOf, type ErrorCode } from 'proto/errors'
import { formatBase64 } from 'proto/base64'
import type { Link, Links } from 'proto/link'
import type { Node } from 'proto/node'
import type { Trace } from 'proto/trace'
import { admit, renewCredentials } from './admission.ts'
import { type Conn, objectOf, type PhoneFacts, readConn } from './conn.ts'
import { type Answer, Connection } from './connection.ts'
import { KeptKeys } from './kept-keys.ts'
import type { Credentials, KeyStore } from './keys.ts'
import { Login, type LoginFailure, type LoginManner } from './login.ts'
import { Pairing, type QrShown } from './pairing.ts'
import { Retry } from './retry.ts'
import { type ClientInput, type ClientState, isOnline, stepClient } from './states.ts'
import { DIAL_MS, ELSEWHERE_MS, REF_GRACE_MS } from './timing.ts'

/** The client version that is announced in init (spec 4); the server accepts every one. */
const VERSION = [2, 2142, 12]
const CLIENT_ID_BYTES = 16

/** Why the client is where it is: a status of the server, an error code, or a word of ours. */
export interface Why {
  readonly status: number | null
  readonly code: ErrorCode | null
  readonly detail: string
}

export interface LineParts {
  readonly clock: Clock
  readonly entropy: Entropy
  readonly connect: () => Promise<Link>
  readonly links: Links
  readonly keys: KeyStore
  readonly trace: Trace | undefined
  readonly browserName: readonly [string, string, string]
  readonly name: string
  readonly handlers: LineHandlers
}

export interface LineHandlers {
  state(state: ClientState, why: Why | null): void
  qr(qr: QrShown | null): void
  opened(): void
  lost(): void
  /** The credentials were loaded, changed or forgotten. */
  me(credentials: Credentials | null): void
  /** A start has found this login; dialling waits until this resolves. Must not reject. */
  resuming(credentials: Credentials): Promise<void>
  phone(facts: Partial<PhoneFacts>): void
  /** The server has read the requests with these tags. */
  serverRead(tags: readonly string[]): void
  phoneHeard(): void
  /** Something came that only a phone that is awake can have sent. */
  phoneSpoke(): void
  push(name: string, body: readonly unknown[]): void
  node(node: Node): void
}

export class Line {
  readonly #parts: LineParts
  #state: ClientState = 'idle'
  readonly #keys: KeptKeys
  #connection: Connection | null = null
  #pairing: Pairing | null = null
  #login: Login | null = null
  #manner: LoginManner = 'takeover'
  /** Since when the server says that another browser has the login; null when it does not. */
  #elsewhereSince: number | null = null
  /** Guards what comes back late: only callbacks of the present attempt count. */
  #attempt = 0
  readonly #retry: Retry
  /** Gives up an attempt that neither succeeds nor fails. */
  #late: Timer | null = null
  /** Ends the connection some time after the last code. */
  #grace: Timer | null = null

  constructor(parts: LineParts) {
    this.#parts = parts
    this.#keys = new KeptKeys(
      parts.keys,
      (credentials) => parts.handlers.me(credentials),
      (reason) => parts.trace?.emit('drop', { reason }),
    )
    this.#retry = new Retry(parts.clock, parts.entropy)
  }

  get state(): ClientState {
    return this.#state
  }

  /** When the next attempt to connect is made, on this client's clock; null when none is planned. */
  get retryAt(): number | null {
    return this.#retry.at
  }

  /** The connection, while messages can be given to it. */
  get connection(): Connection | null {
    return isOnline(this.#state) ? this.#connection : null
  }

  /** Resumes when there are credentials, else pairs. Does nothing while running. */
  async start(): Promise<void> {
    if (!this.#step('start')) return
    const attempt = ++this.#attempt
    let credentials: Credentials | null
    try {
      credentials = await this.#keys.load()
    } catch (error) {
      if (attempt === this.#attempt) this.#refuse({ status: null, code: codeOf(error), detail: 'kept keys' })
      return
    }
    if (attempt !== this.#attempt) return
    this.#keys.use(credentials)
    this.#pairing = credentials === null ? this.#newPairing() : null
    this.#manner = 'takeover'
    this.#retry.reset()
    if (credentials !== null) await this.#parts.handlers.resuming(credentials)
    if (attempt === this.#attempt) this.#dial()
  }

  stop(): void {
    if (this.#step('stop')) this.#hangUp()
  }

  /** Shows codes again after the last one has run out. */
  renew(): void {
    if (!this.#step('renew')) return
    this.#hangUp()
    this.#pairing = this.#newPairing()
    this.#dial()
  }

  /** Takes the login back from another browser. */
  useHere(): void {
    if (!this.#step('useHere')) return
    this.#manner = 'takeover'
    this.#dial()
  }

  /** Ends the connection and keeps the login; nothing is dialled until unpause(). Only with a login there is a way back. */
  pause(): void {
    if (this.#keys.current !== null && this.#step('pause')) this.#hangUp()
  }

  unpause(): void {
    if (!this.#step('unpause')) return
    this.#manner = 'takeover'
    this.#dial()
  }

  /** Dials now instead of at the planned time. */
  retryNow(): void {
    if (!this.#step('retry')) return
    this.#retry.cancel()
    this.#dial()
  }

  /** Ends the login. Away from the server only this browser forgets it. Resolves when the keys are gone. */
  async logout(): Promise<void> {
    if (this.#keys.current === null) return
    this.connection?.say(['admin', 'Conn', 'disconnect'], 'goodbye')
    this.#forget({ status: null, code: null, detail: 'logged out here' })
    await this.#keys.settled()
  }

  #newPairing(): Pairing {
    const { clock, entropy, handlers } = this.#parts
    const clientId = formatBase64(entropy.bytes(CLIENT_ID_BYTES))
    return new Pairing(clock, entropy.bytes(32), clientId, {
      shown: (qr) => {
        if (this.#step('refShown')) handlers.qr(qr)
      },
      usedUp: () => {
        handlers.qr(null)
        this.#step('refsUsedUp')
        this.#grace = clock.after(REF_GRACE_MS, () => this.#connection?.close('nobody scanned the code'))
      },
    })
  }

  #dial(): void {
    const attempt = ++this.#attempt
    this.#late?.cancel()
    this.#late = this.#parts.clock.after(DIAL_MS, () => this.#undialled('server does not answer'))
    this.#parts.connect().then(
      (link) => {
        if (attempt !== this.#attempt) link.close(1000, '')
        else {
          this.#late?.cancel()
          this.#begin(link)
        }
      },
      () => {
        if (attempt === this.#attempt) this.#undialled('server unreachable')
      },
    )
  }

  /** The attempt is over; what comes of it later is too late. */
  #undialled(reason: string): void {
    this.#late?.cancel()
    this.#attempt++
    this.#lost(reason)
  }

  #begin(link: Link): void {
    const { clock, entropy, links, trace, name, browserName, handlers } = this.#parts
    const joined = links.join({ kind: 'browser-server', near: `browser:${name}`, far: 'server' }, link)
    const connection = new Connection({
      clock,
      entropy,
      link: joined,
      trace,
      handlers: {
        push: (pushName, body) => this.#push(pushName, body),
        node: (node) => handlers.node(node),
        phoneSpoke: () => handlers.phoneSpoke(),
        phoneSilent: () => this.#step('phoneSilent'),
        serverRead: (tags) => handlers.serverRead(tags),
        phoneHeard: () => {
          if (this.#step('phoneHeard')) handlers.phoneHeard()
        },
        phoneEnded: () => connection.close('ended by the phone'),
        lost: (reason) => {
          if (this.#connection === connection) this.#lost(reason)
        },
      },
    })
    this.#connection = connection
    const credentials = this.#keys.current
    const clientId = credentials?.clientId ?? this.#pairing?.clientId
    connection.ask(['admin', 'init', VERSION, browserName, clientId, true]).then(
      (answer) => this.#initAnswered(connection, answer),
      () => connection.close('no answer to init'),
    )
    if (credentials === null) return
    this.#step('loginSent')
    this.#login = new Login(clock, connection, credentials, this.#manner, (failure) =>
      this.#loginFailed(failure),
    )
  }

  #initAnswered(connection: Connection, answer: Answer): void {
    if (connection !== this.#connection) return
    const status = 'status' in answer ? answer.status : null
    if (status !== null && status >= 500) connection.close(`init answered with ${status}`)
    else if (status !== null && (status < 200 || status >= 300))
      this.#refuse({ status, code: null, detail: 'init' })
    else if (this.#login === null) this.#pairing?.begin(connection, answer)
  }

  #push(name: string, body: readonly unknown[]): void {
    if (name === 'Conn') this.#conn(readConn(body[1]))
    else if (name === 'Cmd') this.#command(body)
    else this.#parts.handlers.push(name, body)
  }

  #command(body: readonly unknown[]): void {
    const { type, kind, challenge } = objectOf(body[1])
    if (type === 'challenge') this.#login?.challenge(challenge)
    else if (type !== 'disconnect') this.#parts.handlers.push('Cmd', body)
    else if (kind === 'replaced' && this.#step('takenOver')) this.#hangUp()
    // Without a kind the phone may have ended the login: the next login says so (spec 8.2).
    else this.#connection?.close('disconnected by the server')
  }

  #conn(conn: Conn): void {
    const { handlers } = this.#parts
    const { tokens } = conn
    handlers.phone(conn.phone)
    if (isOnline(this.#state)) {
      if (this.#keys.current !== null) this.#keys.keep(renewCredentials(this.#keys.current, conn))
      return
    }
    if (stepClient(this.#state, 'conn') === null || this.#connection === null || tokens === null) return
    const admission = admit(conn, tokens, this.#keys.current, this.#pairing)
    if ('code' in admission) {
      this.#refuse({ status: null, code: admission.code, detail: 'Conn' })
      return
    }
    this.#keys.keep(admission.credentials)
    this.#open(this.#connection)
    if (!conn.connected) this.#connection.phoneIsAway()
  }

  #open(connection: Connection): void {
    const { handlers } = this.#parts
    const { encKey, macKey } = this.#keys.current as Credentials
    connection.useKeys({ encKey, macKey })
    this.#pairing?.stop()
    this.#pairing = null
    this.#login?.done()
    this.#grace?.cancel()
    this.#retry.reset()
    this.#manner = 'reconnect'
    this.#elsewhereSince = null
    handlers.qr(null)
    this.#step('conn')
    handlers.opened()
  }

  #loginFailed(failure: LoginFailure): void {
    if (failure.kind === 'ended') this.#forget({ status: failure.status, code: null, detail: 'login' })
    else if (failure.kind === 'refused')
      this.#refuse({ status: failure.status, code: failure.code, detail: 'login' })
    else if (failure.kind === 'later') this.#connection?.close(`login answered with ${failure.status}`)
    else if (this.#mayBeOurselves()) this.#connection?.close('the login is open elsewhere')
    else if (this.#step('takenOver')) this.#hangUp()
  }

  /** After a loss the server may still hold our own dead socket for a while, and refuses as if another had the login. */
  #mayBeOurselves(): boolean {
    const now = this.#parts.clock.now()
    this.#elsewhereSince ??= now
    return now - this.#elsewhereSince < ELSEWHERE_MS
  }

  #refuse(why: Why): void {
    this.#step('refusal', why)
    this.#hangUp()
  }

  #forget(why: Why): void {
    this.#keys.forget()
    this.#step('loginEnded', why)
    this.#hangUp()
  }

  #hangUp(): void {
    this.#elsewhereSince = null
    this.#attempt++
    this.#late?.cancel()
    this.#grace?.cancel()
    this.#retry.cancel()
    const connection = this.#connection
    this.#connection = null
    this.#settle()
    connection?.close('')
    if (connection !== null) this.#parts.handlers.lost()
  }

  #lost(reason: string): void {
    const wasConnected = this.#connection !== null
    this.#connection = null
    this.#settle()
    if (wasConnected) this.#parts.handlers.lost()
    if (!this.#step('socketLost', { status: null, code: null, detail: reason })) return
    if (this.#state !== 'offline') return
    this.#retry.plan(() => this.retryNow())
  }

  #settle(): void {
    this.#login?.done()
    this.#login = null
    this.#pairing?.stop()
    this.#parts.handlers.qr(null)
  }

  /** False when the state has no such arrow. */
  #step(input: ClientInput, why: Why | null = null): boolean {
    const next = stepClient(this.#state, input)
    if (next === null) return false
    const { handlers, trace } = this.#parts
    trace?.emit('state', { from: this.#state, input, to: next })
    const changed = next !== this.#state
    this.#state = next
    if (changed) handlers.state(next, why)
    return true
  }
}
