/**
 * Logins: pairing's end, resume, challenge, takeover, logout, unpair (spec 5.4, 7, 8). Tokens are made here once
 * for a login and stay valid until it ends (7.5); only their hashes are stored, a resuming browser is answered
 * with the tokens it showed. Whether an answer to a challenge fits only the phone can tell.
 */
import { formatBase64 } from 'proto/base64'
import { codeOf, TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import type { Labels } from 'proto/measures'
import { networkOf } from 'proto/network'
import type { ServerMeasures } from 'proto/server-measures'
import { challengeReason } from './challenge-need.ts'
import { connPush, isClientOutdated, pushesAfterConn } from './conn.ts'
import type { Context } from './context.ts'
import { browserTokenOf, credentials, newTokens, type TokenPair } from './login-tokens.ts'
import { endLogin } from './login-end.ts'
import type { AttachedPhone, Browser } from './peers.ts'
import { SETTLE, type Output } from './outputs.ts'
import type { Relay } from './relay.ts'
import type { LoginUse } from './login-use.ts'
import type { Login } from './stores.ts'
import { BrowserLeft, type Pairing } from './pairing.ts'
import { TokenBuckets } from './token-bucket.ts'

type LoginOutcome = Labels<ServerMeasures['logins']>

/** What `admin login` shows. */
export interface LoginRequest extends TokenPair {
  readonly tag: string
  readonly clientId: string
  readonly mode: string
}

/** How and since when a browser is on its way in. */
interface Handshake {
  readonly way: 'pairing' | 'login' | 'challenge'
  readonly since: number
}

/** A login on its way, kept with its connection until it is open. */
interface Attempt {
  readonly request: LoginRequest
  readonly login: Login
  /** When it was asked for. */
  readonly since: number
  challenge?: { readonly bytes: Uint8Array; readonly sentAt: number; judging: boolean }
  /** The login was ended while this attempt was on its way. */
  ended?: boolean
}

export class Logins {
  readonly #context: Context
  readonly #relay: Relay
  readonly #pairing: Pairing
  readonly #use: LoginUse
  readonly #attempts = new Map<number, Attempt>()
  readonly #failures = new TokenBuckets(limit('LOGIN_FAILURES'), 60_000 / limit('LOGIN_FAILURES'))

  constructor(context: Context, relay: Relay, pairing: Pairing, use: LoginUse) {
    this.#context = context
    this.#relay = relay
    this.#pairing = pairing
    this.#use = use
  }

  /**
   * A phone has scanned (spec 5.3, 5.4). `begin` sends Conn; it is called once the phone has its answer, so that the
   * phone knows the login before it hears of the open browser. Throws TETHER_ERR_REF_*, TETHER_ERR_LIMIT,
   * TETHER_ERR_STATE.
   */
  async pair(
    phone: AttachedPhone,
    scan: { ref: string; clientId: string; secret: string },
  ): Promise<{ login: string; connection: number; epoch: number; begin: () => void }> {
    const { clock, entropy, stores, counters } = this.#context
    const since = clock.now()
    const account = await stores.accounts.find(phone.number)
    if (!account?.facts) throw new TetherError('TETHER_ERR_STATE', 'send device before claimRef')
    const facts = account.facts
    const blocked = await stores.profiles.blocked(phone.number)
    const allowed = await stores.limits.take(
      {
        key: `PAIRINGS_PER_PHONE:${phone.number}`,
        capacity: limit('PAIRINGS_PER_PHONE'),
        refillMs: limit('PAIRING_REFILL_MS'),
      },
      clock.now(),
    )
    if (allowed.kind === 'refused') {
      counters.add('limits', 'PAIRINGS_PER_PHONE')
      throw new TetherError('TETHER_ERR_LIMIT', 'PAIRINGS_PER_PHONE')
    }
    await this.#makeRoom(phone.number)
    const browser = this.#relay.browsers.get(this.#pairing.claim(scan.ref, scan.clientId))
    if (!browser || !browser.become('claimed')) throw new TetherError('TETHER_ERR_REF_UNKNOWN')
    this.#context.crash?.at('pairing.claimed')
    const tokens = newTokens(entropy)
    const shown = credentials(scan.clientId, tokens)
    const place = { at: clock.now(), network: networkOf(browser.facts.address) }
    const paired = await stores.logins.pair(phone.owner, shown, place).catch((error: unknown) => {
      browser.close(1011, codeOf(error)) // its ref is used up: only a new connection can pair
      throw error
    })
    this.#context.crash?.at('pairing.committed')
    if (paired.kind === 'full') {
      counters.add('limits', 'LOGINS_PER_PHONE')
      browser.close(1000, 'LOGINS_PER_PHONE')
      throw new TetherError('TETHER_ERR_LOGINS')
    }
    if (paired.replaced) {
      phone.send({ type: 'loggedOut', login: paired.replaced })
      this.#stopOpening(paired.replaced)
    }
    const { login, epoch } = paired.login
    if (browser.state === 'closed') {
      // it left between the scan and now: nobody holds these tokens
      await stores.logins.end({ login, number: phone.number, by: 'browser', at: clock.now() })
      throw new BrowserLeft()
    }
    browser.opening = { login, number: phone.number, epoch }
    const conn = connPush({
      number: phone.number,
      facts,
      tokens: { ...tokens, browserToken: browserTokenOf({ ...shown, login }) },
      ref: scan.ref,
      connected: true,
      secret: scan.secret,
    })
    const begin = (): void =>
      browser.perform('', [
        SETTLE,
        ...this.#opened(browser, { push: conn }, blocked, { way: 'pairing', since }),
      ])
    return { login, connection: browser.connection, epoch, begin }
  }

  /** `admin login` (spec 7). The same request may come again on the same connection (7.4). */
  async resume(browser: Browser, request: LoginRequest): Promise<readonly Output[]> {
    const { clock, counters, stores } = this.#context
    const since = clock.now()
    const outcome = (name: LoginOutcome, outputs: readonly Output[]): readonly Output[] => {
      counters.add('logins', name)
      return outputs
    }
    const refuse = (status: number): readonly Output[] => [SETTLE, { answer: { status } }]

    const attempt = this.#attempts.get(browser.connection)
    if (attempt && sameRequest(attempt.request, request)) {
      if (browser.opening) return outcome('repeated', await this.#connAgain(browser, attempt))
      if (attempt.challenge)
        return outcome('repeatedWhileChallenged', challengeAgain(attempt.challenge.bytes))
    }
    if (browser.isOpen) return outcome('alreadyLoggedIn', refuse(405))

    if (this.#failures.isEmpty(request.clientId, clock.now())) {
      counters.add('limits', 'LOGIN_FAILURES')
      return outcome('limited', refuse(500))
    }
    const found = await stores.logins.find(credentials(request.clientId, request))
    if (browser.state === 'closed') return []
    if (found.kind !== 'known') {
      this.#failures.take(request.clientId, clock.now())
      return outcome(found.kind, refuse(401))
    }
    const login = found.login
    if (this.#use.isOver(login)) {
      await this.#expire(login)
      return outcome('expired', refuse(419))
    }
    if (request.mode === 'reconnect' && this.#isElsewhere(browser, login))
      return outcome('elsewhere', refuse(409))

    const next: Attempt = { request, login, since }
    this.#attempts.set(browser.connection, next)
    if (this.#isToProve(browser, login)) return outcome('challenged', this.#challenge(browser, next))
    return outcome('opened', await this.#open(browser, next, false))
  }

  /** A login that is over keeps its place until somebody tries it, or a new one needs the place. */
  async #makeRoom(number: string): Promise<void> {
    const logins = await this.#context.stores.logins.list(number)
    if (logins.length < limit('LOGINS_PER_PHONE')) return
    for (const login of logins) if (this.#use.isOver(login)) await this.#expire(login)
  }

  /** Unused for too long (spec 7.6): it ends as if its browser had logged out, and the phone hears of it. */
  async #expire({ login, number }: Login): Promise<void> {
    const ended = await endLogin(this.#context, this.#relay, { login, number, by: 'time' })
    this.#stopOpening(login)
    if (!ended) return
    this.#context.counters.add('limits', 'LOGIN_UNUSED_MS')
    this.#relay.phones.get(number)?.send({ type: 'loggedOut', login })
  }

  /** Whether another browser is open at this number. The client's own dead socket, silent since, is none. */
  #isElsewhere(browser: Browser, { login, number }: { login: string; number: string }): boolean {
    const open = this.#relay.openBrowser(number)
    if (!open || open === browser) return false
    const silentMs = this.#context.clock.now() - open.heardAt
    return open.opening?.login !== login || silentMs < limit('BROWSER_HEARD_MS')
  }

  /** Whether the tokens alone do not open this login now. */
  #isToProve(browser: Browser, login: Login): boolean {
    const { config, counters } = this.#context
    const open = this.#relay.openBrowser(login.number)
    const reason = challengeReason(config.challenge, {
      address: browser.facts.address,
      lastNetwork: login.network,
      idleMs: this.#use.idleMs(login),
      takesOver: open !== undefined && open !== browser && open.opening?.login === login.login,
    })
    if (reason === null) return false
    counters.add('challenges', reason)
    if (reason === 'idle') counters.add('limits', 'CHALLENGE_IDLE_MS')
    return true
  }

  /** `admin challenge`: the phone judges (spec 7.3). */
  async answerChallenge(
    browser: Browser,
    { answer, serverToken, clientId }: { answer: string; serverToken: string; clientId: string },
  ): Promise<readonly Output[]> {
    const { clock, counters, stores } = this.#context
    const attempt = this.#attempts.get(browser.connection)
    const challenge = attempt?.challenge
    if (!attempt || !challenge || challenge.judging) return [{ answer: { status: 400 } }]
    // bound to the login it was asked for (research S3)
    if (attempt.request.serverToken !== serverToken || attempt.request.clientId !== clientId)
      return [{ answer: { status: 400 } }]
    challenge.judging = true // single use
    if (clock.now() - challenge.sentAt > limit('CHALLENGE_TTL_MS')) {
      counters.add('limits', 'CHALLENGE_TTL_MS')
      return this.#challengeFailed(browser, 'late', 500)
    }
    const phone = this.#relay.phones.get(attempt.login.number)
    if (!phone) return this.#challengeFailed(browser, 'phoneAway', 500)
    let fits: boolean
    try {
      fits = await phone.judge(attempt.login.login, formatBase64(challenge.bytes), answer)
    } catch {
      return this.#challengeFailed(browser, 'phoneAway', 500)
    }
    const judged = await stores.logins.judged({ login: attempt.login.login, fits, at: clock.now() })
    if (!judged) return this.#challengeFailed(browser, 'ended', 401)
    if (!fits) {
      if (judged.failuresLeft === 0) counters.add('limits', 'CHALLENGE_FAILURES')
      return this.#challengeFailed(browser, 'wrong', 401)
    }
    counters.add('logins', 'challengeRight')
    return [{ answerThenListen: { status: 200 } }, ...(await this.#open(browser, attempt, true))]
  }

  /** `admin Conn disconnect` (spec 8.1): the login ends, nothing is sent, the socket closes. */
  async logout(browser: Browser): Promise<readonly Output[]> {
    const opening = browser.opening
    if (opening) {
      const { login, number } = opening
      await endLogin(this.#context, this.#relay, { login, number, by: 'browser' })
      this.#context.counters.add('logins', 'loggedOut')
      this.#relay.phones.get(number)?.send({ type: 'loggedOut', login })
    }
    return [{ close: 1000, reason: 'loggedOut' }]
  }

  /** Ended by the phone (spec 8.2). Idempotent. */
  async unpair(number: string, login: string): Promise<void> {
    const { crash } = this.#context
    crash?.at('revocation.received')
    await endLogin(this.#context, this.#relay, { login, number, by: 'phone' })
    crash?.at('revocation.committed')
    this.disconnect(number, login)
  }

  /** Tells the browser of an ended login, if it is here; one whose Conn is not out yet will not open. */
  disconnect(number: string, login: string): void {
    const browser = this.#relay.openBrowser(number)
    if (browser?.opening?.login === login) browser.end(['Cmd', { type: 'disconnect' }], 'unpaired')
    this.#stopOpening(login)
  }

  /** An ended login must not open after its end: neither from a store's answer nor from the pause before Conn. */
  #stopOpening(login: string): void {
    for (const attempt of this.#attempts.values()) if (attempt.login.login === login) attempt.ended = true
    for (const browser of this.#relay.browsers.values()) {
      if (browser.opening?.login === login && this.#relay.openBrowser(browser.opening.number) !== browser)
        browser.close(1000, 'unpaired')
    }
  }

  forget(connection: number): void {
    this.#attempts.delete(connection)
  }

  #challenge(browser: Browser, attempt: Attempt): readonly Output[] {
    if (!browser.become('challenge')) return [SETTLE, { answer: { status: 400 } }]
    const bytes = this.#context.entropy.bytes(limit('CHALLENGE_BYTES'))
    attempt.challenge = { bytes, sentAt: this.#context.clock.now(), judging: false }
    return challengeAgain(bytes)
  }

  #challengeFailed(
    browser: Browser,
    outcome: 'late' | 'phoneAway' | 'ended' | 'wrong',
    status: number,
  ): readonly Output[] {
    this.#attempts.delete(browser.connection)
    this.#context.counters.add('logins', `challenge_${outcome}`)
    browser.become('refused')
    return [{ answer: { status } }]
  }

  async #open(browser: Browser, attempt: Attempt, challenged: boolean): Promise<readonly Output[]> {
    const { clock, stores } = this.#context
    const place = { at: clock.now(), network: networkOf(browser.facts.address) }
    const opened = await stores.logins.open({ login: attempt.login.login, challenged, ...place })
    if (browser.state === 'closed') return []
    const conn = opened && (await this.#conn(browser, attempt, opened.number))
    const blocked = opened ? await stores.profiles.blocked(opened.number) : []
    // a phone may have claimed the ref of this connection, or ended the login, while the store was asked
    if (!opened || !conn || attempt.ended || browser.isOpen || !browser.become('opened')) {
      this.#attempts.delete(browser.connection)
      return [SETTLE, { answer: { status: 401 } }]
    }
    browser.opening = { login: opened.login, number: opened.number, epoch: opened.epoch }
    this.#pairing.expire(browser.connection)
    const opening: Handshake = { way: challenged ? 'challenge' : 'login', since: attempt.since }
    return [SETTLE, ...this.#opened(browser, { push: conn }, blocked, opening, attempt.request.tag)]
  }

  async #connAgain(browser: Browser, attempt: Attempt): Promise<readonly Output[]> {
    const conn = await this.#conn(browser, attempt, attempt.login.number)
    if (!conn) return [SETTLE, { answer: { status: 401 } }]
    const blocked = await this.#context.stores.profiles.blocked(attempt.login.number)
    return [SETTLE, { pushFirst: conn }, { answer: { status: 200 } }, ...this.#after(browser, blocked)]
  }

  /** The exact order of spec 7.2 and 8.4: the loser hears first, Conn before the login's answer, then the rest. */
  #opened(
    browser: Browser,
    conn: Output,
    blocked: readonly string[],
    { way, since }: Handshake,
    loginTag?: string,
  ): readonly Output[] {
    const takeOver = (): void => {
      if (!this.#relay.takeOver(browser)) browser.close(1000, 'replaced')
    }
    return [
      { run: takeOver },
      conn,
      ...(loginTag === undefined ? [] : [{ answer: { status: 200 }, tag: loginTag }]),
      ...this.#after(browser, blocked),
      { run: () => this.#begin(browser, way, since) },
    ]
  }

  /** Conn is out. */
  #begin(browser: Browser, way: Handshake['way'], since: number): void {
    const { clock, counters } = this.#context
    const now = clock.now()
    counters.buckets('handshakes', way).addMs(now - since)
    if (way === 'pairing') counters.buckets('handshakes', 'code').addMs(now - browser.connectedAt)
    browser.startRelaying(way !== 'pairing')
  }

  #after({ version }: Browser, blocked: readonly string[]): readonly Output[] {
    const { config } = this.#context
    const isOutdated = isClientOutdated(version, config)
    return pushesAfterConn({ current: config.clientVersion, isOutdated, blocked }).map((push) => ({ push }))
  }

  async #conn(
    browser: Browser,
    { request, login: { login } }: Attempt,
    number: string,
  ): Promise<readonly unknown[] | null> {
    const account = await this.#context.stores.accounts.find(number)
    if (!account?.facts) return null
    const { serverTokenHash } = credentials(request.clientId, request)
    return connPush({
      number,
      facts: account.facts,
      tokens: { ...request, browserToken: browserTokenOf({ login, serverTokenHash }) },
      ref: this.#pairing.current(browser.connection) ?? '',
      connected: this.#relay.phones.has(number),
    })
  }
}

/** Must be s1 whenever it is asked (spec 7.3, 7.4). */
function challengeAgain(bytes: Uint8Array): readonly Output[] {
  return [SETTLE, { pushFirst: ['Cmd', { type: 'challenge', challenge: formatBase64(bytes) }] }]
}

function sameRequest(a: LoginRequest, b: LoginRequest): boolean {
  return a.clientToken === b.clientToken && a.serverToken === b.serverToken && a.clientId === b.clientId
}
