/**
 * The browser client without a page: what a page shows (snapshots), what it may ask for (methods), and word of every
 * change (subscribe). Time, randomness, the socket and the stores are given to it; it runs in Node as in browsers.
 */
import type { Clock } from 'proto/clock'
import type { Entropy } from 'proto/entropy'
import { type ErrorCode, TetherError } from 'proto/errors'
import { directLinks, type Link, type Links } from 'proto/link'
import type { Node } from 'proto/node'
import type { Trace } from 'proto/trace'
import { personJid } from './address.ts'
import { type CallChange, Calls } from './calls.ts'
import { ChatChanges } from './chat-changes.ts'
import { type Chat, Chats, type ChatsChange } from './chats.ts'
import { objectOf, type PhoneFacts } from './conn.ts'
import type { Answer, NodeKind } from './connection.ts'
import type { Contact } from './contacts.ts'
import { type GroupPush, Groups } from './groups.ts'
import { History } from './history.ts'
import { Inbox } from './inbox.ts'
import type { Credentials, KeyStore } from './keys.ts'
import { Line, type Why } from './line.ts'
import { Lists } from './lists.ts'
import { Lookups } from './lookups.ts'
import { type Fetch, mediaHttp } from './media-http.ts'
import { Media } from './media.ts'
import { type ChatMessage, isSettled } from './message.ts'
import { listNode, presenceNode, type PresenceType, setNode } from './opening.ts'
import type { TextOptions } from './message-context.ts'
import { memoryOutbox, type Outbox } from './outbox.ts'
import type { QrShown } from './pairing.ts'
import { People, type PeopleChange } from './people.ts'
import { takePush } from './pushes.ts'
import type { Found } from './found.ts'
import { search, type SearchOptions } from './search.ts'
import { Sends } from './sends.ts'
import type { ClientState } from './states.ts'
import { type Stuck, stuckOf } from './stuck.ts'

export interface ClientParts {
  readonly clock: Clock
  /** Must not give two clients the same bytes, nor the same client the same bytes after a restart. */
  readonly entropy: Entropy
  /** Opens a connection to the server; rejects when it cannot. */
  readonly connect: () => Promise<Link>
  /** HTTP at the same server; without it there are no files. */
  readonly fetch?: Fetch
  readonly keys: KeyStore
  readonly outbox?: Outbox
  /** What the browser believes of its own network; asked when a message is stuck. Without it: it has one. */
  readonly browserOnline?: () => boolean
  readonly links?: Links
  readonly trace?: Trace
  /** Long name, short name, version: shown on the phone's list of linked browsers. */
  readonly browserName?: readonly [string, string, string]
  /** Names this end of the hop: `browser:<name>`. */
  readonly name?: string
}

export type ClientEvent =
  | { readonly type: 'state'; readonly state: ClientState; readonly why: Why | null }
  | { readonly type: 'qr'; readonly qr: QrShown | null }
  | { readonly type: 'me'; readonly me: Me | null }
  | { readonly type: 'phone'; readonly phone: PhoneFacts }
  /** A message came that was not known before; not told of history and sync. */
  | { readonly type: 'message'; readonly message: ChatMessage }
  /** The server says that this client is out of date: a page should load itself again. */
  | { readonly type: 'outdated' }
  | PeopleChange
  | GroupPush
  | CallChange
  | ChatsChange

export interface Me {
  readonly jid: string
  readonly name: string
}

const READ: NodeKind = { metric: 'READ', flags: ['IGNORE'] }
const unknownPhone: PhoneFacts = { batteryPercent: null, plugged: null, model: null, asleep: false }

export class Client {
  /** Other people, and how we show ourselves to them. */
  readonly people: People
  readonly groups: Groups
  /** What a person does to chats and messages: pin, mute, archive, star, clear, delete. */
  readonly changes: ChatChanges
  /** Starred messages, files of a chat, link previews, broadcast lists. */
  readonly lookups: Lookups
  /** What rings on the phone. */
  readonly calls: Calls
  readonly #line: Line
  readonly #chats: Chats
  readonly #inbox: Inbox
  readonly #history: History
  readonly #sends: Sends
  /** Files: upload, download, a part of a stream. */
  readonly media: Media
  readonly #listeners = new Set<(event: ClientEvent) => void>()
  readonly #lists: Lists
  readonly #dropped: (code: ErrorCode) => void
  readonly #clock: Clock
  readonly #browserOnline: () => boolean
  #stateSince: number
  #phoneHeardAt: number | null = null
  #why: Why | null = null
  #qr: QrShown | null = null
  #me: Me | null = null
  #phone: PhoneFacts = unknownPhone

  constructor(parts: ClientParts) {
    const { clock, entropy } = parts
    const dropped = (code: ErrorCode): void => parts.trace?.emit('drop', { reason: code })
    this.#dropped = dropped
    this.#clock = clock
    this.#browserOnline = parts.browserOnline ?? (() => true)
    this.#stateSince = clock.now()
    this.#chats = new Chats((change) => this.#tell(change))
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
    this.#history = new History({ clock, chats: this.#chats, query, dropped })
    this.#sends = new Sends({
      clock,
      entropy,
      chats: this.#chats,
      outbox: parts.outbox ?? memoryOutbox(),
      query,
      isOnline: () => this.#line.connection !== null,
      me: () => this.#me?.jid ?? null,
      failed: dropped,
    })
    this.media = new Media({
      clock,
      entropy: entropy.fork('media'),
      http: mediaHttp(
        parts.fetch ?? (() => Promise.reject(new TetherError('TETHER_ERR_STATE', 'no HTTP here'))),
      ),
      query,
      ask: (json) => this.#ask(json),
      send: (jid, content) => this.#sends.sendContent(jid, content),
    })
    this.#lists = new Lists(
      clock,
      (type, kind) => {
        query((epoch) => listNode(type, epoch), kind).catch(() => {}) // asked again, or not needed
      },
      () => this.state === 'open',
    )
    this.#inbox = new Inbox(this.#chats, {
      listed: (list) => this.#lists.came(list),
      synced: (jid, batch) => this.#history.synced(jid, batch),
      received: (message) => {
        this.calls.received(message)
        this.#tell({ type: 'message', message })
      },
      ownSeen: (id) => this.#sends.arrived(id),
      me: () => this.#me?.jid ?? null,
      battery: (batteryPercent, plugged) => this.#phoneSays({ batteryPercent, plugged }),
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
          this.#stateSince = clock.now()
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
        phone: (facts) => this.#phoneSays(facts),
        phoneHeard: () => this.#lists.askAgain(),
        serverRead: (tags) => this.#sends.serverRead(tags),
        phoneSpoke: () => {
          this.#phoneHeardAt = clock.now()
          if (this.#phone.asleep) this.#phoneSays({ asleep: false })
        },
        push: (name, body) => {
          takePush(name, body, this.#chats, (id) => this.#sends.arrived(id))
          this.people.takePush(name, body)
          this.groups.takePush(name, body)
          this.calls.takePush(name, body)
          if (name === 'Stream' && body[1] === 'asleep') this.#phoneSays({ asleep: true })
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
    return this.#phone
  }

  /** When the next attempt to reach the server is made; null when none is planned. */
  get retryAt(): number | null {
    return this.#line.retryAt
  }

  /** When the present state began, in milliseconds since 1970. */
  get stateSince(): number {
    return this.#stateSince
  }

  /** When the phone was last heard, in milliseconds since 1970; null when it never was. */
  get phoneHeardAt(): number | null {
    return this.#phoneHeardAt
  }

  /** What holds an own message up, and what would free it; null when nothing does. Its whole way: hopsOf(). */
  whyStuck(message: ChatMessage): Stuck | null {
    const { state, retryAt, phone } = this
    const other = this.people.presence(message.jid)
    const around = {
      ...{ state, retryAt, stateSince: this.#stateSince, phoneHeardAt: this.#phoneHeardAt },
      ...{ browserOnline: this.#browserOnline(), phoneAsleep: phone.asleep },
      batteryPercent: phone.batteryPercent,
      otherAvailable: other === null ? null : other.state !== 'unavailable',
    }
    return stuckOf(message, around, this.#clock.now())
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
  }

  /** Shows pairing codes again after `expired`. */
  renew(): void {
    this.#line.renew()
  }

  /** Ends the connection and keeps login and chats; what is written waits. Does nothing without a login. */
  pause(): void {
    this.#line.pause()
  }

  unpause(): void {
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
    return this.#sends.send(jid, text, options)
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
    const chat = this.#chats.find(jid)
    const newest = this.#chats.messages(jid).findLast(isSettled)
    if (chat === null || chat.unread === 0 || newest === undefined || this.#line.connection === null) return
    const { id: index, fromMe, author } = newest
    const owner = String(fromMe)
    const count = String(Math.max(chat.unread, 1))
    const attrs = { jid: chat.jid, count, index, owner, ...(author === null ? {} : { participant: author }) }
    this.#chats.change(jid, { unread: 0 })
    this.#query((epoch) => setNode(epoch, { tag: 'read', attrs, content: null }), READ).catch(() => {})
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

  #lost(): void {
    this.#lists.lost()
    this.#history.lost()
    this.#sends.lost()
    this.#chats.quiet()
    this.people.lost()
    this.calls.lost()
    if (this.#phone.asleep) this.#phoneSays({ asleep: false })
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
      this.#phone = unknownPhone
      this.#phoneHeardAt = null
    }
    this.#me = credentials === null ? null : { jid: personJid(credentials.wid), name: credentials.pushname }
    this.#tell({ type: 'me', me: this.#me })
  }

  #phoneSays(facts: Partial<PhoneFacts>): void {
    this.#phone = { ...this.#phone, ...facts }
    this.#tell({ type: 'phone', phone: this.#phone })
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
