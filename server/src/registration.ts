/**
 * Registration of a number: a code by SMS (which the simulator puts into its outbox), then the identity key. Wrong
 * codes are limited by the store, so a restart does not give new tries.
 */
import { createHash } from 'node:crypto'
import { parseBase64, formatBase64 } from 'proto/base64'
import type { Entropy } from 'proto/entropy'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import type { Context } from './context.ts'
import type { SmsOutbox } from './sms-outbox.ts'
import type { Services } from './services.ts'

export interface Confirmation {
  readonly number: string
  readonly code: string
  /** Base64 of 33 bytes. */
  readonly identityKey: string
  readonly registrationId: number
  readonly name: string
}

export class Registration {
  readonly #context: Context
  readonly #services: Services
  readonly #outbox: SmsOutbox
  readonly #entropy: Entropy

  constructor(context: Context, services: Services, outbox: SmsOutbox) {
    this.#context = context
    this.#services = services
    this.#outbox = outbox
    this.#entropy = context.entropy.fork('registration')
  }

  /** Sends a code. Throws TETHER_ERR_LIMIT. */
  async request(number: string): Promise<{ number: string; digits: number; expiresInMs: number }> {
    const { clock, config, counters, stores } = this.#context
    const digits = config.smsCodeDigits
    const code = digitsOf(this.#entropy, digits)
    const at = clock.now()
    const result = await stores.accounts.requestCode({ number, codeHash: hashCode(number, code), at })
    if (result.kind === 'limited') {
      counters.add('limits', 'SMS_PER_HOUR')
      throw new TetherError('TETHER_ERR_LIMIT', 'SMS_PER_HOUR')
    }
    this.#outbox.put(number, code, at)
    return { number, digits, expiresInMs: limit('SMS_CODE_TTL_MS') }
  }

  /** Creates or replaces the account. Throws TETHER_ERR_SMS_CODE, TETHER_ERR_LIMIT, TETHER_ERR_KEY_LENGTH. */
  async confirm(confirmation: Confirmation): Promise<{ jid: string; relayKey: string }> {
    const { clock, counters, stores } = this.#context
    const identityKey = parseBase64(confirmation.identityKey)
    if (identityKey.length !== 33 || identityKey[0] !== 5) throw new TetherError('TETHER_ERR_KEY_LENGTH')
    const result = await stores.accounts.register({
      number: confirmation.number,
      codeHash: hashCode(confirmation.number, confirmation.code),
      identityKey,
      registrationId: confirmation.registrationId,
      name: confirmation.name,
      at: clock.now(),
    })
    if (result.kind === 'limited') {
      counters.add('limits', 'SMS_ATTEMPTS')
      throw new TetherError('TETHER_ERR_LIMIT', 'SMS_ATTEMPTS')
    }
    if (result.kind !== 'registered') throw new TetherError('TETHER_ERR_SMS_CODE')
    for (const login of result.ended) this.#services.logins.disconnect(confirmation.number, login)
    this.#services.relay.phones.get(confirmation.number)?.close('TETHER_ERR_REPLACED')
    return { jid: `${confirmation.number}@c.us`, relayKey: formatBase64(this.#services.relayKey.publicKey) }
  }
}

/** Codes are short: the hash keeps them out of files and logs, not from somebody who can try them all. */
function hashCode(number: string, code: string): Uint8Array {
  return createHash('sha256').update(`${number} ${code}`).digest()
}

/** Evenly distributed decimal digits: bytes from 250 on are thrown away. */
function digitsOf(entropy: Entropy, count: number): string {
  let text = ''
  while (text.length < count) {
    const [byte] = entropy.bytes(1) as unknown as [number]
    if (byte < 250) text += String(byte % 10)
  }
  return text
}
