/** Broadcast lists and stories as the person at the phone makes and sees them. */
import type { ContentInit } from 'proto/contents'
import { isBroadcast, STATUS_JID } from 'proto/jid'
import { limit } from 'proto/limits'
import { type BroadcastList, findList } from './broadcast-lists.ts'
import type { PhoneParts } from './phone-parts.ts'
import type { MessageView } from './phone-views.ts'
import type { Queue } from './queue.ts'
import type { PhoneStore } from './store.ts'

/** What one person told in the last day. */
export interface StoryView {
  readonly jid: string
  readonly name: string
  /** Oldest first. */
  readonly stories: readonly MessageView[]
}

export class PhoneLists {
  readonly #parts: () => PhoneParts
  readonly #queue: Queue
  readonly #store: PhoneStore
  readonly #ownJid: string

  constructor(parts: () => PhoneParts, queue: Queue, store: PhoneStore, ownJid: string) {
    this.#parts = parts
    this.#queue = queue
    this.#store = store
    this.#ownJid = ownJid
  }

  /** Lists whose chat is still there, last used first. */
  all(): BroadcastList[] {
    const { chats } = this.#parts()
    return chats
      .chats()
      .flatMap(({ jid }) => (isBroadcast(jid) ? (findList(this.#store.facts, jid) ?? []) : []))
  }

  /** A list of people, each of whom gets what is sent to its JID. Rejects with TETHER_ERR_JID, _BODY, _LIMIT. */
  create(name: string, people: readonly string[]): Promise<BroadcastList> {
    return this.#queue.run(() => this.#parts().lists.create(name, people))
  }

  /** Shows a content to everybody in the address book, for a day. Rejects with what sending rejects with. */
  tell(content: ContentInit): Promise<{ id: string }> {
    return this.#queue.run(() => this.#parts().writer.send(STATUS_JID, content))
  }

  /** Own stories and those of people in the address book; whoever told last comes last. */
  stories(): StoryView[] {
    const { chats } = this.#parts()
    const told = new Map<string, MessageView[]>()
    for (const row of this.#store.messages.before(STATUS_JID, null, limit('HISTORY_PAGE'))) {
      const jid = row.fromMe ? this.#ownJid : (row.author ?? STATUS_JID)
      const stories = told.get(jid) ?? []
      told.delete(jid)
      told.set(jid, [...stories, chats.view(row)])
    }
    return [...told].map(([jid, stories]) => ({ jid, name: chats.nameOf(jid), stories }))
  }
}
