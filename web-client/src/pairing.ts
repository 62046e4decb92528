/**
 * Shows a pairing code and renews it: one key pair for the whole pairing, a new ref each time the old one runs out,
 * five renewals at most. Opens the secret that the phone makes for the key pair. Spec 4, 5.
 */
import { x25519PublicKey } from '#crypto'
import type { Clock, Timer } from 'proto/clock'
import { parseBase64 } from 'proto/base64'
import { formatQr } from 'proto/qr'
import type { SealKeys } from 'proto/seal'
import { openSecret } from 'proto/secret'
import type { Answer, Connection } from './connection.ts'
import { REF_RENEWALS, REF_TTL_DEFAULT_MS } from './timing.ts'

export interface QrShown {
  /** What the phone scans. */
  readonly text: string
  /** On the clock of this client. */
  readonly expiresAt: number
  readonly lifeMs: number
  /** From 1; the last is REF_RENEWALS + 1. */
  readonly round: number
}

export interface PairingHandlers {
  shown(qr: QrShown): void
  /** The last code has run out. */
  usedUp(): void
}

export class Pairing {
  readonly #clock: Clock
  readonly #handlers: PairingHandlers
  readonly #privateKey: Uint8Array
  readonly clientId: string
  #timer: Timer | null = null
  #ref = ''
  #round = 0

  /** `privateKey` is 32 fresh random bytes, used for this pairing only. */
  constructor(clock: Clock, privateKey: Uint8Array, clientId: string, handlers: PairingHandlers) {
    this.#clock = clock
    this.#privateKey = privateKey
    this.clientId = clientId
    this.#handlers = handlers
  }

  /** Begins with the answer to init on a new connection. */
  begin(connection: Connection, answer: Answer): void {
    this.#round = 0
    this.#show(connection, answer)
  }

  /** The two keys, from the secret in Conn; throws when it was not made for our code. */
  open(secret: string): SealKeys {
    return openSecret({ secret: parseBase64(secret), browserPrivate: this.#privateKey })
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  #show(connection: Connection, answer: Answer): void {
    const json = 'json' in answer ? answer.json : {}
    // Without a new ref the old one is shown again (spec 5.2).
    if (typeof json.ref === 'string' && json.ref !== '') this.#ref = json.ref
    const lifeMs = typeof json.ttl === 'number' && json.ttl > 0 ? json.ttl : REF_TTL_DEFAULT_MS
    this.#round++
    this.#timer = this.#clock.after(lifeMs, () => this.#renew(connection))
    const publicKey = x25519PublicKey(this.#privateKey)
    const text = formatQr({ ref: this.#ref, publicKey, clientId: this.clientId })
    this.#handlers.shown({ text, expiresAt: this.#clock.now() + lifeMs, lifeMs, round: this.#round })
  }

  #renew(connection: Connection): void {
    if (this.#round > REF_RENEWALS) {
      this.#handlers.usedUp()
      return
    }
    connection.ask(['admin', 'Conn', 'reref']).then(
      (answer) => {
        if (this.#timer === null) return // stopped while waiting
        if ('status' in answer && answer.status === 429) this.#handlers.usedUp()
        else this.#show(connection, answer)
      },
      () => connection.close('no answer to reref'),
    )
  }
}
