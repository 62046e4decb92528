/**
 * Gives out prekey bundles, with what keeps somebody from using up a phone's one-time prekeys (research E3): a budget
 * for each who asks, one for all together, and the last PREKEY_RESERVE for those in the phone's own address book. That
 * list is the phone's word; what strangers have done before counts for nothing. Beyond budget and reserve a bundle comes
 * without a one-time prekey. The owner is told, at most once in PREKEY_ALERT_MS for each reason. Fail-closed: without
 * the database there is no bundle.
 */
import { formatBase64 } from 'proto/base64'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import type { LinkBody, PrekeyBundle } from 'proto/phone-link'
import type { Context } from './context.ts'
import type { Relay } from './relay.ts'
import type { StoredPrekey } from './stores.ts'
import { TokenBuckets } from './token-bucket.ts'

export type Shortage = LinkBody<'prekeysShort'>['reason']

const HOUR_MS = 3_600_000
/** Phones that are away and have something to hear; beyond it their next attach shows the stock all the same. */
const MOST_UNTOLD = 10_000

type Needs = Pick<Context, 'stores' | 'clock' | 'counters' | 'log'>

export class Bundles {
  readonly #context: Needs
  readonly #relay: Pick<Relay, 'phones'>
  /** One token: the reason was not told for PREKEY_ALERT_MS. */
  readonly #alerts = new TokenBuckets(1, limit('PREKEY_ALERT_MS'))
  readonly #untold = new Map<string, Set<Shortage>>()

  constructor(context: Needs, relay: Pick<Relay, 'phones'>) {
    this.#context = context
    this.#relay = relay
  }

  /** A bundle of `number` for the phone `by`. Rejects with TETHER_ERR_LIMIT or TETHER_ERR_ACCOUNT_UNKNOWN. */
  async claim(by: string, number: string): Promise<PrekeyBundle> {
    const { stores, clock, counters } = this.#context
    const now = clock.now()
    const pair = await stores.limits.take(
      {
        key: `BUNDLES_PER_PAIR:${by}:${number}`,
        capacity: limit('BUNDLES_PER_PAIR'),
        refillMs: limit('BUNDLE_REFILL_MS'),
      },
      now,
    )
    if (pair.kind === 'refused') {
      counters.add('limits', 'BUNDLES_PER_PAIR')
      throw new TetherError('TETHER_ERR_LIMIT', 'BUNDLES_PER_PAIR')
    }
    const target = await stores.limits.take(
      {
        key: `BUNDLES_PER_TARGET:${number}`,
        capacity: limit('BUNDLES_PER_TARGET'),
        refillMs: HOUR_MS / limit('BUNDLES_PER_TARGET'),
      },
      now,
    )
    const oneTime = target.kind === 'granted'
    const bundle = await stores.prekeys.claim({ number, oneTime, by, at: now })
    if (!bundle) throw new TetherError('TETHER_ERR_ACCOUNT_UNKNOWN')
    if (!oneTime) this.#short(number, 'budget')
    else if (bundle.isReserved) this.#short(number, 'reserve')
    return {
      registrationId: bundle.registrationId,
      identityKey: formatBase64(bundle.identityKey),
      signedPrekey: {
        ...textOf(bundle.signedPrekey),
        signature: formatBase64(bundle.signedPrekey.signature),
      },
      ...(bundle.prekey && { prekey: textOf(bundle.prekey) }),
    }
  }

  /** Tells a phone what it has missed. */
  phoneAttached(number: string): void {
    const reasons = this.#untold.get(number)
    this.#untold.delete(number)
    for (const reason of reasons ?? []) this.#tell(number, reason)
  }

  #short(number: string, reason: Shortage): void {
    const { counters, clock, stores, log } = this.#context
    const now = clock.now()
    counters.add('limits', reason === 'budget' ? 'BUNDLES_PER_TARGET' : 'PREKEY_RESERVE')
    if (this.#alerts.take(`${reason} ${number}`, now) > 0) return
    stores.audit
      .append({ at: now, kind: 'prekeysShort', number, detail: { reason } })
      .catch((error: unknown) => {
        log.error({ err: error }, 'a shortage of prekeys could not be audited')
      })
    this.#tell(number, reason)
  }

  #tell(number: string, reason: Shortage): void {
    const phone = this.#relay.phones.get(number)
    if (phone) {
      phone.send({ type: 'prekeysShort', reason })
      return
    }
    const untold = this.#untold.get(number) ?? new Set()
    if (untold.size === 0 && this.#untold.size >= MOST_UNTOLD) return
    this.#untold.set(number, untold.add(reason))
  }
}

function textOf({ id, key }: StoredPrekey): { id: number; key: string } {
  return { id, key: formatBase64(key) }
}
