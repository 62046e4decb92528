/**
 * Pairing from the phone's side (spec 5): reads the QR text, asks the server who shows it, asks the person, makes the
 * keys and the secret. The browser's public key is used here and goes nowhere: the server must never see it, or it
 * could put itself in the middle (research: reliability 1.5, W4).
 */
import { formatBase64 } from 'proto/base64'
import type { Clock, Timer } from 'proto/clock'
import type { Crash } from 'proto/crash-points'
import { equalBytes } from 'proto/crypto-node'
import type { Entropy } from 'proto/entropy'
import { codeOf, TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import { moodOf } from 'proto/moods'
import { parseQr, type QrContent } from 'proto/qr'
import { buildSecret } from 'proto/secret'
import type { Audit } from './audit.ts'
import type { Companions, Linked } from './companions.ts'
import { assertAnswered, type Consent, consentOf } from './consent.ts'
import { newId } from './message-ids.ts'
import type { PhoneEvents } from './phone-events.ts'
import type { PhonesMeters } from './phones-meters.ts'
import type { Companion, ConsentAnswer, DeviceView, PendingScan, RequesterView } from './phone-views.ts'
import { nameOfRequester, requesterView } from './requester.ts'
import type { PhoneStore } from './store.ts'
import type { Uplink } from './uplink.ts'

export interface ScannerOptions {
  /** The network that the phone is in now. */
  readonly network: () => DeviceView['network']
  readonly store: PhoneStore
  readonly companions: Companions
  readonly uplink: Pick<Uplink, 'request'>
  readonly clock: Clock
  readonly entropy: Entropy
  readonly audit: Audit
  readonly meters: PhonesMeters
  readonly events: PhoneEvents
  readonly crash?: Crash | undefined
  /** Runs a task in the phone's queue, so that the new browser is served only when its keys are stored. */
  readonly inQueue: <T>(task: () => Promise<T>) => Promise<T>
}

interface Waiting {
  readonly scan: PendingScan
  /** The newest code of this browser that was scanned. */
  qr: QrContent
  readonly timer: Timer
  readonly answered: Promise<Companion>
  readonly resolve: (companion: Promise<Companion>) => void
  readonly reject: (error: TetherError) => void
}

// what lookRef and claimRef may carry (proto/phone-link)
const REF_LENGTH = 128
const CLIENT_ID_LENGTH = 64

export class Scanner {
  readonly #options: ScannerOptions
  readonly #waiting = new Map<string, Waiting>()

  constructor(options: ScannerOptions) {
    this.#options = options
  }

  /**
   * Pairs with the browser that shows this code. Without an answer it waits for `decide`, at most CONSENT_WAIT_MS.
   * An answer that comes with the code is that of a program, which nobody asks anything.
   * Throws TETHER_ERR_QR, _REF_UNKNOWN, _REF_USED, _CONSENT_DENIED, _CONSENT_PENDING, _PHONE_AWAY, _LIMIT, _KEY_*.
   */
  async scan(text: string, answer?: ConsentAnswer): Promise<Companion> {
    const { qr, requester } = await this.#counted(this.#look(text))
    // who scans a browser twice is asked once, whichever of its codes it was (research P8)
    const same = answer ? undefined : this.#waitingFor(qr, requester)
    if (same) {
      same.qr = qr
      return same.answered
    }
    const pairing = answer ? this.#pair(qr, requester, answer) : this.#wait(qr, requester)
    const companion = await this.#counted(pairing)
    this.#options.meters.add('pairings', 'happy')
    return companion
  }

  /** Counts a failure by its mood. */
  async #counted<T>(part: Promise<T>): Promise<T> {
    try {
      return await part
    } catch (error) {
      this.#options.meters.add('pairings', moodOf(codeOf(error)))
      throw error
    }
  }

  #waitingFor(qr: QrContent, requester: RequesterView): Waiting | undefined {
    return [...this.#waiting.values()].find((one) => isSameBrowser(one, qr, requester))
  }

  /** What the code says, and what the server says of who shows it. */
  async #look(text: string): Promise<{ readonly qr: QrContent; readonly requester: RequesterView }> {
    const qr = parseQr(text)
    if (qr.ref.length > REF_LENGTH || qr.clientId.length > CLIENT_ID_LENGTH)
      throw new TetherError('TETHER_ERR_QR')
    const { uplink, network } = this.#options
    const told = await uplink.request('lookRef', { ref: qr.ref, clientId: qr.clientId })
    return { qr, requester: requesterView(told, network()) }
  }

  pending(): PendingScan[] {
    return [...this.#waiting.values()].map(({ scan }) => scan)
  }

  /**
   * A person answers a waiting scan; gives what its `scan` call gives. An answer that cannot be taken leaves the question
   * open. Throws TETHER_ERR_NOT_FOUND, and as `assertAnswered`.
   */
  async decide(id: string, answer: ConsentAnswer): Promise<Companion> {
    const waiting = this.#waiting.get(id)
    if (!waiting) throw new TetherError('TETHER_ERR_NOT_FOUND', 'no such scan')
    const { requester } = waiting.scan
    assertAnswered(answer, requester, this.#options.clock.now())
    this.#forget(waiting, answer.grant)
    const companion = this.#pair(waiting.qr, requester, answer)
    waiting.resolve(companion)
    return companion
  }

  stop(): void {
    for (const waiting of [...this.#waiting.values()]) {
      this.#forget(waiting, false)
      waiting.reject(new TetherError('TETHER_ERR_CONSENT_PENDING'))
    }
  }

  async #wait(qr: QrContent, requester: RequesterView): Promise<Companion> {
    const { clock, entropy, events, audit, meters } = this.#options
    if (this.#waiting.size >= limit('CONSENT_QUESTIONS')) {
      audit.record('scan.refused', { limit: 'CONSENT_QUESTIONS' })
      meters.add('limits', 'CONSENT_QUESTIONS')
      throw new TetherError('TETHER_ERR_LIMIT', 'CONSENT_QUESTIONS')
    }
    const at = clock.now()
    const scan = { id: newId(entropy), at, expiresAt: at + limit('CONSENT_WAIT_MS'), requester }
    let resolve!: Waiting['resolve']
    let reject!: Waiting['reject']
    const answered = new Promise<Companion>((...ends) => ([resolve, reject] = ends))
    const timer = clock.after(limit('CONSENT_WAIT_MS'), () => {
      this.#forget(waiting, false)
      reject(new TetherError('TETHER_ERR_CONSENT_PENDING'))
    })
    const waiting: Waiting = { scan, qr, timer, answered, resolve, reject }
    this.#waiting.set(scan.id, waiting)
    events.emit({ type: 'scan', scan })
    return answered
  }

  #forget({ scan, timer }: Waiting, granted: boolean): void {
    timer.cancel()
    this.#waiting.delete(scan.id)
    this.#options.events.emit({ type: 'scanDecided', id: scan.id, granted })
  }

  async #pair(qr: QrContent, requester: RequesterView, answer: ConsentAnswer): Promise<Companion> {
    const { clock, audit } = this.#options
    if (!answer.grant) {
      const { address, program, system } = requester
      audit.record('consent.denied', { clientId: qr.clientId, address, program, system, ...screenOf(answer) })
    }
    return this.#claim(qr, consentOf(answer, requester, clock.now()))
  }

  /** Makes the keys, hands the secret to the server for the browser, and stores the companion. */
  #claim(qr: QrContent, consent: Consent): Promise<Companion> {
    const { store, companions, uplink, clock, entropy, inQueue, crash } = this.#options
    const keys = { encKey: entropy.bytes(32), macKey: entropy.bytes(32) }
    const secret = buildSecret({ browserPublic: qr.publicKey, phonePrivate: entropy.bytes(32), ...keys })
    return inQueue(async () => {
      const { login } = await uplink.request('claimRef', {
        ref: qr.ref,
        clientId: qr.clientId,
        secret: formatBase64(secret),
      })
      const name = nameOfRequester(consent.requester)
      const linked: Linked = {
        login,
        clientId: qr.clientId,
        name,
        since: clock.now(),
        consent,
        paused: false,
      }
      crash?.at('pairing.answered')
      store.transaction(() => companions.add(linked, keys))
      crash?.at('pairing.stored')
      return companions.view(linked)
    })
  }
}

/** One connection of one browser: a code that was copied to somewhere else is another question. */
function isSameBrowser({ qr: known, scan }: Waiting, qr: QrContent, requester: RequesterView): boolean {
  const { address, userAgent, connectedAt } = scan.requester
  return (
    known.clientId === qr.clientId &&
    equalBytes(known.publicKey, qr.publicKey) &&
    address === requester.address &&
    userAgent === requester.userAgent &&
    connectedAt === requester.connectedAt
  )
}

function screenOf({ screen }: ConsentAnswer): { screen?: string } {
  return screen === undefined ? {} : { screen }
}
