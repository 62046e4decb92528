/**
 * The known messages of one chat, oldest first, each once: a message is named by direction and id, and one that
 * comes again only brings news of itself. Order is time, and within one second the order in which the phone gave them.
 */
import type { ErrorCode } from 'proto/errors'
import { laterPassed } from './hops.ts'
import { isSame } from './same.ts'
import {
  keyOf,
  laterStatus,
  type ChatMessage,
  type PassedHop,
  type SendStatus,
  takenBack,
} from './message.ts'

export class MessageList {
  #items: readonly ChatMessage[] = []
  readonly #byKey = new Map<string, ChatMessage>()

  /** Oldest first; a new array whenever something changed. */
  get items(): readonly ChatMessage[] {
    return this.#items
  }

  get newest(): ChatMessage | null {
    return this.#items.at(-1) ?? null
  }

  find(key: string): ChatMessage | null {
    return this.#byKey.get(key) ?? null
  }

  /** Puts messages in, oldest first: among others of their second they come last. Returns the ones not known before. */
  addNewer(messages: readonly ChatMessage[]): readonly ChatMessage[] {
    return this.#add(messages, (at, second) => at <= second)
  }

  /** Puts a page of history in, oldest first: among others of their second they come first. */
  addOlder(messages: readonly ChatMessage[]): readonly ChatMessage[] {
    return this.#add([...messages].reverse(), (at, second) => at < second).toReversed()
  }

  #add(
    messages: readonly ChatMessage[],
    stays: (knownSeconds: number, seconds: number) => boolean,
  ): readonly ChatMessage[] {
    const added: ChatMessage[] = []
    const items = [...this.#items]
    let changed = false
    for (const message of messages) {
      const key = keyOf(message)
      if (this.#byKey.has(key)) {
        changed = this.#merge(message, items) || changed
        continue
      }
      let at = items.length
      while (at > 0 && !stays(items[at - 1].seconds, message.seconds)) at--
      items.splice(at, 0, message)
      this.#byKey.set(key, message)
      added.push(message)
    }
    if (changed || added.length > 0) this.#items = items
    return added
  }

  /** News of a known message: its content is replaced, its status only rises, its place stays. False when unknown. */
  merge(message: ChatMessage): boolean {
    if (this.find(keyOf(message)) === null) return false
    this.#merge(message)
    return true
  }

  /** False when that is no news. */
  #merge(message: ChatMessage, into?: ChatMessage[]): boolean {
    const known = this.find(keyOf(message))
    if (known === null) return false
    // What was taken back stays so, whatever an older copy says.
    const content = known.kind === 'revoked' ? takenBack(message) : message
    const status = laterStatus(known.status, message.status)
    const passed = laterPassed(known.passed, message.passed)
    const { passed: _, ...bare } = content
    const next = {
      ...bare,
      ...(known.reached && { reached: known.reached }),
      ...(known.played && { played: known.played }),
      ...(known.takingBack && { takingBack: known.takingBack }),
      ...(passed && status === 'pending' && { passed }),
      ...(known.failure && status === 'failed' && { failure: known.failure }),
      seconds: known.seconds,
      status,
    }
    if (isSame(known, next)) return false
    this.#replace(known, next, into)
    return true
  }

  /** Raises the status of an own message; false when unknown or nothing changes. */
  raise(id: string, status: SendStatus): boolean {
    const known = this.find(keyOf({ fromMe: true, id }))
    if (known === null) return false
    const later = laterStatus(known.status, status)
    if (later === known.status) return false
    const { passed: _, ...bare } = known
    this.#replace(known, { ...bare, status: later })
    return true
  }

  /** A pending message has come so far, or, with null, is in this browser alone; false when that is no news. */
  pass(id: string, passed: PassedHop | null): boolean {
    const known = this.find(keyOf({ fromMe: true, id }))
    if (known?.status !== 'pending') return false
    const later = passed === null ? undefined : laterPassed(known.passed, passed)
    if (later === known.passed) return false
    const { passed: _, ...bare } = known
    this.#replace(known, later === undefined ? bare : { ...bare, passed: later })
    return true
  }

  /** A reader of a group has an own message; false when it is unknown or that is no news. */
  reach(id: string, reader: string, status: SendStatus): boolean {
    const known = this.find(keyOf({ fromMe: true, id }))
    if (known === null) return false
    const before = known.reached?.get(reader) ?? null
    const later = laterStatus(before, status)
    if (later === null || later === before) return false
    this.#replace(known, { ...known, reached: new Map(known.reached).set(reader, later) })
    return true
  }

  /** A pending message has failed; false when it is known to have arrived. */
  fail(id: string, failure: ErrorCode): boolean {
    const known = this.find(keyOf({ fromMe: true, id }))
    if (known?.status !== 'pending' && known?.status !== 'failed') return false
    const { passed: _, ...bare } = known
    this.#replace(known, { ...bare, status: 'failed', failure })
    return true
  }

  /** A failed message waits again. */
  retry(id: string): boolean {
    const known = this.find(keyOf({ fromMe: true, id }))
    if (known?.status !== 'failed') return false
    const { failure: _, ...bare } = known
    this.#replace(known, { ...bare, status: 'pending' })
    return true
  }

  revoke(key: string): boolean {
    const known = this.find(key)
    if (known === null || known.kind === 'revoked') return false
    this.#replace(known, takenBack(known))
    return true
  }

  /** A message is about to be taken back, or is not after all; false when that is no news. */
  takeBack(key: string, takingBack: boolean): boolean {
    const known = this.find(key)
    if (known === null || known.kind === 'revoked' || (known.takingBack ?? false) === takingBack) return false
    const { takingBack: _, ...bare } = known
    this.#replace(known, takingBack ? { ...bare, takingBack } : bare)
    return true
  }

  /** Marks messages, or takes the mark from them; false when nothing changes. */
  star(keys: ReadonlySet<string>, starred: boolean): boolean {
    let changed = false
    for (const key of keys) {
      const known = this.find(key)
      if (known === null || (known.starred ?? false) === starred) continue
      const { starred: _, ...bare } = known
      this.#replace(known, starred ? { ...bare, starred } : bare)
      changed = true
    }
    return changed
  }

  /** A voice note was listened to; false when it is unknown or that is no news. */
  play(key: string): boolean {
    const known = this.find(key)
    if (known === null || known.played) return false
    this.#replace(known, { ...known, played: true })
    return true
  }

  /** Removes what `gone` picks; returns how many. */
  remove(gone: (message: ChatMessage) => boolean): number {
    const before = this.#items.length
    for (const message of this.#items) if (gone(message)) this.#byKey.delete(keyOf(message))
    this.#items = this.#items.filter((message) => !gone(message))
    return before - this.#items.length
  }

  #replace(known: ChatMessage, next: ChatMessage, into?: ChatMessage[]): void {
    this.#byKey.set(keyOf(next), next)
    const items = into ?? [...this.#items]
    items[items.indexOf(known)] = next
    if (into === undefined) this.#items = items
  }
}
