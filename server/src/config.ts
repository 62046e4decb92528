/** Settings of the relay: environment in, one frozen object out. The table is also what --help prints. */
import { join } from 'node:path'
import { limit } from 'proto/limits'
import { TetherError } from 'proto/errors'

export interface ServerConfig {
  readonly host: string
  readonly port: number
  /** Folder of the database, or ':memory:'. */
  readonly dataDir: string
  readonly seed: string | null
  readonly logLevel: string
  /** When a resuming browser must answer a challenge: never by default, since one surviving client cannot (spec 7.3). */
  readonly challenge: 'never' | 'always'
  readonly refTtlMs: number
  readonly smsCodeDigits: number
  readonly allowedHosts: readonly string[]
  readonly allowedOrigins: readonly string[]
  /** Version told to clients (spec 4 `curr`). */
  readonly clientVersion: string
  /** Whether registration codes can be read at /sim/sms: the point of a simulator, to be off anywhere else. */
  readonly smsOutbox: boolean
}

export const LEGACY_ORIGIN = 'https://web.whatsapp.com'

interface Setting {
  readonly env: string
  readonly fallback: string
  readonly about: string
}

// prettier-ignore
export const settings = {
  host:           { env: 'TETHER_HOST', fallback: '127.0.0.1', about: 'address to listen on' },
  port:           { env: 'TETHER_SERVER_PORT', fallback: '8080', about: 'port of the relay and the browser client; 0 = any free one' },
  dataDir:        { env: 'TETHER_DATA_DIR', fallback: '.tether', about: 'folder for databases; :memory: keeps nothing' },
  seed:           { env: 'TETHER_SEED', fallback: '', about: 'makes all keys and ids reproducible; for studies only' },
  logLevel:       { env: 'TETHER_LOG_LEVEL', fallback: 'info', about: 'trace, debug, info, warn, error, fatal or silent' },
  challenge:      { env: 'TETHER_CHALLENGE', fallback: 'never', about: 'never or always: whether a resuming browser is challenged' },
  refTtlMs:       { env: 'TETHER_REF_TTL_MS', fallback: String(limit('REF_TTL_MS')), about: 'how long a QR code is shown' },
  smsCodeDigits:  { env: 'TETHER_SMS_DIGITS', fallback: String(limit('SMS_CODE_DIGITS')), about: 'length of a registration code, 4 to 8' },
  allowedHosts:   { env: 'TETHER_ALLOWED_HOSTS', fallback: '', about: 'further host names of this server, with commas; addresses and localhost always pass' },
  allowedOrigins: { env: 'TETHER_ALLOWED_ORIGINS', fallback: LEGACY_ORIGIN, about: 'origins besides its own whose pages may connect' },
  clientVersion:  { env: 'TETHER_CLIENT_VERSION', fallback: '2.2142.12', about: 'current client version told to clients' },
  smsOutbox:      { env: 'TETHER_SMS_OUTBOX', fallback: 'on', about: 'on or off: registration codes readable at /sim/sms' },
} as const satisfies Record<string, Setting>

/** Throws TETHER_ERR_CONFIG naming the setting. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): ServerConfig {
  const text = (name: keyof typeof settings): string => env[settings[name].env] ?? settings[name].fallback
  const whole = (name: keyof typeof settings, min: number, max: number): number => {
    const value = Number(text(name))
    if (!Number.isInteger(value) || value < min || value > max)
      bad(name, `a whole number from ${min} to ${max}`)
    return value
  }
  const oneOf = <T extends string>(name: keyof typeof settings, values: readonly T[]): T => {
    const value = text(name) as T
    if (!values.includes(value)) bad(name, `one of ${values.join(', ')}`)
    return value
  }
  const list = (name: keyof typeof settings): readonly string[] =>
    text(name)
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '')
  return Object.freeze({
    host: text('host'),
    port: whole('port', 0, 65_535),
    dataDir: text('dataDir'),
    seed: text('seed') === '' ? null : text('seed'),
    logLevel: oneOf('logLevel', ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    challenge: oneOf('challenge', ['never', 'always']),
    refTtlMs: whole('refTtlMs', 1_000, 600_000),
    smsCodeDigits: whole('smsCodeDigits', 4, 8),
    allowedHosts: list('allowedHosts'),
    allowedOrigins: list('allowedOrigins'),
    clientVersion: text('clientVersion'),
    smsOutbox: oneOf('smsOutbox', ['on', 'off']) === 'on',
  })
}

export function databasePath(config: ServerConfig): string {
  return config.dataDir === ':memory:' ? ':memory:' : join(config.dataDir, 'server', 'server.db')
}

/** The text of --help. */
export function describeSettings(): string {
  return Object.values(settings)
    .map(
      ({ env, fallback, about }) => `  ${env.padEnd(24)} ${about}${fallback === '' ? '' : ` (${fallback})`}`,
    )
    .join('\n')
}

function bad(name: keyof typeof settings, expected: string): never {
  throw new TetherError('TETHER_ERR_CONFIG', `${settings[name].env} must be ${expected}`)
}
