/** Reads the `Conn` push: who we are, the tokens for next time, and the phone's device data. Spec 5.4, 6. */
import type { Credentials } from './keys.ts'

/** What is known of the phone; null where it has not said. */
export interface PhoneFacts {
  readonly batteryPercent: number | null
  readonly plugged: boolean | null
  readonly model: string | null
  /** It is connected, but its app does not answer (spec 6, Stream). */
  readonly asleep: boolean
}

export interface Conn {
  /** All of them or null: a partial Conn, sent when the phone comes back, has no tokens. */
  readonly tokens: Pick<Credentials, 'wid' | 'clientToken' | 'serverToken' | 'browserToken'> | null
  /** base64; only when pairing. */
  readonly secret: string | null
  readonly pushname: string | null
  /** False when the server says that it cannot reach the phone now. */
  readonly connected: boolean
  readonly phone: Partial<PhoneFacts>
}

/** Never throws: members of the wrong type count as absent. */
export function readConn(body: unknown): Conn {
  const json = objectOf(body)
  const wid = textOf(json.wid)
  const clientToken = textOf(json.clientToken)
  const serverToken = textOf(json.serverToken)
  const full = wid !== null && wid.includes('@') && clientToken !== null && serverToken !== null
  const device = objectOf(json.phone)
  const model = [textOf(device.device_manufacturer), textOf(device.device_model)].filter(Boolean).join(' ')
  return {
    tokens: full ? { wid, clientToken, serverToken, browserToken: textOf(json.browserToken) ?? '' } : null,
    secret: textOf(json.secret),
    pushname: textOf(json.pushname),
    connected: json.connected !== false,
    phone: {
      ...(typeof json.battery === 'number' ? { batteryPercent: json.battery } : {}),
      ...(typeof json.plugged === 'boolean' ? { plugged: json.plugged } : {}),
      ...(model !== '' ? { model } : {}),
    },
  }
}

export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
