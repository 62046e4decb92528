/**
 * Comes back with kept keys: the login request, repeated until answered, the challenge, and what each refusal means.
 * Spec 7; research W1: a challenge is answered once for each connection, only between login and Conn, and only when
 * it can never be the body of a frame.
 */
import { every, type Clock, type Timer } from 'proto/clock'
import { formatBase64, parseBase64 } from 'proto/base64'
import { answerChallenge } from 'proto/challenge'
import { codeOf, type ErrorCode } from 'proto/errors'
import type { Answer, Connection } from './connection.ts'
import type { Credentials } from './keys.ts'
import { LOGIN_REPEAT_MS } from './timing.ts'

/** `takeover` ends another browser's connection of this login; `reconnect` gives way to it. */
export type LoginManner = 'takeover' | 'reconnect'

export type LoginFailure =
  /** The login is over for good: the keys are worth nothing. */
  | { readonly kind: 'ended'; readonly status: number }
  /** Another browser has it. */
  | { readonly kind: 'replaced' }
  /** Worth another try. */
  | { readonly kind: 'later'; readonly status: number }
  | { readonly kind: 'refused'; readonly status: number | null; readonly code: ErrorCode | null }

const STATUS_REPLACED = 409
const endings: ReadonlySet<number> = new Set([401, 419])

function failureOf(status: number): LoginFailure {
  if (endings.has(status)) return { kind: 'ended', status }
  if (status === STATUS_REPLACED) return { kind: 'replaced' }
  return status >= 500 ? { kind: 'later', status } : { kind: 'refused', status, code: null }
}

function isFine(status: number | null): boolean {
  return status === null || (status >= 200 && status < 300)
}

export class Login {
  readonly #connection: Connection
  readonly #credentials: Credentials
  readonly #failed: (failure: LoginFailure) => void
  readonly #repeat: Timer
  #challenged = false
  #over = false

  /** Sends the login at once; `failed` is called at most once, and not after done(). */
  constructor(
    clock: Clock,
    connection: Connection,
    credentials: Credentials,
    manner: LoginManner,
    failed: (failure: LoginFailure) => void,
  ) {
    this.#connection = connection
    this.#credentials = credentials
    this.#failed = failed
    const { clientToken, serverToken, clientId, wid } = credentials
    const who = manner === 'takeover' ? ['takeover'] : ['reconnect', wid]
    const request = ['admin', 'login', clientToken, serverToken, clientId, ...who]
    const tag = connection.longTag()
    connection.askPatiently(request, tag).then(
      (answer) => this.#answered(answer),
      () => this.done(), // the connection is over, and its owner knows
    )
    this.#repeat = every(clock, LOGIN_REPEAT_MS, () => connection.say(request, tag))
  }

  /** Conn has come, or the connection has ended: nothing is sent, answered or reported from now on. */
  done(): void {
    this.#over = true
    this.#repeat.cancel()
  }

  /** Answers a challenge, or refuses it. */
  challenge(challenge: unknown): void {
    if (this.#over || this.#challenged) {
      this.#fail({ kind: 'refused', status: null, code: 'TETHER_ERR_CHALLENGE_SHAPE' })
      return
    }
    this.#challenged = true
    const { macKey, serverToken, clientId } = this.#credentials
    let answer: string
    try {
      answer = formatBase64(answerChallenge(macKey, parseBase64(String(challenge))))
    } catch (error) {
      this.#fail({ kind: 'refused', status: null, code: codeOf(error) })
      return
    }
    this.#connection.ask(['admin', 'challenge', answer, serverToken, clientId]).then(
      (verdict) => {
        if (!('status' in verdict) || isFine(verdict.status)) return // Conn follows
        const { status } = verdict
        this.#fail(status !== null && status < 500 ? { kind: 'ended', status } : failureOf(status ?? 500))
      },
      () => this.#connection.close('no answer to challenge'),
    )
  }

  #answered(answer: Answer): void {
    // Fine may come before or after Conn, which alone opens; a second answer under this tag goes unheard.
    if ('status' in answer && !isFine(answer.status)) this.#fail(failureOf(answer.status ?? 500))
  }

  #fail(failure: LoginFailure): void {
    if (this.#over) return
    this.done()
    this.#failed(failure)
  }
}
