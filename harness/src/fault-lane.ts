/** One direction at one end of a hop: frames pass in order, and wait in order behind one that is held or delayed. */
import type { Clock } from 'proto/clock'
import { frameBytes, type Frame, type Hop } from 'proto/link'
import { fitsRule, type ActiveRule } from './fault-rule.ts'

type Deliver = (frame: Frame) => void
type Item =
  | { readonly frame: Frame; readonly deliver: Deliver; readonly rule: ActiveRule | null }
  | { readonly then: () => void }

export class FaultLane {
  /** Bytes that wait here. */
  waitingBytes = 0
  #clock: Clock
  #hop: Hop
  #way: 'in' | 'out'
  #rules: readonly ActiveRule[]
  #waiting: Item[] = []
  #late: { frame: Frame; deliver: Deliver; behind: number }[] = []
  #blocked = false
  #running = false

  constructor(clock: Clock, hop: Hop, way: 'in' | 'out', rules: readonly ActiveRule[]) {
    this.#clock = clock
    this.#hop = hop
    this.#way = way
    this.#rules = rules
  }

  /** Takes a frame; `deliver` is called for what arrives. A frame that has to wait is copied. */
  put(frame: Frame, deliver: Deliver): void {
    const rule = this.#ruleFor(frame)
    if (!rule && !this.#blocked && !this.#running && this.#waiting.length === 0)
      return this.#pass(frame, deliver)
    const kept = typeof frame === 'string' ? frame : new Uint8Array(frame)
    this.waitingBytes += frameBytes(kept)
    this.#waiting.push({ frame: kept, deliver, rule })
    this.#run()
  }

  /** Runs `task` behind the frames that wait. */
  then(task: () => void): void {
    this.#waiting.push({ then: task })
    this.#run()
  }

  #ruleFor(frame: Frame): ActiveRule | null {
    for (const rule of this.#rules) {
      if (!fitsRule(rule.where, this.#hop, this.#way, frame)) continue
      rule.seen++
      const ordinal = rule.where.ordinal ?? 'always'
      if (ordinal === 'always' || ordinal === rule.seen) return rule
    }
    return null
  }

  #run(): void {
    if (this.#running) return
    this.#running = true
    while (!this.#blocked) {
      const item = this.#waiting.shift()
      if (!item) break
      if ('then' in item) {
        this.#passLate(Infinity)
        item.then()
      } else {
        this.waitingBytes -= frameBytes(item.frame)
        this.#apply(item.frame, item.deliver, item.rule)
      }
    }
    this.#running = false
  }

  #apply(frame: Frame, deliver: Deliver, rule: ActiveRule | null): void {
    if (!rule || !rule.active) return this.#pass(frame, deliver)
    rule.worked++
    const fault = rule.fault
    switch (fault.do) {
      case 'drop':
        return
      case 'duplicate':
        for (let n = fault.times ?? 2; n > 0; n--) this.#pass(frame, deliver)
        return
      case 'alter':
        return this.#pass(fault.to(frame), deliver)
      case 'reorder':
        this.#late.push({ frame, deliver, behind: fault.behind ?? 1 })
        return
      case 'delay':
        return this.#block(frame, deliver, (go) => void this.#clock.after(fault.ms, go))
      case 'hold':
        return this.#block(frame, deliver, (go) => rule.held.push(go))
    }
  }

  #block(frame: Frame, deliver: Deliver, until: (go: () => void) => void): void {
    this.#blocked = true
    this.waitingBytes += frameBytes(frame)
    until(() => {
      this.#blocked = false
      this.waitingBytes -= frameBytes(frame)
      this.#pass(frame, deliver)
      this.#run()
    })
  }

  #pass(frame: Frame, deliver: Deliver): void {
    deliver(frame)
    if (this.#late.length > 0) this.#passLate(1)
  }

  /** Counts `passed` frames and lets those go that have waited for enough. */
  #passLate(passed: number): void {
    for (const late of this.#late) late.behind -= passed
    const due = this.#late.filter((late) => late.behind <= 0)
    this.#late = this.#late.filter((late) => late.behind > 0)
    for (const late of due) late.deliver(late.frame)
  }
}
