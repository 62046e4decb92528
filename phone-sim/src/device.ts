/**
 * The simulated hardware: network, battery that drains and charges, and whether the app runs, dozes or was killed.
 * Keeps its state in the store; what follows from it (link, sync, Conn) is decided in phone.ts.
 */
import { type Clock, every, type Timer } from 'proto/clock'
import { TetherError } from 'proto/errors'
import type { DeviceFacts } from 'proto/phone-link'
import type { DeviceView } from './phone-views.ts'
import type { FactRows } from './store.ts'

export type DevicePatch = { readonly [F in keyof DeviceView]?: DeviceView[F] | undefined }

const FACT = 'device'
/** A full battery lasts about 25 hours and charges in under four; it stops at 1, as nobody could plug it in at 0. */
const DRAIN_MS = 900_000
const CHARGE_MS = 120_000

const allowed: { readonly [F in keyof DeviceView]: (value: unknown) => boolean } = {
  network: (value) => value === 'wifi' || value === 'cell' || value === 'none',
  batteryPercent: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 100,
  plugged: (value) => typeof value === 'boolean',
  app: (value) => value === 'running' || value === 'dozing' || value === 'killed',
}

export class Device {
  readonly #facts: FactRows
  readonly #clock: Clock
  readonly #changed: (before: DeviceView, now: DeviceView) => void
  #view: DeviceView
  #ticking: Timer | null = null
  #drainedMs = 0

  constructor(facts: FactRows, clock: Clock, changed: (before: DeviceView, now: DeviceView) => void) {
    this.#facts = facts
    this.#clock = clock
    this.#changed = changed
    const stored = facts.find(FACT)
    this.#view = stored
      ? (JSON.parse(stored) as DeviceView)
      : { network: 'wifi', batteryPercent: 77, plugged: false, app: 'running' }
  }

  get view(): DeviceView {
    return this.#view
  }

  /** Throws TETHER_ERR_BODY for a value that a device cannot have. */
  set(patch: DevicePatch): void {
    for (const [field, value] of Object.entries(patch)) {
      const isAllowed = Object.hasOwn(allowed, field) && allowed[field as keyof DeviceView](value)
      if (value !== undefined && !isAllowed) throw new TetherError('TETHER_ERR_BODY', `device ${field}`)
    }
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
    const before = this.#view
    const now = { ...before, ...(given as DevicePatch) } as DeviceView
    if (JSON.stringify(now) === JSON.stringify(before)) return
    this.#view = now
    this.#facts.put(FACT, JSON.stringify(now))
    this.#changed(before, now)
  }

  start(): void {
    this.#ticking = every(this.#clock, CHARGE_MS, () => this.#tick())
  }

  stop(): void {
    this.#ticking?.cancel()
  }

  /** Device data for Conn (spec 5.4). */
  connFacts(pushname: string): DeviceFacts {
    return {
      pushname: pushname.slice(0, 100),
      battery: this.#view.batteryPercent,
      plugged: this.#view.plugged,
      platform: 'android',
      lc: 'US',
      lg: 'en',
      locales: 'en-US',
      is24h: true,
      tos: 0,
      protoVersion: [0, 17],
      binVersion: 10,
      phone: {
        wa_version: '2.21.0',
        mcc: '310',
        mnc: '260',
        os_version: '10',
        device_manufacturer: 'Tether',
        device_model: 'Simulated phone',
        os_build_number: '1',
      },
    }
  }

  #tick(): void {
    const { plugged, batteryPercent, app } = this.#view
    if (plugged) {
      this.set({ batteryPercent: Math.min(100, batteryPercent + 1) })
      return
    }
    this.#drainedMs += CHARGE_MS
    if (this.#drainedMs < DRAIN_MS || app === 'killed') return
    this.#drainedMs -= DRAIN_MS
    this.set({ batteryPercent: Math.max(1, batteryPercent - 1) })
  }
}
