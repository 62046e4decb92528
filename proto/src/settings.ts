/**
 * Settings of a program: a table of environment names, and a reader that says clearly what is wrong. Values never
 * stand in an error, since some are secret. The table is also what --help prints.
 */
import { TetherError } from './errors.ts'

export interface Setting {
  readonly env: string
  readonly fallback: string
  readonly about: string
}

/** Settings that mean the same in every program. */
// prettier-ignore
export const sharedSettings = {
  host:         { env: 'TETHER_HOST', fallback: '127.0.0.1', about: 'address to listen on' },
  dataDir:      { env: 'TETHER_DATA_DIR', fallback: '.tether', about: 'folder for databases; :memory: keeps nothing' },
  seed:         { env: 'TETHER_SEED', fallback: '', about: 'makes all keys and ids reproducible; for studies only' },
  logLevel:     { env: 'TETHER_LOG_LEVEL', fallback: 'info', about: 'trace, debug, info, warn, error, fatal or silent' },
  allowedHosts: { env: 'TETHER_ALLOWED_HOSTS', fallback: '', about: 'further host names of this machine, with commas; addresses and localhost always pass' },
} as const satisfies Record<string, Setting>

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

/** Reads settings by name; each method throws TETHER_ERR_CONFIG, which names the variable and what it should be. */
export interface SettingsReader<Name extends string> {
  text(name: Name): string
  /** Null when empty. */
  optional(name: Name): string | null
  whole(name: Name, min: number, max: number): number
  oneOf<T extends string>(name: Name, values: readonly T[]): T
  /** Parts between commas, without blanks. */
  list(name: Name): readonly string[]
  refuse(name: Name, expected: string): never
}

export function settingsReader<Name extends string>(
  settings: Readonly<Record<Name, Setting>>,
  env: Readonly<Record<string, string | undefined>>,
): SettingsReader<Name> {
  const text = (name: Name): string => env[settings[name].env] ?? settings[name].fallback
  const refuse = (name: Name, expected: string): never => {
    throw new TetherError('TETHER_ERR_CONFIG', `${settings[name].env} must be ${expected}`)
  }
  return {
    text,
    refuse,
    optional: (name) => (text(name) === '' ? null : text(name)),
    whole(name, min, max) {
      const value = text(name).trim() === '' ? NaN : Number(text(name))
      const fits = Number.isInteger(value) && value >= min && value <= max
      return fits ? value : refuse(name, `a whole number from ${min} to ${max}`)
    },
    oneOf(name, values) {
      return values.find((value) => value === text(name)) ?? refuse(name, `one of ${values.join(', ')}`)
    },
    list: (name) =>
      text(name)
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== ''),
  }
}

/** A failure to listen in words that help: TETHER_ERR_PORT, naming the variable, when the port is taken. */
export function listenError(error: unknown, port: Setting): unknown {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  if (!taken) return error
  const detail = `${error.message}; ${port.env} chooses another, 0 any free one`
  return new TetherError('TETHER_ERR_PORT', detail, { cause: error })
}

/** The text of --help: one line a setting. */
export function describeSettings(settings: Readonly<Record<string, Setting>>): string {
  return Object.values(settings)
    .map(
      ({ env, fallback, about }) => `  ${env.padEnd(24)} ${about}${fallback === '' ? '' : ` (${fallback})`}`,
    )
    .join('\n')
}
