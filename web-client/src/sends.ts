/**
 * Sends messages exactly once: each is kept in the outbox under its id before the first attempt, is sent again under the
 * same id on every new connection, and leaves the outbox when the phone is known to have it. Spec 11.1; research R2.
 */
import { utf8 } from 'proto/bytes'
import type { Clock, Timer } from 'proto/clock'
import type { Entropy } from 'proto/entropy'
import { codeOf, type ErrorCode } from 'proto/errors'
import { parseJid } from 'proto/jid'
import { limit } from 'proto/limits'
import type { Node } from 'proto/node'
import { parseBase64 } from 'proto/base64'
import { encodeWebMessage } from 'proto/web-message'
import type { Chats } from './chats.ts'
import type { Answer, NodeKind } from './connection.ts'
import type { ChatMessage } from './message.ts'
import { infoOf, messageOf, renewed, revocationOf } from './outbox-entry.ts'
import type { Outbox, OutboxEntry } from './outbox.ts'
import { refusal } from './refusal.ts'
import { PHONE_DOUBT_MS } from './timing.ts'

const RELAY: NodeKind = { metric: 'MESSAGE', flags: ['IGNORE'] }
const RELAY_TO_MYSELF: NodeKind = { metric: 'MESSAGE', flags: ['ACK_REQUEST'] }
const MESSAGE_INFO: NodeKind = { metric: 'QUERY_MESSAGE_INFO', flags: ['IGNORE'] }
const ID_BYTES = 8
/** The rest of a mail: key, time, name and what Signal adds. A longer text would end the connection, each time it is sent. */
const MAIL_ROOM = 2_048
/** A request that failed so may be made again; any other failure would come again too. */
const passing: ReadonlySet<ErrorCode> = new Set(['TETHER_ERR_STATE', 'TETHER_ERR_PHONE_AWAY'])

export interface SendsParts {
  readonly clock: Clock
  readonly entropy: Entropy
  readonly chats: Chats
  readonly outbox: Outbox
  /** Sends a query, under this tag when it is given; rejects when there is no connection, or the phone gives no answer. */
  query(node: (epoch: string) => Node, kind: NodeKind, tag?: string): Promise<Answer>
  isOnline(): boolean
  /** A message that the phone has refused is forgotten there too. */
  removeRefused(message: ChatMessage): void
  /** Our own JID; null when nobody is logged in. */
  me(): string | null
  /** The outbox could not be written or read, or a message cannot be sent at all. */
  failed(code: ErrorCode): void
}

export class Sends {
  readonly #parts: SendsParts
  #waiting: readonly OutboxEntry[] = []
  /** Under way on the present connection; the timer asks the phone whether it knows the message. */
  readonly #flying = new Map<string, Timer | null>()
  /** What could not be sent, by id: a person may try again. */
  readonly #failed = new Map<string, OutboxEntry>()
  /** Taken away by the person before they were kept. */
  readonly #discarded = new Set<string>()
  #order = 0
  /** Counts logins: what an ended one was about to keep is not sent under the next. */
  #era = 0
  #kept: Promise<void> = Promise.resolve()

  constructor(parts: SendsParts) {
    this.#parts = parts
  }

  /** Shows again what was written before and is not known to have arrived. */
  async load(): Promise<void> {
    const entries = await this.#parts.outbox.list()
    const known = new Set(this.#waiting.map(({ id }) => id))
    const waiting = entries.filter(({ id, failure }) => !known.has(id) && failure === undefined)
    this.#waiting = [...waiting, ...this.#waiting]
    for (const entry of entries) if (entry.failure !== undefined) this.#failed.set(entry.id, entry)
    this.#order = Math.max(this.#order, ...entries.map(({ order }) => order + 1), 0)
    for (const entry of entries) {
      const message = messageOf(entry)
      if (message !== null) this.#parts.chats.addNewer(entry.jid, [message], false)
    }
    this.showTakingBack()
  }

  /** Marks the messages that are about to be taken back; they may have become known after that was asked for. */
  showTakingBack(): void {
    for (const entry of this.#waiting) {
      const revoked = revocationOf(entry)
      if (revoked !== null) this.#parts.chats.takeBack(revoked, true)
    }
  }

  /** Forgets an own message that has failed, or waits and is not under way. False for any other: it may have arrived. */
  discard(jid: string, id: string): boolean {
    const message = this.#find(jid, id)
    const waits = message?.status === 'pending' && message.passed === undefined && !this.#flying.has(id)
    if (!waits && message?.status !== 'failed') return false
    if (this.#failed.delete(id)) this.#keep(() => this.#parts.outbox.remove(id)).catch(() => {})
    if (waits && !this.#waiting.some((entry) => entry.id === id)) this.#discarded.add(id)
    this.#parts.chats.discard(jid, id)
    this.arrived(id)
    return true
  }

  /** A place in the outbox, under a new id. Throws TETHER_ERR_JID. */
  newEntry(jid: string): Omit<OutboxEntry, 'text'> {
    const id = `3EB0${hex(this.#parts.entropy.bytes(ID_BYTES))}`
    const seconds = Math.floor(this.#parts.clock.now() / 1000)
    return { order: this.#order++, id, jid: parseJid(jid), seconds }
  }

  /** Shows a message at once and sends it when it is safely kept; one too long fails at once. */
  show(entry: OutboxEntry, message: ChatMessage): void {
    this.#parts.chats.addNewer(entry.jid, [message], false)
    this.enqueue(entry)
  }

  /** Tries a failed message again: under its id, or, when the phone knows that as the id of a failure, under another. */
  retry(jid: string, id: string): void {
    const message = this.#find(jid, id)
    if (message?.status !== 'failed') return
    const { text, seconds } = message
    // What failed in an earlier time of this browser the phone has told of.
    const known = this.#failed.get(id) ?? { id, jid, text, seconds, order: 0, refused: true }
    const { failure: _, refused = false, ...entry } = known
    this.#failed.delete(id)
    if (refused) {
      if (message.kind !== 'text' && entry.info === undefined) return // its content is not known here any more
      this.#parts.chats.discard(jid, id)
      this.#parts.removeRefused(message)
      this.#keep(() => this.#parts.outbox.remove(id)).catch(() => {})
      const again = renewed(entry, this.newEntry(jid))
      this.show(again, messageOf(again)!)
    } else if (this.#parts.chats.retry(jid, id)) this.enqueue({ ...entry, order: this.#order++ })
  }

  /**
   * Sends what waits: of each chat the first, and the next when the phone has answered that. A phone that was killed may
   * have lost a message, and what was written later must not overtake it.
   */
  flush(): void {
    if (!this.#parts.isOnline()) return
    const begun = new Set<string>()
    for (const entry of this.#waiting) {
      if (begun.has(entry.jid)) continue
      begun.add(entry.jid)
      if (this.#flying.has(entry.id)) continue
      this.#flying.set(entry.id, null)
      void this.#attempt(entry)
    }
  }

  /** The server has read these requests: of a message under way it is known to have come to the relay. */
  serverRead(tags: readonly string[]): void {
    for (const { id, jid } of this.#waiting) {
      if (!tags.includes(id) || this.#flying.get(id) !== null) continue
      this.#parts.chats.pass(jid, id, 'relay')
      this.#flying.set(
        id,
        this.#parts.clock.after(PHONE_DOUBT_MS, () => void this.#askPhone(jid, id)),
      )
    }
  }

  /** The connection is over: what the server has read and the phone has not answered is sent again. */
  lost(): void {
    for (const { id, jid } of this.#waiting)
      if (this.#find(jid, id)?.passed === 'relay') this.#parts.chats.pass(jid, id, null)
  }

  /** The phone has this message. */
  arrived(id: string): void {
    if (!this.#waiting.some((entry) => entry.id === id)) return
    this.#waiting = this.#waiting.filter((entry) => entry.id !== id)
    this.#keep(() => this.#parts.outbox.remove(id)).catch(() => {}) // sent once more after a reload; the phone knows it
  }

  /** Asks the phone whether it knows a message that it has not answered: who received it is asked of known ones only. */
  async #askPhone(jid: string, id: string): Promise<void> {
    const attrs = { type: 'message_info', jid, index: id }
    try {
      const answer = await this.#parts.query(
        (epoch) => ({ tag: 'query', attrs: { ...attrs, epoch }, content: null }),
        MESSAGE_INFO,
      )
      if ('node' in answer) this.#parts.chats.pass(jid, id, 'phone')
    } catch {
      // the connection is over, or the phone says nothing: nothing is known
    }
  }

  #find(jid: string, id: string): ChatMessage | undefined {
    return this.#parts.chats.messages(jid).find((message) => message.fromMe && message.id === id)
  }

  async clear(): Promise<void> {
    this.#era++
    this.#waiting = []
    this.#failed.clear()
    this.#discarded.clear()
    await this.#keep(() => this.#parts.outbox.clear())
  }

  /** Sends what is not shown as a message of its own, in the same way. */
  enqueue(entry: OutboxEntry): void {
    const bytes = entry.info === undefined ? utf8(entry.text).length : parseBase64(entry.info).length
    if (bytes > limit('MAIL_BYTES') - MAIL_ROOM) {
      this.#fail({ ...entry, failure: 'TETHER_ERR_TOO_LARGE' })
      this.#parts.failed('TETHER_ERR_TOO_LARGE')
      return
    }
    const era = this.#era
    this.#keep(() => this.#parts.outbox.put(entry)).then(
      () => {
        if (era !== this.#era) return
        if (this.#discarded.delete(entry.id)) {
          this.#keep(() => this.#parts.outbox.remove(entry.id)).catch(() => {})
          return
        }
        this.#waiting = [...this.#waiting, entry]
        this.flush()
      },
      (error: unknown) => {
        if (era === this.#era) this.#fail({ ...entry, failure: codeOf(error) })
      },
    )
  }

  /** The message stays, here and in the outbox, until the person decides. */
  #fail(entry: OutboxEntry & { readonly failure: ErrorCode }): void {
    const revoked = revocationOf(entry)
    if (revoked !== null) {
      this.#parts.chats.takeBack(revoked, false)
      this.arrived(entry.id)
      return
    }
    this.#waiting = this.#waiting.filter(({ id }) => id !== entry.id)
    this.#failed.set(entry.id, entry)
    this.#parts.chats.fail(entry.jid, entry.id, entry.failure)
    this.#keep(() => this.#parts.outbox.put(entry)).catch(() => {}) // it is forgotten with the window
  }

  async #attempt(entry: OutboxEntry): Promise<void> {
    const { id, jid } = entry
    const node = (epoch: string): Node => ({
      tag: 'action',
      attrs: { type: 'relay', epoch },
      content: [{ tag: 'message', attrs: {}, content: encodeWebMessage(infoOf(entry)) }],
    })
    try {
      const answer = await this.#parts.query(node, jid === this.#parts.me() ? RELAY_TO_MYSELF : RELAY, id)
      const status = 'status' in answer ? answer.status : 200
      if (status !== null && (status < 200 || status >= 300))
        this.#fail({ ...entry, failure: refusal(status).code, ...(status < 500 && { refused: true }) })
      else {
        this.#accepted(entry)
        this.arrived(id)
      }
    } catch (error) {
      // The connection ended, or the phone came back without answering: the same id goes out once more.
      if (!passing.has(codeOf(error))) {
        this.#fail({ ...entry, failure: codeOf(error) })
        this.#parts.failed(codeOf(error))
      }
    } finally {
      this.#flying.get(id)?.cancel()
      this.#flying.delete(id)
    }
    this.flush()
  }

  #accepted(entry: OutboxEntry): void {
    const revoked = revocationOf(entry)
    if (revoked === null) this.#parts.chats.raiseStatus(entry.jid, entry.id, 'server')
    else this.#parts.chats.revoke(revoked)
  }

  /**
   * Asks the outbox at once, for the window may close before an earlier operation is done; it keeps their order. What
   * comes of them is told in that order too, so that messages go out as they were written.
   */
  #keep(operation: () => Promise<void>): Promise<void> {
    const asked = operation()
    const done = Promise.allSettled([this.#kept, asked]).then(() => asked)
    this.#kept = done.catch((error: unknown) => this.#parts.failed(codeOf(error)))
    return done
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()
}
