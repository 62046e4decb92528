/**
 * What this browser remembers of chats while phone or server is away, and over a reload: the port, and a memory for
 * tests. The phone owns all of it and is believed before it (history.ts); a cache that is lost costs a sync.
 */
import type { KeptChat } from './chats.ts'
import type { Contact } from './contacts.ts'
import type { Draft } from './drafts.ts'

export interface SyncFacts {
  /** When this browser last knew everything that the phone knew, in milliseconds since 1970; null: never. */
  readonly syncedAt: number | null
  /** The person has paused syncing. */
  readonly paused: boolean
}

export interface Kept {
  readonly chats: readonly KeptChat[]
  readonly contacts: readonly Contact[]
  readonly drafts: ReadonlyMap<string, Draft>
  readonly sync: SyncFacts
}

/** What is absent stays as it is. */
export interface CacheChanges {
  readonly chats?: readonly KeptChat[]
  /** Chats that are no more; a chat named here and in `chats` stays. */
  readonly gone?: readonly string[]
  readonly contacts?: readonly Contact[]
  /** By chat; null takes a draft away. */
  readonly drafts?: ReadonlyMap<string, Draft | null>
  readonly sync?: SyncFacts
}

/** Asks its storage at once, before an earlier operation is done, and in the order in which it was asked. */
export interface Cache {
  /** What was kept for this login (its JID); null when nothing was. What was kept for another is not given to anybody. */
  load(owner: string): Promise<Kept | null>
  /**
   * Keeps changes together. The first one of another owner takes everything of the former away, and so does one before
   * anything was loaded.
   */
  write(owner: string, changes: CacheChanges): Promise<void>
  /** Forgets everything; a second call does nothing. */
  clear(): Promise<void>
}

export const neverSynced: SyncFacts = { syncedAt: null, paused: false }

/** Keeps copies, as a database does. */
export function memoryCache(): Cache {
  let owner: string | null = null
  const chats = new Map<string, KeptChat>()
  const drafts = new Map<string, Draft>()
  let contacts: readonly Contact[] = []
  let sync = neverSynced

  function forget(): void {
    owner = null
    chats.clear()
    drafts.clear()
    contacts = []
    sync = neverSynced
  }
  return {
    load: async (asking) =>
      asking === owner ? structuredClone({ chats: [...chats.values()], contacts, drafts, sync }) : null,
    async write(writing, changes) {
      if (writing !== owner) forget()
      owner = writing
      const copy = structuredClone(changes)
      for (const jid of copy.gone ?? []) chats.delete(jid)
      for (const chat of copy.chats ?? []) chats.set(chat.jid, chat)
      for (const [jid, draft] of copy.drafts ?? []) {
        if (draft === null) drafts.delete(jid)
        else drafts.set(jid, draft)
      }
      contacts = copy.contacts ?? contacts
      sync = copy.sync ?? sync
    },
    clear: async () => forget(),
  }
}
