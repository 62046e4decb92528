/** What is written and not sent, by chat. It is this browser's alone: the protocol has no word for it. */
import { personJid } from './address.ts'
import type { ChatMessage } from './message.ts'

export interface Draft {
  readonly text: string
  /** The message that it will answer. */
  readonly quote: ChatMessage | null
}

export interface DraftChange {
  readonly type: 'draft'
  readonly jid: string
}

export class Drafts {
  readonly #byJid = new Map<string, Draft>()
  readonly #changed: (change: DraftChange) => void

  constructor(changed: (change: DraftChange) => void) {
    this.#changed = changed
  }

  /** Null when nothing is written there. */
  find(jid: string): Draft | null {
    return this.#byJid.get(personJid(jid)) ?? null
  }

  all(): ReadonlyMap<string, Draft> {
    return this.#byJid
  }

  /** Null, or a draft without words or quote, takes it away. */
  put(jid: string, draft: Draft | null): void {
    const chat = personJid(jid)
    const isEmpty = draft === null || (draft.text === '' && draft.quote === null)
    if (isEmpty && !this.#byJid.has(chat)) return
    if (isEmpty) this.#byJid.delete(chat)
    else this.#byJid.set(chat, draft)
    this.#changed({ type: 'draft', jid: chat })
  }

  /** Puts in what was kept; what is written already stays. */
  restore(kept: ReadonlyMap<string, Draft>): void {
    for (const [jid, draft] of kept) if (!this.#byJid.has(jid)) this.put(jid, draft)
  }

  reset(): void {
    for (const jid of [...this.#byJid.keys()]) this.put(jid, null)
  }
}
