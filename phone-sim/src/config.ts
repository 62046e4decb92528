/** Settings of the phones program: environment in, one frozen object out. The table is also what --help prints. */
import { join } from 'node:path'
import { TetherError } from 'proto/errors'

export interface PhonesConfig {
  readonly host: string
  readonly port: number
  /** Folder of the phones' files, or ':memory:'. */
  readonly dataDir: string
  readonly seed: string | null
  readonly logLevel: string
  /** Base address of the server, without a slash at the end. */
  readonly serverUrl: string
  /** Opens every vault; null: a key file in the data folder does. Never logged. */
  readonly vaultPassphrase: string | null
  /** Whether Alice and Bob are made when there is no phone yet. */
  readonly cast: boolean
  readonly allowedHosts: readonly string[]
}

interface Setting {
  readonly env: string
  readonly fallback: string
  readonly about: string
}

// prettier-ignore
export const settings = {
  host:            { env: 'TETHER_HOST', fallback: '127.0.0.1', about: 'address to listen on' },
  port:            { env: 'TETHER_PHONES_PORT', fallback: '8081', about: 'port of the phones; 0 = any free one' },
  dataDir:         { env: 'TETHER_DATA_DIR', fallback: '.tether', about: 'folder for databases; :memory: keeps nothing' },
  seed:            { env: 'TETHER_SEED', fallback: '', about: 'makes all keys and ids reproducible; for studies only' },
  logLevel:        { env: 'TETHER_LOG_LEVEL', fallback: 'info', about: 'trace, debug, info, warn, error, fatal or silent' },
  serverUrl:       { env: 'TETHER_SERVER_URL', fallback: 'http://127.0.0.1:8080', about: 'where the phones find the server; npm start sets it' },
  vaultPassphrase: { env: 'TETHER_VAULT_PASSPHRASE', fallback: '', about: 'opens the vaults of the phones; without it a key file in the data folder does' },
  cast:            { env: 'TETHER_CAST', fallback: 'on', about: 'on or off: make Alice and Bob when there is no phone yet' },
  allowedHosts:    { env: 'TETHER_ALLOWED_HOSTS', fallback: '', about: 'further host names of this machine, with commas; addresses and localhost always pass' },
} as const satisfies Record<string, Setting>

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** Throws TETHER_ERR_CONFIG naming the setting, never its value. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): PhonesConfig {
  const text = (name: keyof typeof settings): string => env[settings[name].env] ?? settings[name].fallback
  const port = Number(text('port'))
  if (text('port').trim() === '' || !Number.isInteger(port) || port < 0 || port > 65_535) {
    bad('port', 'a whole number from 0 to 65535')
  }
  if (!LOG_LEVELS.includes(text('logLevel'))) bad('logLevel', `one of ${LOG_LEVELS.join(', ')}`)
  if (!['on', 'off'].includes(text('cast'))) bad('cast', 'on or off')
  return Object.freeze({
    host: text('host'),
    port,
    dataDir: text('dataDir'),
    seed: text('seed') || null,
    logLevel: text('logLevel'),
    serverUrl: serverUrl(text('serverUrl')),
    vaultPassphrase: text('vaultPassphrase') || null,
    cast: text('cast') === 'on',
    allowedHosts: text('allowedHosts')
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== ''),
  })
}

/** Folder of the phones' files; null when nothing is kept. */
export function phonesFolder(config: PhonesConfig): string | null {
  return config.dataDir === ':memory:' ? null : join(config.dataDir, 'phones')
}

/** The text of --help. */
export function describeSettings(): string {
  return Object.values(settings)
    .map(
      ({ env, fallback, about }) => `  ${env.padEnd(24)} ${about}${fallback === '' ? '' : ` (${fallback})`}`,
    )
    .join('\n')
}

function serverUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    bad('serverUrl', 'an http or https address')
  return url.href.replace(/\/+$/, '')
}

function bad(name: keyof typeof settings, expected: string): never {
  throw new TetherError('TETHER_ERR_CONFIG', `${settings[name].env} must be ${expected}`)
}
