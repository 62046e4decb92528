/**
 * Links with faults: every frame of every hop passes here and can be observed, held, delayed, dropped, duplicated,
 * reordered or altered (fault-rule.ts). Works the same over real sockets and over memory links; with no rule and no
 * observer it only passes on.
 */
import type { Clock } from 'proto/clock'
import type { LimitName } from 'proto/limits'
import type { Frame, Hop, Link, LinkHandlers, Links } from 'proto/link'
import { FaultLane } from './fault-lane.ts'
import type { ActiveRule, Fault, FaultWhere } from './fault-rule.ts'

export interface RuleHandle {
  /** Fitting frames so far, whatever their ordinal. */
  readonly seen: number
  /** Frames that the fault was done to. */
  readonly worked: number
  /** Lets held frames go, in order. The rule goes on. */
  release(): void
  /** Ends the rule and lets held frames go. */
  remove(): void
}

/** What an observer is told: `out` as the party sent it, before any fault; `in` as the party gets it, after. */
export interface Passage {
  readonly hop: Hop
  /** Counts the connections in the order in which they were joined, from 1; 0 for mail. */
  readonly link: number
  readonly way: 'in' | 'out' | 'open' | 'close'
  /** Valid during the call only when binary. Absent for open and close. */
  readonly frame?: Frame
  readonly close?: { readonly code: number; readonly reason: string }
}

export interface FaultyLinks extends Links {
  add(where: FaultWhere, fault: Fault): RuleHandle
  /** Removes every rule. */
  clear(): void
  /** Calls `observer` for every frame; the returned function ends it. */
  observe(observer: (passage: Passage) => void): () => void
}

/** Faulty links on `clock`, in front of `inner` where one is given. */
export function faultyLinks(clock: Clock, inner?: Links): FaultyLinks {
  const rules: ActiveRule[] = []
  const observers = new Set<(passage: Passage) => void>()
  const mail = new Map<string, { leave: FaultLane; arrive: FaultLane }>()
  let links = 0

  const tell = (passage: Passage) => {
    for (const observer of observers) observer(passage)
  }

  function mailLanes(hop: Hop): { leave: FaultLane; arrive: FaultLane } {
    const key = `${hop.kind} ${hop.near} ${hop.far}`
    const lanes = mail.get(key) ?? {
      leave: new FaultLane(clock, hop, 'out', rules),
      arrive: new FaultLane(clock, hop, 'in', rules),
    }
    mail.set(key, lanes)
    return lanes
  }

  function end(rule: ActiveRule): void {
    rule.active = false
    const at = rules.indexOf(rule)
    if (at >= 0) rules.splice(at, 1)
    release(rule)
  }

  return {
    add(where, fault) {
      const rule: ActiveRule = { where, fault, active: true, seen: 0, worked: 0, held: [] }
      rules.push(rule)
      return {
        get seen() {
          return rule.seen
        },
        get worked() {
          return rule.worked
        },
        release: () => release(rule),
        remove: () => end(rule),
      }
    },
    clear() {
      for (const rule of [...rules]) end(rule)
    },
    observe(observer) {
      observers.add(observer)
      return () => void observers.delete(observer)
    },
    join(hop, raw) {
      const link = ++links
      tell({ hop, link, way: 'open' })
      return new FaultyLink(clock, hop, link, inner ? inner.join(hop, raw) : raw, rules, tell)
    },
    carry(hop, frame, deliver) {
      tell({ hop, link: 0, way: 'out', frame })
      const { leave, arrive } = mailLanes(hop)
      const arrived = (arriving: Frame) => {
        tell({ hop, link: 0, way: 'in', frame: arriving })
        deliver(arriving)
      }
      const left = (leaving: Frame) => arrive.put(leaving, arrived)
      leave.put(frame, inner ? (leaving) => inner.carry(hop, leaving, left) : left)
    },
  }
}

function release(rule: ActiveRule): void {
  const held = rule.held
  rule.held = []
  for (const go of held) go()
}

class FaultyLink implements Link {
  #inner: Link
  #hop: Hop
  #link: number
  #tell: (passage: Passage) => void
  #out: FaultLane
  #in: FaultLane
  #closing = false

  constructor(
    clock: Clock,
    hop: Hop,
    link: number,
    inner: Link,
    rules: readonly ActiveRule[],
    tell: (passage: Passage) => void,
  ) {
    this.#inner = inner
    this.#hop = hop
    this.#link = link
    this.#tell = tell
    this.#out = new FaultLane(clock, hop, 'out', rules)
    this.#in = new FaultLane(clock, hop, 'in', rules)
  }

  get queuedBytes(): number {
    return this.#inner.queuedBytes + this.#out.waitingBytes
  }

  send(frame: Frame): void {
    if (this.#closing) return
    this.#tell({ hop: this.#hop, link: this.#link, way: 'out', frame })
    this.#out.put(frame, (leaving) => this.#inner.send(leaving))
  }

  close(code: number, reason: string): void {
    if (this.#closing) return
    this.#closing = true
    this.#out.then(() => this.#inner.close(code, reason))
  }

  /** Asked behind the frames that wait here; where there is nothing to ask, all counts as read. */
  ping(heard: () => void): void {
    if (this.#inner.ping) this.#out.then(() => this.#inner.ping!(heard))
    else heard()
  }

  largest(bytes: LimitName, pieces: LimitName): void {
    this.#inner.largest?.(bytes, pieces)
  }

  pause(): void {
    this.#inner.pause()
  }

  resume(): void {
    this.#inner.resume()
  }

  open(handlers: LinkHandlers): void {
    const arrived = (frame: Frame) => {
      this.#tell({ hop: this.#hop, link: this.#link, way: 'in', frame })
      handlers.frame(frame)
    }
    this.#inner.open({
      ...handlers,
      frame: (frame) => this.#in.put(frame, arrived),
      close: (code, reason) =>
        this.#in.then(() => {
          this.#closing = true
          this.#tell({ hop: this.#hop, link: this.#link, way: 'close', close: { code, reason } })
          handlers.close(code, reason)
        }),
    })
  }
}
