/**
 * The log-out over HTTP (spec 8.1). Its proof is a function of keys that only browser and phone hold, so the phone
 * judges it; the server knows which login the token names. Wrong proofs count as wrong answers to a challenge do.
 */
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import type { Context } from './context.ts'
import { endLogin } from './login-end.ts'
import { fitsBrowserToken, loginOfBrowserToken } from './login-tokens.ts'
import type { Logins } from './logins.ts'
import type { Relay } from './relay.ts'
import { TokenBuckets } from './token-bucket.ts'

export interface LogoutRequest {
  readonly browserToken: string
  /** Base64 of HMAC-SHA256(macKey, encKey). */
  readonly proof: string
  /** Who asks; guessing must not pay. */
  readonly address: string
}

export class HttpLogout {
  readonly #context: Context
  readonly #relay: Relay
  readonly #logins: Logins
  readonly #failures = new TokenBuckets(limit('LOGIN_FAILURES'), 60_000 / limit('LOGIN_FAILURES'))

  constructor(context: Context, relay: Relay, logins: Logins) {
    this.#context = context
    this.#relay = relay
    this.#logins = logins
  }

  /**
   * Ends the login; its open browser and its phone are told. Throws TETHER_ERR_LOGIN (unknown, over, locked, or a proof
   * that does not fit), TETHER_ERR_PHONE_AWAY (nobody can judge now), TETHER_ERR_LIMIT.
   */
  async end({ browserToken, proof, address }: LogoutRequest): Promise<void> {
    const { clock, counters, stores } = this.#context
    if (this.#failures.isEmpty(address, clock.now())) {
      counters.add('limits', 'LOGIN_FAILURES')
      throw new TetherError('TETHER_ERR_LIMIT', 'LOGIN_FAILURES')
    }
    const id = loginOfBrowserToken(browserToken)
    const known = id === null ? null : await stores.logins.findById(id)
    if (!known || known.isLocked || !fitsBrowserToken(browserToken, { ...known, ...known.login }))
      throw this.#refusal(address)
    const { login, number } = known.login
    const phone = this.#relay.phones.get(number)
    if (!phone) throw new TetherError('TETHER_ERR_PHONE_AWAY')
    const fits = await phone.judgeLogout(login, proof)
    const judged = await stores.logins.judged({ login, fits, at: clock.now() })
    if (judged?.failuresLeft === 0) counters.add('limits', 'CHALLENGE_FAILURES')
    const ended = fits && (await endLogin(this.#context, this.#relay, { login, number, by: 'browser' }))
    if (!ended) throw this.#refusal(address)
    counters.add('logins', 'loggedOut')
    this.#relay.phones.get(number)?.send({ type: 'loggedOut', login })
    this.#logins.disconnect(number, login)
  }

  #refusal(address: string): TetherError {
    this.#failures.take(address, this.#context.clock.now())
    this.#context.counters.add('logins', 'httpLogoutRefused')
    return new TetherError('TETHER_ERR_LOGIN')
  }
}
