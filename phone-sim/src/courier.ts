/**
 * Takes a message of this phone's person to other phones: opens a Signal session when there is none, encrypts, and
 * stores session and mail in one transaction (research: reliability 2.2), for one person together with the message. A
 * message to a group is stored first, with a leg for each member, and goes out leg by leg: Signal sessions are between
 * two. Without a link and a session a leg waits in the store, unencrypted as the history is.
 */
import { causalId } from 'proto/causal-log'
import type { Clock, Timer } from 'proto/clock'
import type { Crash } from 'proto/crash-points'
import { codeOf, type ErrorCode, TetherError } from 'proto/errors'
import { isBroadcast, isGroup, isUser, STATUS_JID } from 'proto/jid'
import { limit } from 'proto/limits'
import { isLiveLocation } from 'proto/live-location'
import type { Trace } from 'proto/trace'
import {
  decodeWebMessage,
  encodeWebMessage,
  messageStatus,
  revokedKeyOf,
  type WebMessageInfo,
} from 'proto/web-message'
import { numberOf, personJid } from './addresses.ts'
import type { Audiences } from './audiences.ts'
import { type Chats, keepToOneself, keyOf, REVOKED } from './chats.ts'
import type { Groups } from './groups.ts'
import type { Keychain } from './keychain.ts'
import type { Legs } from './legs.ts'
import type { Log } from './log.ts'
import type { Outbox, Outcome } from './outbox.ts'
import type { PeerKeys } from './peer-keys.ts'
import type { Signal } from './signal-port.ts'
import type { Leg, MessageKeyRow, MessageRow, PhoneStore } from './store.ts'

export interface CourierOptions {
  readonly ownJid: string
  readonly ownName: () => string
  readonly store: PhoneStore
  readonly chats: Chats
  readonly keychain: Keychain
  readonly signal: Signal
  readonly peerKeys: PeerKeys
  readonly outbox: Outbox
  readonly groups: Groups
  readonly audiences: Audiences
  readonly legs: Legs
  readonly clock: Clock
  readonly log?: Log | undefined
  readonly trace?: Trace | undefined
  readonly crash?: Crash | undefined
  /** Must this message wait until its file is at the server? */
  readonly holds: (info: WebMessageInfo) => boolean
  /** A fresh id for a mail. */
  readonly newMailId: () => string
  /** Runs a task in the phone's queue. */
  readonly inQueue: (task: () => Promise<void>) => void
}

const RETRY_MS = 60_000 // a server that gives no bundle now, or limits them
/** What Signal and a first message add to a plaintext, at most. */
const SIGNAL_ROOM = 1_024

export class Courier {
  readonly #options: CourierOptions
  #retry: Timer | null = null

  constructor(options: CourierOptions) {
    this.#options = options
  }

  /**
   * Stores and sends an own message; one that takes another back does so here too. Runs in the phone's queue. Throws
   * TETHER_ERR_ACCOUNT_UNKNOWN, TETHER_ERR_IDENTITY_CHANGED, TETHER_ERR_TOO_LARGE or TETHER_ERR_LIMIT, and then nothing
   * was stored. To a group also TETHER_ERR_GROUP_UNKNOWN, _MEMBER, _RIGHT, or any of these when it reached nobody: then
   * it is stored with the status ERROR.
   */
  async send(info: WebMessageInfo): Promise<MessageRow> {
    const { ownJid, store, chats, clock } = this.#options
    const key = keyOf(info)
    if (!isUser(key.chat)) return this.#sendToMany(info)
    const add = (status: number) => chats.addOwn(info, status, clock.now())
    if (key.chat === ownJid) return store.transaction(() => add(messageStatus.READ))
    const pending = () => add(messageStatus.PENDING)
    const to = numberOf(key.chat)
    // what waits for the same person goes first
    if (this.#waits(to)) await this.sendWaiting(to)
    if (this.#waits(to) || this.#options.holds(info) || !(await this.#openSession(key.chat))) {
      return store.transaction(() => {
        store.outbox.addLeg(key, to)
        return pending()
      })
    }
    return this.#encrypt(info, to, pending)
  }

  /**
   * Sends an own message that is known with what takes the place of its content, to those who can have it now. Whoever
   * was not reached before gets only this. Throws what groups throw when one must not write there.
   */
  async sendAgain(info: WebMessageInfo): Promise<MessageRow> {
    const { ownJid, store, chats, audiences } = this.#options
    const key = keyOf(info)
    const others = !isUser(key.chat)
      ? audiences.of(key.chat)
      : key.chat === ownJid
        ? []
        : [numberOf(key.chat)]
    store.transaction(() => {
      for (const to of others) store.outbox.addLeg(key, to)
      chats.replace(key, info)
    })
    await this.sendWaiting()
    return chats.find(key)!
  }

  async #sendToMany(info: WebMessageInfo): Promise<MessageRow> {
    const { ownJid, store, chats, clock, groups, audiences, outbox, trace } = this.#options
    const key = keyOf(info)
    const others = audiences.of(key.chat)
    if (revokedKeyOf(info)?.fromMe === false && !groups.isAdmin(key.chat, numberOf(ownJid)))
      throw new TetherError('TETHER_ERR_GROUP_RIGHT', 'taking back what others wrote')
    if (this.#plaintext(info).length > limit('MAIL_BYTES') - SIGNAL_ROOM)
      throw new TetherError('TETHER_ERR_TOO_LARGE', 'mail')
    store.transaction(() => {
      chats.addOwn(info, others.length > 0 ? messageStatus.PENDING : messageStatus.SERVER_ACK, clock.now())
      for (const to of others) {
        store.outbox.addLeg(key, to)
        store.readers.add(key, to)
      }
      store.afterCommit(() => trace?.emit('message.legs', { message: key.id, n: others.length }))
    })
    const outcomes: Outcome[] = []
    const forget = outbox.whenSettled(key, (outcome) => void outcomes.push(outcome))
    await this.sendWaiting().finally(forget)
    if (outcomes[0]) throw new TetherError(outcomes[0])
    return chats.find(key)!
  }

  /** Sends legs that wait, each after those before it to the same number; a message that reaches nobody has failed. */
  async sendWaiting(only?: string): Promise<void> {
    const { store, log } = this.#options
    /** Numbers whose legs cannot go now, and why. */
    const stopped = new Map<string, ErrorCode>()
    this.#retry?.cancel()
    this.#retry = null
    for (const leg of store.outbox.legs()) {
      if (leg.stuck || (only !== undefined && leg.to !== only)) continue
      const before = stopped.get(leg.to)
      if (before !== undefined) {
        this.#stop(leg, before)
        continue
      }
      if (this.#isHeld(leg)) {
        stopped.set(leg.to, 'TETHER_ERR_PHONE_AWAY')
        continue
      }
      try {
        if (!(await this.#sendLeg(leg))) return
      } catch (error) {
        const code = codeOf(error)
        log?.warn({ m: causalId(leg.message.id), code }, 'a waiting message could not be sent')
        if (isForGood(code)) this.#drop(leg, code)
        else {
          stopped.set(leg.to, code)
          this.#stop(leg, code)
        }
        if (code === 'TETHER_ERR_LIMIT') this.#retryLater()
      }
    }
  }

  /** False when there is no session and no way to open one now. */
  async #sendLeg(leg: Leg): Promise<boolean> {
    const { store, chats, audiences } = this.#options
    const { message, to } = leg
    const row = chats.find(message)
    if (row === null || row.type === REVOKED) {
      this.#drop(leg, 'TETHER_ERR_NOT_FOUND') // over, or taken back while it waited: nobody gets it
      return true
    }
    if (!isUser(message.chat) && !audiences.includes(message.chat, to)) {
      this.#drop(leg, 'TETHER_ERR_GROUP_MEMBER')
      return true
    }
    if (!(await this.#openSession(personJid(to)))) return false
    const left = () => (store.outbox.removeLeg(message, to), row)
    await this.#encrypt(decodeWebMessage(row.info), to, left)
    return true
  }

  /** A leg that has to wait for its person to accept an identity keeps no others from being told the outcome. */
  #stop({ message, to }: Leg, code: ErrorCode): void {
    const { store, legs } = this.#options
    if (!isUser(message.chat) && code === 'TETHER_ERR_IDENTITY_CHANGED')
      store.transaction(() => legs.stuck(message, to))
  }

  #drop({ message, to }: Leg, code: ErrorCode): void {
    const { store, legs } = this.#options
    store.transaction(() => {
      store.outbox.removeLeg(message, to)
      legs.settled(message, to, code)
    })
  }

  /** Nobody will get a message that waits: its file cannot be had. */
  giveUp(message: MessageKeyRow, code: ErrorCode): void {
    const isOfMessage = ({ message: { chat, id } }: Leg) => chat === message.chat && id === message.id
    for (const leg of this.#options.store.outbox.legs().filter(isOfMessage)) this.#drop(leg, code)
  }

  #isHeld({ message }: Leg): boolean {
    const { chats, holds } = this.#options
    const row = chats.find(message)
    return row !== null && holds(decodeWebMessage(row.info))
  }

  stop(): void {
    this.#retry?.cancel()
  }

  #waits(to: string): boolean {
    return this.#options.store.outbox.legs().some((leg) => leg.to === to && !leg.stuck)
  }

  /** False when there is no session and no way to open one now. */
  async #openSession(jid: string): Promise<boolean> {
    try {
      return await this.#options.peerKeys.openSession(jid)
    } catch (error) {
      if (codeOf(error) !== 'TETHER_ERR_PHONE_AWAY') throw error
      this.#retryLater()
      return false
    }
  }

  #encrypt(info: WebMessageInfo, to: string, write: () => MessageRow): Promise<MessageRow> {
    const { signal, store, keychain, outbox, newMailId, crash } = this.#options
    const key = keyOf(info)
    // a member may get the same id in two chats, a live location goes out many times, and mail is known by its id
    const mail = isUser(key.chat) && !isLiveLocation(info) ? key.id : newMailId()
    return signal.encrypt(to, this.#plaintext(info), ({ kind, body, changes }) => {
      crash?.at('outbox.writing')
      return store.transaction(() => {
        const row = write()
        keychain.apply(changes)
        outbox.append({ to, mail, kind, body, message: key })
        return row
      })
    })
  }

  #plaintext(info: WebMessageInfo): Uint8Array {
    const { ownJid, ownName } = this.#options
    return encodeWebMessage(outgoing(info, ownJid, ownName()))
  }

  /** The link may stay while the server cannot answer; without one, the next link tries again. */
  #retryLater(): void {
    const { clock, inQueue } = this.#options
    this.#retry ??= clock.after(RETRY_MS, () => {
      this.#retry = null
      inQueue(() => this.sendWaiting())
    })
  }
}

function isForGood(code: ErrorCode): boolean {
  return (
    code !== 'TETHER_ERR_LIMIT' && code !== 'TETHER_ERR_PHONE_AWAY' && code !== 'TETHER_ERR_IDENTITY_CHANGED'
  )
}

/**
 * What the other phone gets: seen from its side, with the sender's name and without what is only ours. Groups and stories
 * keep their name, and their readers know the sender by the Signal session; nobody learns of a broadcast list.
 */
function outgoing(info: WebMessageInfo, ownJid: string, pushName: string): WebMessageInfo {
  const copy = decodeWebMessage(encodeWebMessage(info))
  const { remoteJid } = copy.key
  if (!isGroup(remoteJid) && remoteJid !== STATUS_JID) {
    copy.key.remoteJid = ownJid
    if (isBroadcast(remoteJid)) copy.broadcast = true
  }
  copy.key.fromMe = false
  copy.pushName = pushName
  keepToOneself(copy)
  return copy
}
