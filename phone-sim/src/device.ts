/**
 * The simulated hardware: power, network, battery that drains and charges, and whether the app runs, dozes or was killed.
 * Keeps its state in the store; what follows from it (link, sync, Conn) is decided in phone.ts.
 */
import { type Clock, every, type Timer } from 'proto/clock'
import { TetherError } from 'proto/errors'
import type { DeviceFacts } from 'proto/phone-link'
import { Battery, type BatteryCosts } from './battery.ts'
import type { BatteryUse, DeviceView } from './phone-views.ts'
import type { FactRows } from './store.ts'

export type DevicePatch = { readonly [F in keyof DeviceView]?: DeviceView[F] | undefined }

const FACT = 'device'
/** It charges in under four hours, and stops at 1, as nobody could plug it in at 0. */
const CHARGE_MS = 120_000
const MINUTE_MS = 60_000
const FIRST: DeviceView = {
  power: 'on',
  airplane: false,
  network: 'wifi',
  batteryPercent: 77,
  plugged: false,
  app: 'running',
}

const allowed: { readonly [F in keyof DeviceView]: (value: unknown) => boolean } = {
  power: (value) => value === 'on' || value === 'off',
  airplane: (value) => typeof value === 'boolean',
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
  readonly #battery: Battery

  constructor(
    facts: FactRows,
    clock: Clock,
    changed: (before: DeviceView, now: DeviceView) => void,
    costs?: BatteryCosts,
  ) {
    this.#facts = facts
    this.#battery = new Battery(costs)
    this.#clock = clock
    this.#changed = changed
    const stored = facts.find(FACT)
    this.#view = { ...FIRST, ...(stored && (JSON.parse(stored) as Partial<DeviceView>)) }
  }

  get view(): DeviceView {
    return this.#view
  }

  get batteryUse(): BatteryUse {
    return this.#battery.use
  }

  /** Switching the power on starts the app. Throws TETHER_ERR_BODY for a value that a device cannot have. */
  set(patch: DevicePatch): void {
    for (const [field, value] of Object.entries(patch)) {
      const isAllowed = Object.hasOwn(allowed, field) && allowed[field as keyof DeviceView](value)
      if (value !== undefined && !isAllowed) throw new TetherError('TETHER_ERR_BODY', `device ${field}`)
    }
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
    const before = this.#view
    const boots = before.power === 'off' && given['power'] === 'on'
    const now = { ...before, ...(boots && { app: 'running' }), ...(given as DevicePatch) } as DeviceView
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

  /** A frame was relayed: it costs something, plugged in or not. */
  relayed(): void {
    this.#drain(this.#battery.relay())
  }

  #tick(): void {
    const { plugged, batteryPercent, power, app } = this.#view
    if (plugged) this.set({ batteryPercent: Math.min(100, batteryPercent + 1) })
    else if (power === 'on' && app !== 'killed') this.#drain(this.#battery.standBy(CHARGE_MS / MINUTE_MS))
  }

  #drain(percent: number): void {
    const { plugged, batteryPercent } = this.#view
    if (percent > 0 && !plugged && batteryPercent > 1)
      this.set({ batteryPercent: Math.max(1, batteryPercent - percent) })
  }
}

/** Whether the app of a device runs, asleep or not. */
export function isAppThere({ power, app }: DeviceView): boolean {
  return power === 'on' && app !== 'killed'
}

/** Whether the server can be reached from a device. */
export function isReachable(device: DeviceView): boolean {
  return isAppThere(device) && !device.airplane && device.network !== 'none'
}
