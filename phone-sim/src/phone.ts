/**
 * A simulated primary phone: the only holder of identity keys and history, and the bridge between the encryption of
 * its browsers and that of other phones. This file is what programs and screens use; the parts do the work.
 */
import type { ContentInit } from 'proto/contents'
import { TetherError } from 'proto/errors'
import { jidOfNumber } from 'proto/jid'
import type { Place } from 'proto/live-location'
import { chatJid, numberOf, personJid } from './addresses.ts'
import { importRows } from './history-import.ts'
import { mediaView } from './media-view.ts'
import type { BroadcastList } from './broadcast-lists.ts'
import { type PhoneEvent, PhoneEvents } from './phone-events.ts'
import { PhoneChats } from './phone-chats.ts'
import { PhoneGroups } from './phone-groups.ts'
import { PhoneLists } from './phone-lists.ts'
import { PhoneCalls } from './phone-calls.ts'
import { PhoneLine } from './phone-line.ts'
import { PhoneProfile } from './phone-profile.ts'
import { buildParts, type PhoneOptions, type PhoneParts } from './phone-parts.ts'
import type {
  ChatSummary,
  Companion,
  CompanionChange,
  ConsentAnswer,
  ContactView,
  DeviceView,
  HistoryChat,
  HistoryRow,
  KeyView,
  MediaToSend,
  MediaView,
  MessageView,
  PendingScan,
  PhoneLoad,
  PhoneState,
  PhoneStatus,
} from './phone-views.ts'
import { Queue } from './queue.ts'
import type { AuditRow, StoreCounts } from './store.ts'
import { type DevicePatch, isReachable } from './device.ts'
import { changeCompanion } from './companion-change.ts'
import { keyViews } from './key-views.ts'

export type { PhoneOptions } from './phone-parts.ts'
export type { PhoneEvent } from './phone-events.ts'
export type * from './phone-views.ts'

const DEFAULT_MESSAGES = 100

export class Phone {
  readonly number: string
  readonly jid: string
  readonly #options: PhoneOptions
  readonly #events: PhoneEvents
  readonly #queue = new Queue()
  readonly calls = new PhoneCalls(() => this.#parts, this.#queue)
  /** Name, about text, picture, block list and presence of the person. */
  readonly profile = new PhoneProfile(() => this.#parts, this.#queue)
  readonly groups = new PhoneGroups(() => this.#parts, this.#queue)
  /** Archiving, pinning, starring, clearing and the like. */
  readonly tidying: PhoneChats
  /** Broadcast lists and stories. */
  readonly lists: PhoneLists
  readonly #line: PhoneLine
  #built: PhoneParts | null = null
  #stopped = false
  #state: PhoneState = 'offline'
  /** Resolves when the first attempt to attach is over. */
  #firstTry: (() => void) | null = null

  /** Throws TETHER_ERR_JID when the number is none. */
  constructor(options: PhoneOptions) {
    this.number = options.number
    this.jid = jidOfNumber(options.number)
    this.#options = options
    this.lists = new PhoneLists(() => this.#parts, this.#queue, options.store, this.jid)
    this.#events = new PhoneEvents(options.clock, options.log)
    this.tidying = new PhoneChats(() => this.#parts, this.#queue, options.store)
    this.#line = new PhoneLine({
      parts: () => this.#parts,
      queue: this.#queue,
      store: options.store,
      log: options.log,
      trace: options.trace?.party(`phone:${options.number}`),
      tried: () => this.#firstTry?.(),
      stateChanged: () => this.#stateChanged(),
    })
  }

  /**
   * Opens the vault, registers when the store has no account, and connects. Resolves when the phone is registered
   * and the first attempt to attach is over; after that it connects again by itself. Throws TETHER_ERR_VAULT,
   * TETHER_ERR_CONFIG, and what registration throws.
   */
  async start(): Promise<void> {
    this.#built = buildParts(this.#options, this.#events, this.#queue, {
      line: this.#line,
      deviceChanged: (before, now) => this.#deviceChanged(before, now),
      endLogin: (login) => this.#line.endLogin(login),
      renamed: () => this.#line.sendDevice(),
      failed: (error) => this.#line.failed(error),
    })
    const { account, device, expiry, calls } = this.#built
    if (!account.isRegistered) await account.register()
    if (this.#stopped) return
    device.start()
    expiry.arm()
    calls.resume()
    if (device.view.app === 'dozing') this.#line.doze()
    this.#stateChanged()
    if (!isReachable(device.view)) return
    await new Promise<void>((resolve) => {
      this.#firstTry = resolve
      this.#parts.uplink.want(true)
    })
    this.#firstTry = null
  }

  /** Closes the link and the store. Everything is durable then. */
  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    const parts = this.#built
    parts?.uplink.want(false)
    parts?.device.stop()
    await this.#queue.idle() // what is at work may still plan something
    for (const part of parts
      ? [
          parts.companions,
          parts.scanner,
          parts.inbox,
          parts.account,
          parts.courier,
          parts.waitingReceipts,
          parts.expiry,
          parts.profile,
          parts.calls,
          parts.media,
        ]
      : [])
      part.stop()
    this.#options.store.close()
  }

  get state(): PhoneState {
    return this.#state
  }

  /** How much waits in the store, for operators. */
  waiting(): StoreCounts {
    return this.#options.store.counts()
  }

  /** How much there is of what an operator watches, besides. */
  load(): PhoneLoad {
    const { browsers, inbox, keychain } = this.#parts
    const open = browsers.all()
    const told = open.filter(({ backlog }) => backlog === null).length
    return {
      browsersTold: told,
      browsersWaiting: open.length - told,
      early: inbox.early,
      prekeys: keychain.prekeyCount(),
    }
  }

  status(): PhoneStatus {
    const { number, jid } = this
    const { account, device, companions, profile } = this.#parts
    return {
      number,
      jid,
      name: account.name,
      about: profile.about,
      state: this.#state,
      device: device.view,
      batteryUse: device.batteryUse,
      companions: companions.list(),
    }
  }

  /**
   * Pairs with the browser that shows this QR text. Without `consent` a person decides (`pendingScans`, `decide`).
   * Throws TETHER_ERR_QR, _REF_UNKNOWN, _REF_USED, _CONSENT_DENIED, _CONSENT_PENDING, _PHONE_AWAY, _LIMIT.
   */
  scan(qr: string, consent?: ConsentAnswer): Promise<Companion> {
    return this.#parts.scanner.scan(qr, consent)
  }

  pendingScans(): PendingScan[] {
    return this.#parts.scanner.pending()
  }

  /** Throws TETHER_ERR_NOT_FOUND, and what `scan` throws. */
  decide(id: string, consent: ConsentAnswer): Promise<Companion> {
    return this.#parts.scanner.decide(id, consent)
  }

  /** Denies every scan that waits. */
  denyScans(): void {
    this.#parts.scanner.stop()
  }

  companions(): Companion[] {
    return this.#parts.companions.list()
  }

  /** Ends a login from the phone; works without the server, which is told when it is there. Throws TETHER_ERR_NOT_FOUND. */
  unpair(id: string): Promise<void> {
    return this.#queue.run(() => {
      const { companions } = this.#parts
      if (!companions.logins().includes(id))
        throw new TetherError('TETHER_ERR_NOT_FOUND', 'no such companion')
      companions.end(id, 'unpaired')
      this.#line.endLogin(id)
    })
  }

  /** As `unpair`, for all of them. */
  unpairAll(): Promise<void> {
    return this.#queue.run(() => {
      const { companions } = this.#parts
      for (const login of companions.logins()) {
        companions.end(login, 'unpaired')
        this.#line.endLogin(login)
      }
    })
  }

  /** The address book, in the order of the names. */
  contacts(): ContactView[] {
    const { chats } = this.#parts
    const known = chats.contacts().flatMap(({ jid, name }) => (name === null ? [] : [{ jid, name }]))
    return known.sort((a, b) => a.name.localeCompare(b.name, 'en'))
  }

  /**
   * Renames or pauses a browser, or changes what it may see and until when; effective at once. Throws
   * TETHER_ERR_NOT_FOUND, TETHER_ERR_BODY, TETHER_ERR_JID.
   */
  changeCompanion(id: string, change: CompanionChange): Promise<Companion> {
    return this.#queue.run(() => changeCompanion(this.#parts, this.#line, id, change))
  }

  /** Newest activity first. */
  chats(): ChatSummary[] {
    return this.#parts.chats.summaries()
  }

  /** The last `limit` messages of a chat, oldest first. Throws TETHER_ERR_JID. */
  messages(jid: string, limit = DEFAULT_MESSAGES): MessageView[] {
    const { chats } = this.#parts
    return this.#options.store.messages.before(chatJid(jid), null, limit).map((row) => chats.view(row))
  }

  /**
   * Writes a text as if typed on the phone; without a connection it is sent later. Throws TETHER_ERR_JID,
   * TETHER_ERR_STATE while the app is killed, and what the courier throws (TETHER_ERR_ACCOUNT_UNKNOWN and others).
   */
  sendText(to: string, text: string): Promise<{ id: string }> {
    return this.send(to, { conversation: text })
  }

  /** The same with any content: a quote, a location, a contact (proto/contents). */
  send(to: string, content: ContentInit): Promise<{ id: string }> {
    return this.#queue.run(() => this.#parts.writer.send(to, content))
  }

  /**
   * Encrypts and uploads a file and sends it; without a connection both is done later. Throws
   * TETHER_ERR_TOO_LARGE, TETHER_ERR_LIMIT when the phone or its quota at the server is full, and what `sendText` throws.
   */
  async sendMedia(to: string, { type, data, ...words }: MediaToSend): Promise<{ id: string }> {
    const { media, writer } = this.#parts
    writer.assertMayWrite(to)
    return media.send(type, data, words, (content) => this.#queue.run(() => writer.send(to, content)))
  }

  /** The file of a message, and what its writer calls it. Throws TETHER_ERR_NOT_FOUND, also while it is not here yet. */
  mediaFile(chat: string, id: string, fromMe: boolean): { data: Uint8Array; media: MediaView } {
    const { store } = this.#options
    const row = this.#parts.chats.find({ chat: chatJid(chat), fromMe, id })
    const media = row?.hidden === false ? mediaView(row, store) : null
    const data = row && media ? store.media.read(row) : null
    if (!media || !data)
      throw new TetherError('TETHER_ERR_NOT_FOUND', media?.code ?? 'the file of this message')
    return { data, media }
  }

  /** Takes an own message back for everybody. Throws TETHER_ERR_NOT_FOUND and what `sendText` throws. */
  revoke(chat: string, id: string): Promise<{ id: string }> {
    return this.#queue.run(() => this.#parts.writer.revoke(chat, id))
  }

  /** Moves an own live location, for everybody who has it. Throws TETHER_ERR_NOT_FOUND and what `sendText` throws. */
  moveLocation(chat: string, id: string, place: Place): Promise<void> {
    return this.#queue.run(() => this.#parts.writer.moveLocation(chat, id, place))
  }

  /** Shows a content to everybody in the address book, for a day. */
  sendStory(content: ContentInit): Promise<{ id: string }> {
    return this.lists.tell(content)
  }

  /** A list of people, each of whom gets what is sent to its JID. Throws TETHER_ERR_JID, TETHER_ERR_BODY, TETHER_ERR_LIMIT. */
  createBroadcastList(name: string, people: readonly string[]): Promise<BroadcastList> {
    return this.lists.create(name, people)
  }

  /** Sets the disappearing timer of a chat with one person, in seconds; 0 switches it off. */
  setTimer(chat: string, seconds: number): Promise<{ id: string }> {
    return this.#queue.run(() => this.#parts.writer.setTimer(chat, seconds))
  }

  /** Reads a chat on the phone: its writer gets receipts, browsers are told. Throws TETHER_ERR_JID. */
  markRead(jid: string): Promise<void> {
    return this.tidying.markRead(jid)
  }

  /** Throws TETHER_ERR_JID. */
  addContact({ number, name }: { readonly number: string; readonly name: string }): Promise<void> {
    return this.#queue.run(() => {
      const { chats, pushes, profile } = this.#parts
      this.#options.store.transaction(() => pushes.contact(chats.putContact(personJid(number), { name })))
      profile.sendRoster()
    })
  }

  /** Takes somebody out of the address book; the chat stays. Throws TETHER_ERR_JID, TETHER_ERR_NOT_FOUND. */
  removeContact(number: string): Promise<void> {
    return this.#queue.run(() => {
      const { chats, pushes, profile } = this.#parts
      const jid = personJid(number)
      if (!chats.contacts().some((contact) => contact.jid === jid && contact.name !== null))
        throw new TetherError('TETHER_ERR_NOT_FOUND', 'nobody of that number in the address book')
      this.#options.store.transaction(() => pushes.contact(chats.putContact(jid, { name: null })))
      profile.sendRoster()
    })
  }

  /**
   * Puts a past into the store, in the order of its times, and what is known of its chats: all of it or nothing.
   * Browsers see it at their next sync. Throws TETHER_ERR_JID.
   */
  importHistory(rows: readonly HistoryRow[], known: readonly HistoryChat[] = []): Promise<void> {
    return this.#queue.run(() => {
      const { chats, ids } = this.#parts
      this.#options.store.transaction(() => importRows(chats, ids, rows, known))
    })
  }

  /** Whether nothing waits here for the server. */
  hasSentAll(): boolean {
    const { outbox } = this.#options.store
    return outbox.range() === null && outbox.legs().length === 0
  }

  /** Every chat goes, and this past takes their place. Throws TETHER_ERR_JID. */
  beginAnew(
    rows: readonly HistoryRow[],
    people: readonly { readonly number: string; readonly name: string }[],
  ): Promise<void> {
    return this.#queue.run(() => {
      const { chats, ids, audit } = this.#parts
      this.#options.store.transaction(() => {
        for (const { jid } of chats.chats()) chats.removeChat(jid)
        for (const { number, name } of people) chats.putContact(personJid(number), { name })
        importRows(chats, ids, rows, [])
        audit.record('demo.reset')
      })
    })
  }

  /** Puts an address book into the store at once; browsers see it at their next sync. Throws TETHER_ERR_JID. */
  importContacts(people: readonly { readonly number: string; readonly name: string }[]): Promise<void> {
    return this.#queue.run(() => {
      const { chats } = this.#parts
      this.#options.store.transaction(() => {
        for (const { number, name } of people) chats.putContact(personJid(number), { name })
      })
    })
  }

  /** Throws TETHER_ERR_BODY for a value that a device cannot have. */
  setDevice(patch: DevicePatch): void {
    this.#parts.device.set(patch)
  }

  /** Trusts the new identity key of a contact after the person has seen that it changed. */
  acceptIdentity(jid: string): Promise<void> {
    return this.#queue.run(async () => {
      const { inbox, courier } = this.#parts
      await inbox.acceptIdentity(personJid(jid))
      await courier.sendWaiting()
    })
  }

  /** What was decided and refused, the last `count` records, oldest first. */
  auditRecords(count: number): AuditRow[] {
    return this.#parts.audit.last(count)
  }

  /** What the vault holds, by name; never the values. */
  vaultNames(): { readonly name: string; readonly at: number }[] {
    return this.#parts.vault.names()
  }

  /** The keys of the vault by name, age and use; never their bytes. */
  keys(): KeyView[] {
    const { vault, companions, chats } = this.#parts
    return keyViews(vault, companions.list(), (jid) => chats.nameOf(jid))
  }

  /** Gives the function that ends the subscription. */
  subscribe(listener: (event: PhoneEvent) => void): () => void {
    return this.#events.subscribe(listener)
  }

  get #parts(): PhoneParts {
    if (this.#built === null) throw new TetherError('TETHER_ERR_STATE', 'the phone was not started')
    return this.#built
  }

  #deviceChanged(before: DeviceView, now: DeviceView): void {
    const { uplink, pushes } = this.#parts
    if (before.app !== 'dozing' && now.app === 'dozing') this.#line.doze()
    if (before.app === 'dozing' && now.app !== 'dozing') this.#line.wake()
    uplink.want(isReachable(now))
    if (before.batteryPercent !== now.batteryPercent || before.plugged !== now.plugged) {
      this.#line.sendDevice()
      pushes.battery(now)
    }
    this.#events.emit({ type: 'device', device: now })
    this.#stateChanged()
  }

  #stateChanged(): void {
    const { device, uplink } = this.#parts
    const state = stateOf(device.view, uplink.isAttached)
    if (state === this.#state) return
    this.#state = state
    this.#options.trace?.party(`phone:${numberOf(this.jid)}`).emit('state', { state })
    this.#events.emit({ type: 'state', state })
  }
}

function stateOf({ power, app }: DeviceView, isAttached: boolean): PhoneState {
  if (power === 'off') return 'off'
  if (app === 'killed') return 'killed'
  if (!isAttached) return 'offline'
  return app === 'dozing' ? 'dozing' : 'online'
}
