/**
 * The browser client without a page: what a page shows (snapshots), what it may ask for (methods), and word of every
 * change (subscribe). Time, randomness, the socket and the stores are given to it; it runs in Node as in browsers.
 */
import { forwardedContent } from 'proto/contents'
import { type ErrorCode, TetherError } from 'proto/errors'
import { isGroup } from 'proto/jid'
import { directLinks } from 'proto/link'
import type { Node } from 'proto/node'
import { personJid } from './address.ts'
import { Calls } from './calls.ts'
import { ChatChanges } from './chat-changes.ts'
import { type Chat, Chats } from './chats.ts'
import type { ClientEvent, ClientParts, Me } from './client-parts.ts'
import { objectOf, type PhoneFacts } from './conn.ts'
import type { Answer, NodeKind } from './connection.ts'
import type { Contact } from './contacts.ts'
import { Drafts } from './drafts.ts'
import type { Found } from './found.ts'
import { Groups } from './groups.ts'
import { History } from './history.ts'
import { Inbox } from './inbox.ts'
import { KeptChats } from './kept-chats.ts'
import type { Credentials } from './keys.ts'
import { Line, type Why } from './line.ts'
import { Lists } from './lists.ts'
import { Lookups } from './lookups.ts'
import { mediaHttp } from './media-http.ts'
import { Media } from './media.ts'
import type { TextOptions } from './text-content.ts'
import type { ChatMessage } from './message.ts'
import { listNode, presenceNode, type PresenceType } from './opening.ts'
import { memoryOutbox } from './outbox.ts'
import type { QrShown } from './pairing.ts'
import { People } from './people.ts'
import { takePush } from './pushes.ts'
import { search, type SearchOptions } from './search.ts'
import { Sends } from './sends.ts'
import { Situation } from './situation.ts'
import type { ClientState } from './states.ts'
import type { Stuck } from './stuck.ts'
import { Writing } from './writing.ts'

export type { ClientEvent, ClientParts, Me } from './client-parts.ts'

export class Client {
  /** Other people, and how we show ourselves to them. */
  readonly people: People
  readonly groups: Groups
  /** What a person does to chats and messages: pin, mute, archive, star, clear, delete. */
  readonly changes: ChatChanges
  /** Starred messages, files of a chat, link previews, broadcast lists. */
  readonly lookups: Lookups
  /** What is written and not sent. */
  readonly drafts: Drafts
  /** What rings on the phone. */
  readonly calls: Calls
  readonly #line: Line
  readonly #chats: Chats
  readonly #inbox: Inbox
  readonly #history: History
  readonly #sends: Sends
  readonly #writing: Writing
  readonly #kept: KeptChats
  /** Files: upload, download, a part of a stream. */
  readonly media: Media
  readonly #listeners = new Set<(event: ClientEvent) => void>()
  readonly #lists: Lists
  readonly #dropped: (code: ErrorCode) => void
  readonly #browserOnline: () => boolean
  readonly #situation: Situation
  #isRestored = false
  #why: Why | null = null
  #qr: QrShown | null = null
  #me: Me | null = null

  constructor(parts: ClientParts) {
    const { clock, entropy } = parts
    const dropped = (code: ErrorCode): void => parts.trace?.emit('drop', { reason: code })
    this.#dropped = dropped
    this.#browserOnline = parts.browserOnline ?? (() => true)
    this.#situation = new Situation(clock, {
      phone: (phone) => this.#tell({ type: 'phone', phone }),
      synced: () => this.#kept.touch(),
    })
    this.#chats = new Chats((change) => {
      this.#kept.touch()
      this.#tell(change)
    })
    this.drafts = new Drafts((change) => {
      this.#kept.touchDraft(change.jid)
      this.#tell(change)
    })
    this.#kept = new KeptChats({
      ...{ clock, cache: parts.cache ?? null, chats: this.#chats, drafts: this.drafts, failed: dropped },
      isWhole: (jid) => this.#history.isWhole(jid),
      sync: () => this.#situation.sync,
    })
    const query = (node: (epoch: string) => Node, kind: NodeKind, tag?: string): Promise<Answer> =>
      this.#query(node, kind, tag)
    const directory = {
      query,
      ask: (json: readonly unknown[]) => this.#ask(json),
      nextTag: () => this.#line.connection?.longTag() ?? '',
      me: () => this.#me?.jid ?? null,
    }
    this.people = new People({ ...directory, changed: (change) => this.#tell(change) })
    this.groups = new Groups({ ...directory, changed: (change) => this.#tell(change) })
    this.changes = new ChatChanges({ clock, chats: this.#chats, query })
    this.lookups = new Lookups({ query, ask: (json) => this.#ask(json), dropped })
    this.calls = new Calls(clock, (change) => this.#tell(change))
    this.#history = new History({
      ...{ clock, chats: this.#chats, query, dropped },
      settled: () => this.#situation.syncSettled(),
    })
    this.#sends = new Sends({
      clock,
      entropy,
      chats: this.#chats,
      outbox: parts.outbox ?? memoryOutbox(),
      query,
      isOnline: () => this.#line.connection !== null,
      me: () => this.#me?.jid ?? null,
      removeRefused: (message) => void this.changes.removeRefused(message),
      failed: dropped,
    })
    this.#writing = new Writing({ chats: this.#chats, sends: this.#sends, me: directory.me })
    this.media = new Media({
      clock,
      entropy: entropy.fork('media'),
      http: mediaHttp(
        parts.fetch ?? (() => Promise.reject(new TetherError('TETHER_ERR_STATE', 'no HTTP here'))),
      ),
      query,
      ask: (json) => this.#ask(json),
      send: (jid, content) => this.#writing.sendContent(jid, content),
    })
    this.#lists = new Lists(
      clock,
      (type, kind) => {
        query((epoch) => listNode(type, epoch), kind).catch(() => {}) // asked again, or not needed
      },
      () => this.state === 'open',
    )
    this.#inbox = new Inbox(this.#chats, {
      listed: (list) => {
        this.#lists.came(list)
        if (list === 'chat') this.#history.listed()
      },
      synced: (jid, batch) => this.#history.synced(jid, batch),
      received: (message) => {
        this.calls.received(message)
        this.#tell({ type: 'message', message })
      },
      ownSeen: (id) => this.#sends.arrived(id),
      me: () => this.#me?.jid ?? null,
      battery: (batteryPercent, plugged) => this.#situation.phoneSays({ batteryPercent, plugged }),
      dropped,
    })
    this.#line = new Line({
      clock,
      entropy,
      connect: parts.connect,
      keys: parts.keys,
      links: parts.links ?? directLinks,
      trace: parts.trace,
      browserName: parts.browserName ?? ['Tether', 'Browser', '0.1.0'],
      name: parts.name ?? '1',
      handlers: {
        state: (state, why) => {
          this.#why = why
          this.#situation.stateEntered()
          this.#tell({ type: 'state', state, why })
        },
        qr: (qr) => {
          if (qr === this.#qr) return
          this.#qr = qr
          this.#tell({ type: 'qr', qr })
        },
        opened: () => this.#opened(),
        lost: () => this.#lost(),
        me: (credentials) => this.#iAm(credentials),
        resuming: (credentials) => this.#restore(credentials),
        phone: (facts) => this.#situation.phoneSays(facts),
        phoneHeard: () => this.#lists.askAgain(),
        serverRead: (tags) => this.#sends.serverRead(tags),
        phoneSpoke: () => this.#situation.phoneSpoke(),
        push: (name, body) => {
          takePush(name, body, this.#chats, (id) => this.#sends.arrived(id))
          this.people.takePush(name, body)
          this.groups.takePush(name, body)
          this.calls.takePush(name, body)
          if (name === 'Stream' && body[1] === 'asleep') this.#situation.phoneSays({ asleep: true })
          if (isReload(name, body)) this.#tell({ type: 'outdated' })
        },
        node: (node) => this.#inbox.take(node),
      },
    })
  }

  get state(): ClientState {
    return this.#line.state
  }

  /** Why the present state was entered, where that needs a reason. */
  get why(): Why | null {
    return this.#why
  }

  /** The pairing code on show, or null. */
  get qr(): QrShown | null {
    return this.#qr
  }

  /** Who is logged in here; null when nobody is. */
  get me(): Me | null {
    return this.#me
  }

  get phone(): PhoneFacts {
    return this.#situation.phone
  }

  /** When the next attempt to reach the server is made; null when none is planned. */
  get retryAt(): number | null {
    return this.#line.retryAt
  }

  /** When this browser last knew all that the phone knew, in milliseconds since 1970, also of before a reload; null: never. */
  get syncedAt(): number | null {
    return this.#situation.sync.syncedAt
  }

  /** When the present state began, in milliseconds since 1970. */
  get stateSince(): number {
    return this.#situation.stateSince
  }

  /** When the phone was last heard, in milliseconds since 1970; null when it never was. */
  get phoneHeardAt(): number | null {
    return this.#situation.phoneHeardAt
  }

  /** What holds an own message up, and what would free it; null when nothing does. Its whole way: hopsOf(). */
  whyStuck(message: ChatMessage): Stuck | null {
    const { state, retryAt } = this
    const presence = this.people.presence(message.jid)
    const otherAvailable = presence === null ? null : presence.state !== 'unavailable'
    return this.#situation.stuck(message, {
      ...{ state, retryAt, otherAvailable },
      browserOnline: this.#browserOnline(),
    })
  }

  /** All chats, pinned first, then by last activity. */
  chats(): readonly Chat[] {
    return this.#chats.list()
  }

  chat(jid: string): Chat | null {
    return this.#chats.find(jid)
  }

  /** Known messages of a chat, oldest first. */
  messages(jid: string): readonly ChatMessage[] {
    return this.#chats.messages(jid)
  }

  contacts(): readonly Contact[] {
    return this.#chats.contacts.all()
  }

  /** Whom the person writes to most often, the first one most; empty while the phone has not said. */
  frequentContacts(): readonly string[] {
    return this.#chats.contacts.frequent
  }

  nameOf(jid: string): string {
    return this.#chats.contacts.nameOf(jid)
  }

  /** Calls `listener` after every change; the returned function ends that. */
  subscribe(listener: (event: ClientEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resumes when the KeyStore has credentials, else shows a pairing code. Does nothing while running. */
  async start(): Promise<void> {
    await this.#sends.load()
    await this.#line.start()
  }

  /** Ends the connection and keeps the login; start() goes on. */
  stop(): void {
    this.#line.stop()
    void this.#kept.flush()
  }

  /** Keeps what has changed, now: the window may be about to close. Resolves when it is kept. */
  flush(): Promise<void> {
    return this.#kept.flush()
  }

  /** Shows pairing codes again after `expired`. */
  renew(): void {
    this.#line.renew()
  }

  /** Ends the connection and keeps login and chats, over a reload too; what is written waits. Does nothing without a login. */
  pause(): void {
    this.#line.pause()
    if (this.state === 'paused') this.#keepPaused(true)
  }

  unpause(): void {
    if (this.state === 'paused') this.#keepPaused(false)
    this.#line.unpause()
  }

  /** Takes the login back after `replaced`. */
  useHere(): void {
    this.#line.useHere()
  }

  /** Tries to reach the server now instead of at retryAt. */
  retryNow(): void {
    this.#line.retryNow()
  }

  /** Ends the login and forgets keys, chats and unsent messages. Away from the server only this browser forgets. */
  logout(): Promise<void> {
    return this.#line.logout()
  }

  /** Sends a text and what is around it; it is shown at once as pending. Throws TETHER_ERR_JID. */
  send(jid: string, text: string, options?: TextOptions): ChatMessage {
    return this.#writing.send(jid, text, options)
  }

  /** Takes a message back for everybody: an own one, or in a group that we lead any. It is shown as `takingBack` until done. */
  revoke(message: ChatMessage): void {
    this.#writing.revoke(message)
  }

  /** Forgets an own message that failed, or waits here and is not under way; false for any other, which may have arrived. */
  discard(message: ChatMessage): boolean {
    return this.#sends.discard(message.jid, message.id)
  }

  /**
   * Passes a message on, as it is. Of a file the phone is asked first, so that it can be fetched; rejects with
   * TETHER_ERR_NOT_FOUND when nobody has it any more, TETHER_ERR_STATE, TETHER_ERR_PHONE_AWAY, TETHER_ERR_JID, and with
   * TETHER_ERR_BODY for what has no content that we can pass on.
   */
  async forward(message: ChatMessage, jid: string): Promise<ChatMessage> {
    if (message.media === undefined) return this.#writing.forward(message, jid)
    const content = await this.media.again(message)
    return this.#writing.sendContent(jid, forwardedContent(content))
  }

  /**
   * Lets what is written in a chat disappear after so many seconds; 0: no longer. In a group the members decide who may.
   * Rejects as groups.configure does; between two people it is a message, which waits like any other.
   */
  async setTimer(jid: string, seconds: number): Promise<void> {
    if (isGroup(jid)) await this.groups.configure(jid, { ephemeral: seconds })
    else this.#writing.sendTimer(jid, seconds)
  }

  /** Tries a failed message again, under its id. */
  resend(jid: string, id: string): void {
    this.#sends.retry(personJid(jid), id)
  }

  /** Loads one page of older messages; how many came. Rejects TETHER_ERR_STATE or TETHER_ERR_PHONE_AWAY. */
  loadOlder(jid: string, count?: number): Promise<number> {
    return this.#history.loadOlder(personJid(jid), count)
  }

  /**
   * Looks for a text in the phone's whole history, without regard to case, newest first; '' is answered with nothing.
   * Rejects TETHER_ERR_STATE, TETHER_ERR_PHONE_AWAY, or the code of a refusal.
   */
  search(text: string, options: SearchOptions = {}): Promise<Found> {
    if (text === '') return Promise.resolve({ messages: [], last: true })
    return search((node, kind) => this.#query(node, kind), text, options, this.#dropped)
  }

  /** Marks a chat read up to its newest message, here and on the phone. */
  markRead(jid: string): void {
    if (this.#line.connection !== null) this.changes.markRead(jid)
  }

  /** Asks to be told when somebody is there or types (spec 14.1). */
  watch(jid: string): void {
    this.#line.connection?.say(['action', 'presence', 'subscribe', personJid(jid)])
  }

  /** Says that we are there, or type in a chat. Away from the server nothing is said. */
  showPresence(type: PresenceType, to?: string): void {
    const connection = this.#line.connection
    if (connection === null) return
    const { node, kind } = presenceNode(type, connection.epoch, to)
    connection.tell(node, kind)
  }

  #opened(): void {
    this.#lists.opened()
    this.showPresence('available')
    this.#sends.flush()
  }

  #keepPaused(paused: boolean): void {
    this.#situation.pause(paused)
    void this.#kept.flush()
  }

  /** Shows what was kept before anybody is dialled, so that the sync finds it. */
  async #restore({ wid }: Credentials): Promise<void> {
    if (!this.#isRestored) {
      this.#isRestored = true
      this.#situation.restore(await this.#kept.load(personJid(wid)))
      this.#history.lost()
      this.#sends.showTakingBack()
    }
    if (this.#situation.sync.paused) this.#line.pause()
  }

  #lost(): void {
    void this.#kept.flush()
    this.#lists.lost()
    this.#history.lost()
    this.#sends.lost()
    this.#chats.quiet()
    this.people.lost()
    this.calls.lost()
    this.#situation.lost()
  }

  #ask(json: readonly unknown[]): Promise<Answer> {
    return this.#line.connection?.ask(json) ?? Promise.reject(notConnected())
  }

  #query(node: (epoch: string) => Node, kind: NodeKind, tag?: string): Promise<Answer> {
    const connection = this.#line.connection
    if (connection === null) return Promise.reject(notConnected())
    return connection.query(node(connection.epoch), kind, tag)
  }

  #iAm(credentials: Credentials | null): void {
    if (credentials === null) {
      // Nothing of an ended login may be shown or sent under the next one.
      this.#history.reset()
      this.media.forget()
      this.#sends.clear().catch(() => {}) // told to the trace where it failed
      this.#chats.reset()
      this.people.reset()
      this.#situation.reset()
      this.drafts.reset()
      this.#isRestored = true // there is nothing of the next login
    }
    this.#kept.use(credentials === null ? null : personJid(credentials.wid))
    this.#me = credentials === null ? null : { jid: personJid(credentials.wid), name: credentials.pushname }
    this.#tell({ type: 'me', me: this.#me })
  }

  #tell(event: ClientEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}

function notConnected(): TetherError {
  return new TetherError('TETHER_ERR_STATE', 'not connected')
}

/** `Cmd update` (spec 6). */
function isReload(name: string, body: readonly unknown[]): boolean {
  return name === 'Cmd' && objectOf(body[1]).type === 'update'
}
