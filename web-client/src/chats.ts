/**
 * The chats that this browser has been told of: the phone owns them, and tells again after every resume; a copy outlives
 * the page (kept-chats.ts). Fed by inbox.ts, history.ts and sends.ts; never talks to anybody itself. Spec 9, 10.2, 10.3, 11.
 */
import type { ErrorCode } from 'proto/errors'
import { isGroup, STATUS_JID } from 'proto/jid'
import { personJid } from './address.ts'
import { type Chat, type Facts, type KeptFacts, newFacts, readFacts } from './chat-facts.ts'
import { type Contact, Contacts } from './contacts.ts'
import { MessageList } from './message-list.ts'
import { type ChatMessage, keyOf, type PassedHop, type Revocation, type SendStatus } from './message.ts'
import type { Attributes } from './node-reading.ts'
import { isSame } from './same.ts'

export type { Chat, KeptFacts, Typing } from './chat-facts.ts'

export interface KeptChat {
  readonly jid: string
  readonly facts: KeptFacts
  /** The newest ones without a hole, oldest first; none that still waits here. */
  readonly messages: readonly ChatMessage[]
}

interface Entry {
  facts: Facts
  readonly messages: MessageList
}

export type ChatsChange = { readonly type: 'chats' } | { readonly type: 'messages'; readonly jid: string }

export class Chats {
  readonly contacts = new Contacts()
  readonly #entries = new Map<string, Entry>()
  readonly #changed: (change: ChatsChange) => void
  /** Chats that are not any more as they were when takeTouched was last called, those that are no more among them. */
  #touched = new Set<string>()
  #contactsTouched = false

  constructor(changed: (change: ChatsChange) => void) {
    this.#changed = changed
  }

  /** Pinned first, then by last activity. Own stories on their way are in no chat that is listed. */
  list(): readonly Chat[] {
    const chats = [...this.#entries].flatMap(([jid, entry]) =>
      jid === STATUS_JID ? [] : this.#view(jid, entry),
    )
    return chats.sort((a, b) => Number(b.pinned) - Number(a.pinned) || b.seconds - a.seconds)
  }

  find(jid: string): Chat | null {
    const entry = this.#entries.get(personJid(jid))
    return entry === undefined ? null : this.#view(personJid(jid), entry)
  }

  messages(jid: string): readonly ChatMessage[] {
    return this.#entries.get(personJid(jid))?.messages.items ?? []
  }

  /** Takes a list of `user` attributes; a full list replaces what was known. */
  putContacts(users: readonly Attributes[], full: boolean): void {
    const before = this.contacts.all()
    if (full) this.contacts.clear()
    for (const user of users) this.contacts.put(user)
    if (isSame(before, this.contacts.all())) return
    this.#contactsTouched = true
    this.#changed({ type: 'chats' })
  }

  /** Takes the full chat list: chats that are not in it are gone, unless something of ours is still on its way there. */
  putList(chats: readonly Attributes[]): void {
    const told = new Set<string>()
    for (const attributes of chats) {
      if (!attributes.jid) continue
      const jid = personJid(attributes.jid)
      told.add(jid)
      const entry = this.#entry(jid)
      this.#putFacts(jid, entry, { ...readFacts(attributes), seconds: newestOf(entry, attributes) })
    }
    for (const [jid, entry] of this.#entries) {
      if (told.has(jid) || entry.messages.items.some(isPending)) continue
      this.#entries.delete(jid)
      this.#touched.add(jid)
    }
    this.#changed({ type: 'chats' })
  }

  /** New messages, oldest first. `counted`: others' messages add to the unread count. Returns those not known before. */
  addNewer(jid: string, messages: readonly ChatMessage[], counted: boolean): readonly ChatMessage[] {
    const entry = this.#entry(jid)
    const before = entry.messages.items
    const added = entry.messages.addNewer(messages)
    const seconds = Math.max(entry.facts.seconds, entry.messages.newest?.seconds ?? 0)
    const fresh = counted ? added.filter((message) => !message.fromMe && message.kind !== 'notice').length : 0
    const unread = fresh > 0 ? Math.max(entry.facts.unread, 0) + fresh : entry.facts.unread
    const facts = { seconds, unread, ...(fresh > 0 ? { archived: false, typing: null } : {}) }
    const changed = this.#putFacts(jid, entry, facts)
    if (changed || entry.messages.items !== before) this.#tell(jid)
    return added
  }

  /** A page of history, oldest first. Returns those not known before. */
  addOlder(jid: string, messages: readonly ChatMessage[]): readonly ChatMessage[] {
    const list = this.#entry(jid).messages
    const before = list.items
    const added = list.addOlder(messages)
    if (list.items !== before) this.#tell(jid)
    return added
  }

  /** Replaces a known message, or adds it. */
  update(message: ChatMessage): void {
    if (!this.#entry(message.jid).messages.merge(message)) this.addNewer(message.jid, [message], false)
    else this.#tell(message.jid)
  }

  /** A message is about to be taken back, or is not after all. */
  takeBack({ jid, fromMe, id }: Revocation, takingBack: boolean): void {
    if (this.#entries.get(jid)?.messages.takeBack(keyOf({ fromMe, id }), takingBack)) this.#tell(jid)
  }

  /** An own message that never left this browser is gone. */
  discard(jid: string, id: string): void {
    const key = keyOf({ fromMe: true, id })
    if (this.#entries.get(jid)?.messages.remove((message) => keyOf(message) === key)) this.#tell(jid)
  }

  revoke({ jid, fromMe, id }: Revocation): void {
    if (this.#entries.get(jid)?.messages.revoke(keyOf({ fromMe, id }))) this.#tell(jid)
  }

  raiseStatus(jid: string, id: string, status: SendStatus): void {
    const key = personJid(jid)
    if (this.#entries.get(key)?.messages.raise(id, status)) this.#tell(key)
  }

  /** A pending message has come so far; with null it is known to be in this browser only. */
  pass(jid: string, id: string, passed: PassedHop | null): void {
    if (this.#entries.get(jid)?.messages.pass(id, passed)) this.#tell(jid)
  }

  /** One member of a group has an own message. */
  reach(jid: string, id: string, reader: string, status: SendStatus): void {
    if (this.#entries.get(jid)?.messages.reach(id, reader, status)) this.#tell(jid)
  }

  /** A chat has this name, whatever the last list said. */
  rename(jid: string, name: string): void {
    this.#putFacts(personJid(jid), this.#entry(personJid(jid)), { name })
    this.#changed({ type: 'chats' })
  }

  fail(jid: string, id: string, failure: ErrorCode): void {
    if (this.#entries.get(jid)?.messages.fail(id, failure)) this.#tell(jid)
  }

  retry(jid: string, id: string): boolean {
    const changed = this.#entries.get(jid)?.messages.retry(id) ?? false
    if (changed) this.#tell(jid)
    return changed
  }

  /** Changes facts of a known chat; an unknown one is not made. */
  change(jid: string, facts: Partial<Omit<Facts, 'name'>>): void {
    const entry = this.#entries.get(personJid(jid))
    if (entry === undefined) return
    this.#putFacts(personJid(jid), entry, facts)
    this.#changed({ type: 'chats' })
  }

  star(jid: string, keys: ReadonlySet<string>, starred: boolean): void {
    if (this.#entries.get(jid)?.messages.star(keys, starred)) this.#tell(jid)
  }

  play(jid: string, key: string): void {
    if (this.#entries.get(jid)?.messages.play(key)) this.#tell(jid)
  }

  /** Removes messages; without `keys` all of them. What is still on its way stays. */
  clear(jid: string, keys: ReadonlySet<string> | null): void {
    const gone = (message: ChatMessage): boolean =>
      !isPending(message) && (keys === null || keys.has(keyOf(message)))
    if (this.#entries.get(jid)?.messages.remove(gone)) this.#tell(jid)
  }

  /**
   * Removes what the phone no longer has: messages of `known` that are newer than the first of a batch and are not in it.
   * A batch has no holes; within one second nobody can say what came first.
   */
  prune(jid: string, known: ReadonlySet<string>, batch: ReadonlySet<string>): void {
    const entry = this.#entries.get(jid)
    if (!entry) return
    const first = entry.messages.items.find((message) => batch.has(keyOf(message)))
    if (first === undefined) return
    const gone = (message: ChatMessage): boolean => {
      const key = keyOf(message)
      return message.seconds > first.seconds && known.has(key) && !batch.has(key) && !isPending(message)
    }
    if (entry.messages.remove(gone) > 0) this.#tell(jid)
  }

  /** Forgets what is older than `newest`, because it no longer joins on to it; the phone is asked again. */
  forgetBefore(jid: string, newest: ReadonlySet<string>): void {
    const entry = this.#entries.get(jid)
    if (!entry) return
    entry.messages.remove((message) => !isPending(message) && !newest.has(keyOf(message)))
    this.#putFacts(jid, entry, { hasOlder: true })
    this.#tell(jid)
  }

  remove(jid: string): void {
    if (this.#entries.delete(personJid(jid))) this.#tell(personJid(jid))
  }

  /** Nobody types any more: the server is gone and cannot say so. */
  quiet(): void {
    for (const entry of this.#entries.values()) entry.facts = { ...entry.facts, typing: null }
    this.#changed({ type: 'chats' })
  }

  /** Puts in what was kept; it is replaced by whatever the phone says. */
  restore(kept: readonly KeptChat[], contacts: readonly Contact[]): void {
    this.contacts.restore(contacts)
    for (const { jid, facts, messages } of kept) {
      const entry = this.#entry(jid)
      entry.facts = { ...entry.facts, ...facts }
      entry.messages.addOlder(messages)
      this.#changed({ type: 'messages', jid })
    }
    this.#changed({ type: 'chats' })
  }

  /** What is kept of a chat; null when there is no such chat. */
  facts(jid: string): KeptFacts | null {
    const entry = this.#entries.get(jid)
    if (entry === undefined) return null
    const { typing: _, ...facts } = entry.facts
    return facts
  }

  /** A chat that has changed is ready to be taken (takeTouched). */
  ready(jid: string): void {
    if (this.#touched.has(jid)) this.#changed({ type: 'chats' })
  }

  /** What has changed since the last call; of chats only those that are ready, the others are asked for again. */
  takeTouched(isReady: (jid: string) => boolean): {
    readonly chats: readonly string[]
    readonly contacts: boolean
  } {
    const chats = [...this.#touched].filter((jid) => !this.#entries.has(jid) || isReady(jid))
    const contacts = this.#contactsTouched
    for (const jid of chats) this.#touched.delete(jid)
    this.#contactsTouched = false
    return { chats, contacts }
  }

  reset(): void {
    this.#touched.clear()
    this.#contactsTouched = false
    this.#entries.clear()
    this.contacts.clear()
    this.contacts.putFrequent([])
    this.#changed({ type: 'chats' })
  }

  #entry(jid: string): Entry {
    let entry = this.#entries.get(jid)
    if (entry === undefined) {
      entry = { facts: newFacts, messages: new MessageList() }
      this.#entries.set(jid, entry)
    }
    return entry
  }

  #view(jid: string, { facts, messages }: Entry): Chat {
    const name = facts.name ?? this.contacts.nameOf(jid)
    return { ...facts, jid, name, group: isGroup(jid), newest: messages.newest }
  }

  /** True when that changes anything that is kept. */
  #putFacts(jid: string, entry: Entry, facts: Partial<Facts>): boolean {
    const now = { ...entry.facts, ...facts }
    const changed = !isSame({ ...now, typing: null }, { ...entry.facts, typing: null })
    entry.facts = now
    if (changed) this.#touched.add(jid)
    return changed
  }

  #tell(jid: string): void {
    this.#touched.add(jid)
    this.#changed({ type: 'messages', jid })
    this.#changed({ type: 'chats' })
  }
}

function isPending(message: ChatMessage): boolean {
  return message.status === 'pending' || message.status === 'failed'
}

function newestOf(entry: Entry, { t }: Attributes): number {
  return Math.max(Number(t) || 0, entry.messages.newest?.seconds ?? 0)
}
