/**
 * The cache of the page: texts by name in IndexedDB while the person stays signed in, else in sessionStorage, which is
 * gone with the window. What cannot be read any more is forgotten: the phone has all of it.
 */
import type { Cache, CacheChanges, Kept, SyncFacts } from '../cache.ts'
import type { KeptChat } from '../chats.ts'
import { neverSynced } from '../cache.ts'
import type { Contact } from '../contacts.ts'
import type { Draft } from '../drafts.ts'
import { formatKept, parseKept } from './kept-text.ts'

/** Texts by name, of which many change together. */
export interface CacheShelf {
  all(): Promise<ReadonlyMap<string, string>>
  /** All or nothing where the storage can do that. `fresh`: what was there before goes first. */
  change(put: ReadonlyMap<string, string>, remove: readonly string[], fresh: boolean): Promise<void>
  clear(): Promise<void>
}

const [OWNER, CONTACTS, SYNC, CHAT, DRAFT] = ['owner', 'contacts', 'sync', 'chat ', 'draft ']

/** `shelf` is asked each time: it is another one once the person has chosen. All `shelves` are cleared. */
export function shelfCache(shelf: () => CacheShelf, shelves: readonly CacheShelf[]): Cache {
  /** Whose texts are there; undefined: it was not looked. */
  let known: string | null | undefined

  async function clear(): Promise<void> {
    known = null
    await Promise.all(shelves.map((each) => each.clear()))
  }
  return {
    async load(owner) {
      const texts = await shelf().all()
      known = texts.get(OWNER) ?? null
      if (known !== owner) return null
      try {
        return keptIn(texts)
      } catch {
        await clear()
        return null
      }
    },
    async write(owner, changes) {
      // What was not loaded is not shown either. Nothing is waited for before the storage has all of it: the window is
      // perhaps about to close.
      const fresh = known !== null && known !== owner
      known = owner
      const [put, remove] = textsOf(changes)
      await shelf().change(new Map([[OWNER, owner], ...put]), remove, fresh)
    },
    clear,
  }
}

function keptIn(texts: ReadonlyMap<string, string>): Kept {
  const chats: KeptChat[] = []
  const drafts = new Map<string, Draft>()
  for (const [name, text] of texts) {
    if (name.startsWith(CHAT)) chats.push(parseKept(text) as KeptChat)
    else if (name.startsWith(DRAFT)) drafts.set(name.slice(DRAFT.length), parseKept(text) as Draft)
  }
  const [contacts, sync] = [CONTACTS, SYNC].map((name) => texts.get(name))
  return {
    ...{ chats, drafts },
    contacts: contacts === undefined ? [] : (parseKept(contacts) as readonly Contact[]),
    sync: sync === undefined ? neverSynced : (parseKept(sync) as SyncFacts),
  }
}

function textsOf(changes: CacheChanges): [Map<string, string>, string[]] {
  const { chats = [], gone = [], contacts, drafts = new Map<string, Draft | null>(), sync } = changes
  const put = new Map(chats.map((chat) => [CHAT + chat.jid, formatKept(chat)]))
  const remove = gone.map((jid) => CHAT + jid).filter((name) => !put.has(name))
  if (contacts !== undefined) put.set(CONTACTS, formatKept(contacts))
  if (sync !== undefined) put.set(SYNC, formatKept(sync))
  for (const [jid, draft] of drafts) {
    if (draft === null) remove.push(DRAFT + jid)
    else put.set(DRAFT + jid, formatKept(draft))
  }
  return [put, remove]
}

/** In a Storage, under names of its own. A full one keeps nothing rather than half: the write is refused and all is gone. */
export function storageShelf(storage: Storage): CacheShelf {
  const prefix = 'tether cached '
  const names = (): string[] => Object.keys(storage).filter((name) => name.startsWith(prefix))
  const clear = (): void => {
    for (const name of names()) storage.removeItem(name)
  }
  return {
    all: async () => new Map(names().map((name) => [name.slice(prefix.length), storage.getItem(name) ?? ''])),
    async change(put, remove, fresh) {
      if (fresh) clear()
      try {
        for (const name of remove) storage.removeItem(prefix + name)
        for (const [name, text] of put) storage.setItem(prefix + name, text)
      } catch (error) {
        clear()
        throw error
      }
    },
    clear: async () => clear(),
  }
}
