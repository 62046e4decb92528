/**
 * The record of what was decided and refused on this phone: pairings, consent, identity changes, frames that did
 * not open. Records are written in the transaction of what they tell about; they hold ids, never keys or texts.
 */
import type { Clock } from 'proto/clock'
import type { PhoneEvents } from './phone-events.ts'
import type { AuditRow, PhoneStore } from './store.ts'

export type AuditFields = AuditRow['fields']

export class Audit {
  readonly #store: PhoneStore
  readonly #clock: Clock
  readonly #events: PhoneEvents

  constructor(store: PhoneStore, clock: Clock, events: PhoneEvents) {
    this.#store = store
    this.#clock = clock
    this.#events = events
  }

  record(kind: string, fields: AuditFields = {}): void {
    this.#store.audit.add({ at: this.#clock.now(), kind, fields })
    this.#store.afterCommit(() => this.#events.emit({ type: 'audit', kind, fields }))
  }

  last(count: number): AuditRow[] {
    return this.#store.audit.last(count)
  }
}
