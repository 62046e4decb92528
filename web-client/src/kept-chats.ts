/**
 * The chats in use and their copy in the Cache. What changes is written some time later, all of it together, so that a
 * sync of hundreds of chats costs a write or two; a chat of which messages are missing in between is written once it is
 * whole (history.ts). The cache is asked at once, since the window may close before an earlier operation is done; it
 * keeps their order, so that a late write never undoes a log-out.
 */
import type { Clock, Timer } from 'proto/clock'
import { codeOf, type ErrorCode } from 'proto/errors'
import { limit } from 'proto/limits'
import { type Cache, type CacheChanges, neverSynced, type SyncFacts } from './cache.ts'
import type { Chats, KeptChat } from './chats.ts'
import type { Draft, Drafts } from './drafts.ts'
import { isSettled } from './message.ts'
import { isSame } from './same.ts'
import { CACHE_WRITE_MS } from './timing.ts'

export interface KeptChatsParts {
  readonly clock: Clock
  /** Null: nothing is kept. */
  readonly cache: Cache | null
  readonly chats: Chats
  readonly drafts: Drafts
  /** False while messages of this chat may be missing between what was known and what the sync brought. */
  isWhole(jid: string): boolean
  sync(): SyncFacts
  /** The cache could not be read or written; the client goes on without it. */
  failed(code: ErrorCode): void
}

export class KeptChats {
  readonly #parts: KeptChatsParts
  #owner: string | null = null
  /** What was kept is not known yet: a write now might take it away. */
  #isLoading = false
  #timer: Timer | null = null
  #drafts = new Map<string, Draft | null>()
  #sync: SyncFacts = neverSynced
  #done: Promise<void> = Promise.resolve()

  constructor(parts: KeptChatsParts) {
    this.#parts = parts
  }

  /** Shows what was kept for this login; what is known already stays. Gives what was kept of syncing. Never rejects. */
  async load(owner: string): Promise<SyncFacts> {
    const { cache, chats, drafts } = this.#parts
    this.#owner = owner
    let kept: Awaited<ReturnType<Cache['load']>> = null
    this.#isLoading = true
    await this.#ask(async () => {
      kept = (await cache?.load(owner)) ?? null
    })
    this.#isLoading = false
    this.touch()
    // Nobody else may have come in while the cache was read.
    if (kept === null || this.#owner !== owner) return neverSynced
    const {
      chats: rows,
      contacts,
      drafts: written,
      sync,
    } = kept as NonNullable<Awaited<ReturnType<Cache['load']>>>
    chats.restore(rows, contacts)
    drafts.restore(written)
    this.#drafts.clear()
    this.#sync = sync
    return sync
  }

  /** Something has changed that is kept. */
  touch(): void {
    if (this.#parts.cache === null || this.#owner === null) return
    this.#timer ??= this.#parts.clock.after(CACHE_WRITE_MS, () => void this.flush())
  }

  touchDraft(jid: string): void {
    this.#drafts.set(jid, this.#parts.drafts.find(jid))
    this.touch()
  }

  /** Writes what has changed, now: the page may be closed. Resolves when it is kept; never rejects. */
  flush(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = null
    const { cache } = this.#parts
    const owner = this.#owner
    if (cache === null || owner === null || this.#isLoading) return this.#done
    const changes = this.#takeChanges()
    if (Object.keys(changes).length === 0) return this.#done
    return this.#ask(() => cache.write(owner, changes))
  }

  /** This login is in use now; null: it is over, and nothing of it may be left. */
  use(owner: string | null): void {
    if (owner !== null) {
      this.#owner = owner
      return
    }
    this.#owner = null
    this.#timer?.cancel()
    this.#timer = null
    this.#drafts.clear()
    this.#sync = neverSynced
    void this.#ask(async () => this.#parts.cache?.clear())
  }

  #takeChanges(): CacheChanges {
    const { chats, drafts } = this.#parts
    const touched = chats.takeTouched((jid) => this.#parts.isWhole(jid))
    const rows = touched.chats.flatMap((jid) => this.#row(jid) ?? [])
    const gone = touched.chats.filter((jid) => chats.facts(jid) === null)
    for (const jid of gone) {
      if (drafts.find(jid) !== null) drafts.put(jid, null)
    }
    const facts = this.#parts.sync()
    const changes: CacheChanges = {
      ...(rows.length > 0 && { chats: rows }),
      ...(gone.length > 0 && { gone }),
      ...(touched.contacts && { contacts: chats.contacts.all() }),
      ...(this.#drafts.size > 0 && { drafts: this.#drafts }),
      ...(!isSame(facts, this.#sync) && { sync: facts }),
    }
    this.#drafts = new Map()
    this.#sync = facts
    return changes
  }

  #row(jid: string): KeptChat | null {
    const facts = this.#parts.chats.facts(jid)
    if (facts === null) return null
    const known = this.#parts.chats.messages(jid).filter(isSettled)
    const messages = known.slice(-limit('CACHED_MESSAGES'))
    const hasOlder = facts.hasOlder || messages.length < known.length
    return { jid, facts: { ...facts, hasOlder }, messages }
  }

  /** Resolves when this and all before it is done. */
  #ask(operation: () => Promise<void>): Promise<void> {
    const asked = operation().catch((error: unknown) => this.#parts.failed(codeOf(error)))
    this.#done = Promise.all([this.#done, asked]).then(() => undefined)
    return this.#done
  }
}
