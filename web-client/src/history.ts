/**
 * Asks the phone for messages: older ones page by page, and after a resume the ones between what was known and what
 * the sync brought. Spec 13.1, 18.7; research R5: the phone is the store of record, so a gap is never left.
 */
import type { Node } from 'proto/node'
import { type Clock, type Timer } from 'proto/clock'
import { type ErrorCode, TetherError } from 'proto/errors'
import { personJid } from './address.ts'
import type { Chats } from './chats.ts'
import type { Answer, NodeKind } from './connection.ts'
import { type ChatMessage, isSettled, keyOf, readMessage } from './message.ts'
import { childrenOf, messagesOf } from './node-reading.ts'
import { HISTORY_COUNT, SYNC_SETTLED_MS } from './timing.ts'

const HISTORY: NodeKind = { metric: 'QUERY_MESSAGES', flags: ['IGNORE'] }
const STATUS_NOT_FOUND = 404
/** Of so many chats that a sync left out the phone is asked whether they are still as they were. */
const RESTING_CHATS = 20

/** Names the message to go on from. It need not be one that is shown. */
interface Cursor {
  readonly id: string
  readonly fromMe: boolean
}

interface Page {
  readonly messages: readonly ChatMessage[]
  /** The end. A short page is none: the phone also cuts what is too long for one frame. */
  readonly isEmpty: boolean
  readonly first: Cursor | null
  readonly last: Cursor | null
}

export interface HistoryParts {
  readonly clock: Clock
  readonly chats: Chats
  /** Sends a query; rejects when there is no connection. */
  query(node: (epoch: string) => Node, kind: NodeKind): Promise<Answer>
  /** The initial sync of this connection is over. */
  settled(): void
  dropped(code: ErrorCode): void
}

export class History {
  readonly #parts: HistoryParts
  /** Where the last page of a chat began, while `oldest` is still the oldest message shown. */
  readonly #cursors = new Map<string, { readonly oldest: ChatMessage | undefined; readonly cursor: Cursor }>()
  readonly #loading = new Map<string, Promise<number>>()
  /** Newest known message of each chat when the connection was lost; a chat leaves once it joins on again. */
  readonly #marks = new Map<string, ChatMessage>()
  /** Settled messages that were known when that connection was lost, or kept: the phone may have lost some of them since. */
  readonly #known = new Map<string, ReadonlySet<string>>()
  /** What the sync of this connection brought. */
  readonly #brought = new Map<string, Set<string>>()
  #settled: Timer | null = null

  constructor(parts: HistoryParts) {
    this.#parts = parts
  }

  /** Loads one page older than the oldest known message. Returns how many came; 0 means the beginning. */
  loadOlder(jid: string, count = HISTORY_COUNT): Promise<number> {
    let loading = this.#loading.get(jid)
    if (loading === undefined) {
      loading = this.#older(jid, count).finally(() => this.#loading.delete(jid))
      this.#loading.set(jid, loading)
    }
    return loading
  }

  /** A connection has ended, or chats were kept from before: what is newest now is where the next sync must join on. */
  lost(): void {
    this.#settled?.cancel()
    this.#brought.clear()
    for (const { jid } of this.#parts.chats.list()) {
      const settled = this.#parts.chats.messages(jid).filter(isSettled)
      const mark = settled.at(-1)
      if (mark === undefined || this.#marks.has(jid)) continue
      this.#marks.set(jid, mark)
      this.#known.set(jid, new Set(settled.map(keyOf)))
    }
  }

  /** False while messages may be missing in a chat between what was known and what the sync brought. */
  isWhole(jid: string): boolean {
    return !this.#marks.has(jid)
  }

  /** The list of chats has come: the sync has begun. */
  listed(): void {
    this.#settled?.cancel()
    this.#settled = this.#parts.clock.after(SYNC_SETTLED_MS, () => this.#settle())
  }

  /** A batch of the initial sync came for a chat. */
  synced(jid: string, batch: readonly ChatMessage[]): void {
    const brought = this.#brought.get(jid) ?? new Set()
    for (const message of batch) brought.add(keyOf(message))
    this.#brought.set(jid, brought)
    this.listed()
  }

  reset(): void {
    this.#settled?.cancel()
    this.#marks.clear()
    this.#known.clear()
    this.#brought.clear()
    this.#cursors.clear()
  }

  async #older(jid: string, count: number): Promise<number> {
    const { chats } = this.#parts
    const oldest = chats.messages(jid).find(isSettled)
    const known = this.#cursors.get(jid)
    const page = await this.#page(jid, 'before', known?.oldest === oldest ? known?.cursor : oldest, count)
    if (page === null || page.isEmpty) chats.change(jid, { hasOlder: false })
    if (page === null) return 0
    chats.addOlder(jid, page.messages)
    const now = chats.messages(jid).find(isSettled)
    if (page.first !== null) this.#cursors.set(jid, { oldest: now, cursor: page.first })
    return page.messages.length
  }

  #settle(): void {
    for (const [jid, known] of this.#known) {
      const brought = this.#brought.get(jid)
      if (brought === undefined) continue
      this.#parts.chats.prune(jid, known, brought)
      // One message that was known and came again joins the two: a batch has no holes.
      if ([...brought].some((key) => known.has(key))) this.#joined(jid)
    }
    this.#fillGaps()
    this.#parts.settled()
  }

  #fillGaps(): void {
    let asked = 0
    for (const [jid, mark] of this.#marks) {
      const chat = this.#parts.chats.find(jid)
      // A sync has an end: a chat of which it brought nothing rests, unless its last activity says otherwise, or it was
      // cleared meanwhile, which only asking tells.
      const isOpen = this.#brought.has(jid) || (chat?.seconds ?? 0) > mark.seconds
      if (chat !== null && (isOpen || asked++ < RESTING_CHATS))
        this.#fill(jid, mark).catch(() => {}) // lost again: the mark stays
      else this.#joined(jid)
    }
  }

  #joined(jid: string): void {
    this.#marks.delete(jid)
    this.#known.delete(jid)
    this.#parts.chats.ready(jid)
  }

  async #fill(jid: string, mark: ChatMessage): Promise<void> {
    const { chats } = this.#parts
    let from: Cursor = mark
    for (;;) {
      const page = await this.#page(jid, 'after', from)
      if (page === null) {
        // The phone no longer has the message that we knew: keep only what it told us now.
        chats.forgetBefore(jid, this.#brought.get(jid) ?? new Set())
        break
      }
      chats.addNewer(jid, page.messages, false)
      const brought = this.#brought.get(jid)
      if (page.last === null || page.messages.some((message) => brought?.has(keyOf(message)))) break
      from = page.last
    }
    this.#joined(jid)
  }

  /** Null when the phone does not know the message to start from. */
  async #page(
    jid: string,
    kind: 'before' | 'after',
    from: Cursor | undefined,
    count = HISTORY_COUNT,
  ): Promise<Page | null> {
    const cursor: Record<string, string> =
      from === undefined ? { owner: 'true' } : { index: from.id, owner: String(from.fromMe) }
    const answer = await this.#parts.query(
      (epoch) => ({
        tag: 'query',
        attrs: { type: 'message', epoch, jid, kind, count: String(count), ...cursor },
        content: null,
      }),
      HISTORY,
    )
    if ('node' in answer) return this.#read(jid, answer.node)
    if (answer.status === STATUS_NOT_FOUND) return null
    throw new TetherError('TETHER_ERR_BODY', `history answered with ${answer.status}`)
  }

  /** The tag of an answer is outside its seal: it may belong to a question about another chat (research F4). */
  #read(jid: string, node: Node): Page {
    const infos = messagesOf(node, (code) => this.#parts.dropped(code))
    if (infos.some(({ key }) => personJid(key.remoteJid) !== personJid(jid)))
      throw new TetherError('TETHER_ERR_BODY', 'history of another chat')
    const messages: ChatMessage[] = []
    for (const info of infos) {
      const reading = readMessage(info)
      if (reading === null) continue
      if ('revokes' in reading) this.#parts.chats.revoke(reading.revokes)
      else messages.push(reading.message)
    }
    const isEmpty = childrenOf(node, 'message').length === 0
    return { messages, isEmpty, first: infos.at(0)?.key ?? null, last: infos.at(-1)?.key ?? null }
  }
}
