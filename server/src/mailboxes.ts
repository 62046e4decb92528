/**
 * Mail between phones (research 2.2, 2.4): stored before it is acknowledged, pushed in the order of the mailbox,
 * kept until the phone says it is in its own inbox. Bodies are Signal messages that nobody here can read.
 */
import { formatBase64 } from 'proto/base64'
import { every, type Timer } from 'proto/clock'
import { codeOf, type ErrorCode } from 'proto/errors'
import { limit } from 'proto/limits'
import type { LinkBody, LinkMessage } from 'proto/phone-link'
import type { Context } from './context.ts'
import { MailRates } from './mail-rates.ts'
import type { AttachedPhone } from './peers.ts'
import type { Relay } from './relay.ts'
import type { OutgoingMail, RefusalReason } from './stores.ts'

const REFUSALS: Readonly<Record<RefusalReason, ErrorCode>> = {
  mailboxFull: 'TETHER_ERR_MAILBOX_FULL',
  inboundFull: 'TETHER_ERR_MAILBOX_FULL',
  unknownRecipient: 'TETHER_ERR_ACCOUNT_UNKNOWN',
  tooLarge: 'TETHER_ERR_TOO_LARGE',
}

/** How far the pushing to one attached phone has come. */
interface Pump {
  readonly phone: AttachedPhone
  /** Last seq that was pushed. */
  sent: number
  /** Pushed and not yet taken, in order. */
  unacked: number[]
  /** When what was pushed had come in, by seq. */
  readonly cameAt: Map<number, number>
  readonly attachedAt: number
  running: boolean
  /** Mail came in while a page was being read. */
  again: boolean
  /** The oldest seq that was out when MAIL_RETRY_MS was last over, and how often it has gone out since. */
  stuckAt: number
  tries: number
  readonly retry: Timer
}

export class Mailboxes {
  readonly #context: Context
  readonly #relay: Relay
  /** Null: mail comes in as fast as it may. */
  readonly #rates: MailRates | null
  readonly #pumps = new Map<string, Pump>()

  constructor(context: Context, relay: Relay) {
    this.#context = context
    this.#relay = relay
    this.#rates = context.config.mailRates ? new MailRates() : null
  }

  /** Stores mail of an attached phone, then answers `mailed` or `mailRefused`: an ack never runs ahead of its fact. */
  async deposit(phone: AttachedPhone, mail: OutgoingMail): Promise<void> {
    const { counters, stores, trace, crash } = this.#context
    crash?.at('mail.received')
    const hit = this.#rates?.take(phone.number, mail, mail.at) ?? null
    if (hit) counters.add('limits', hit.name)
    if (hit && hit.retryMs !== null) {
      counters.add('errors', 'TETHER_ERR_LIMIT')
      phone.send(tooFast(mail.n, hit.retryMs))
      return
    }
    const refusal = hit ? 'inboundFull' : null
    const result = await stores.mail.deposit(phone.owner, mail, refusal).catch((error: unknown) => {
      this.#notStored(phone, mail.n, error)
      return null
    })
    if (!hit && (result === null || result.kind === 'order' || result.kind === 'duplicate'))
      this.#rates?.giveBack(phone.number, mail)
    if (result === null) return
    crash?.at('mail.committed')
    counters.add('mails', result.kind)
    trace?.emit('mail.stored', { mail: mail.mail, from: phone.number, to: mail.to, result: result.kind })
    phone.send(this.#answer(mail.n, result))
    crash?.at('mail.acked')
    if (result.kind === 'stored') this.pump(mail.to)
  }

  /** The disk is full, say: without a word the phone would wait for an answer until its link breaks. */
  #notStored(phone: AttachedPhone, n: number, error: unknown): void {
    const code = codeOf(error)
    if (code !== 'TETHER_ERR_STORE_WRITE') throw error
    const { counters, log } = this.#context
    counters.add('errors', code)
    counters.add('mails', 'notStored')
    log.error({ err: error }, 'mail could not be stored')
    const retryMs = limit('MAIL_STORE_RETRY_MS')
    phone.send({ type: 'mailRefused', n, code, final: false, expected: n, retryMs })
  }

  #answer(n: number, result: Awaited<ReturnType<Context['stores']['mail']['deposit']>>): LinkMessage {
    switch (result.kind) {
      case 'stored':
      case 'duplicate':
        return { type: 'mailed', n }
      case 'order':
        return {
          type: 'mailRefused',
          n,
          code: 'TETHER_ERR_MAIL_ORDER',
          final: false,
          expected: result.expected,
        }
      case 'refused':
        this.#context.counters.add('errors', REFUSALS[result.reason])
        if (result.met) this.#context.counters.add('limits', result.met)
        return { type: 'mailRefused', n, code: REFUSALS[result.reason], final: true }
    }
  }

  /** Everything up to `seq` is in the phone's inbox. */
  async take(phone: AttachedPhone, seq: number): Promise<void> {
    const pump = this.#pumps.get(phone.number)
    if (pump?.phone !== phone) return
    const { stores, counters, crash } = this.#context
    crash?.at('taken.received')
    const taken = await stores.mail.take(phone.owner, Math.min(seq, pump.sent))
    crash?.at('taken.deleted')
    counters.add('mails', 'taken', taken)
    this.#measureLag(pump, seq)
    pump.unacked = pump.unacked.filter((each) => each > seq)
    this.pump(phone.number)
  }

  /** Mails pushed to attached phones and not taken yet. */
  get unacked(): number {
    let all = 0
    for (const pump of this.#pumps.values()) all += pump.unacked.length
    return all
  }

  #measureLag({ cameAt, attachedAt }: Pump, taken: number): void {
    const { clock, counters } = this.#context
    const now = clock.now()
    for (const [seq, at] of cameAt) {
      if (seq > taken) break // they went out in order
      cameAt.delete(seq)
      counters.buckets('mailLag', at < attachedAt ? 'away' : 'there').addMs(now - at)
    }
  }

  attached(phone: AttachedPhone): void {
    this.#forget(phone.number)
    const retry = every(this.#context.clock, limit('MAIL_RETRY_MS'), () => this.#retry(phone.number))
    const fresh = { sent: 0, unacked: [], running: false, again: false, stuckAt: 0, tries: 0 }
    const attachedAt = this.#context.clock.now()
    this.#pumps.set(phone.number, { phone, retry, ...fresh, cameAt: new Map(), attachedAt })
    this.pump(phone.number)
  }

  detached(phone: AttachedPhone): void {
    if (this.#pumps.get(phone.number)?.phone === phone) this.#forget(phone.number)
  }

  #forget(number: string): void {
    this.#pumps.get(number)?.retry.cancel()
    this.#pumps.delete(number)
  }

  /** What was out a whole period ago and still is goes out again: phones know mail by its id (research 2.4). */
  #retry(number: string): void {
    const pump = this.#pumps.get(number)
    if (!pump) return
    const oldest = pump.unacked[0] ?? 0
    if (oldest !== pump.stuckAt) pump.tries = 0
    else if (oldest !== 0 && !pump.running) this.#again(pump, oldest)
    pump.stuckAt = oldest
    this.pump(number)
  }

  #again(pump: Pump, oldest: number): void {
    const { counters } = this.#context
    pump.tries += 1
    const beyond = pump.tries - limit('MAIL_TRIES')
    if (beyond === 1) counters.add('limits', 'MAIL_TRIES')
    if (beyond > 0) return
    counters.add('mails', 'again', pump.unacked.length)
    pump.sent = oldest - 1
    pump.unacked = []
  }

  /** Pushes what waits, within MAIL_WINDOW and MAIL_QUEUE_BYTES. Called for every new mail and every take. */
  pump(number: string): void {
    const pump = this.#pumps.get(number)
    if (!pump) return
    if (pump.running) pump.again = true
    else void this.#run(pump)
  }

  async #run(pump: Pump): Promise<void> {
    pump.running = true
    try {
      do {
        pump.again = false
        const room = Math.min(limit('MAIL_PAGE'), limit('MAIL_WINDOW') - pump.unacked.length)
        if (room <= 0 || this.#isFull(pump)) break
        const page = await this.#context.stores.mail.page(pump.phone.number, pump.sent, room)
        for (const mail of page) {
          if (this.#isFull(pump)) return
          pump.sent = mail.seq
          pump.unacked.push(mail.seq)
          pump.cameAt.set(mail.seq, mail.at)
          this.#deliver(pump.phone, {
            seq: mail.seq,
            from: mail.from,
            mail: mail.mail,
            kind: mail.kind,
            body: formatBase64(mail.body),
            at: mail.at,
          })
        }
        if (page.length === room) pump.again = true
      } while (pump.again && this.#pumps.get(pump.phone.number) === pump)
    } catch (error) {
      this.#context.log.error({ err: error }, 'mail could not be read')
    } finally {
      pump.running = false
    }
  }

  /** What does not fit now goes out when the phone takes what it has, or after MAIL_RETRY_MS. */
  #isFull(pump: Pump): boolean {
    const isFull = !this.#relay.hasRoomForMail(pump.phone.queuedBytes)
    if (isFull) this.#context.counters.add('limits', 'MAIL_QUEUE_BYTES')
    return isFull
  }

  #deliver(phone: AttachedPhone, delivery: LinkBody<'delivery'>): void {
    const hop = { kind: 'phone-mail', near: `phone:${delivery.from}`, far: `phone:${phone.number}` } as const
    this.#context.links.carry(hop, JSON.stringify(delivery), (frame) => {
      const carried = typeof frame === 'string' ? frame : Buffer.from(frame).toString('utf8')
      if (!phone.sendText(`{"type":"delivery",${carried.slice(1)}`)) return
      this.#context.counters.add('mails', 'delivered')
      this.#context.trace?.emit('mail.pushed', {
        mail: delivery.mail,
        seq: delivery.seq,
        kind: delivery.kind,
      })
      this.#context.crash?.at('mail.pushed')
    })
  }
}

/** Mail n may come again later; sooner than a reconnect it makes no sense. */
function tooFast(n: number, waitMs: number): LinkMessage {
  const retryMs = Math.max(waitMs, limit('PHONE_BACKOFF_MIN_MS'))
  return { type: 'mailRefused', n, code: 'TETHER_ERR_LIMIT', final: false, expected: n, retryMs }
}
