/** Settings of the phones program: environment in, one frozen object out. The table is also what --help prints. */
import { join } from 'node:path'
import { limit } from 'proto/limits'
import { type BatteryCosts, usualCosts } from './battery.ts'
import type { ReceiptsTo } from './phones.ts'
import { LOG_LEVELS, settingsReader, sharedSettings, type Setting } from 'proto/settings'

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
  /** Whether the phones fetch the pages that texts link to. */
  readonly linkPreviews: boolean
  readonly allowedHosts: readonly string[]
  /** Receipts wait at most so long, at least a third of it. */
  readonly receiptDelayMs: number
  readonly receiptsTo: ReceiptsTo
  readonly batteryCosts: BatteryCosts
  /** Where people find the browser client, for links and for the demo; without a slash at the end. */
  readonly browserUrl: string
}

// prettier-ignore
export const settings = {
  ...sharedSettings,
  port:            { env: 'TETHER_PHONES_PORT', fallback: '8081', about: 'port of the phones; 0 = any free one' },
  serverUrl:       { env: 'TETHER_SERVER_URL', fallback: 'http://127.0.0.1:8080', about: 'where the phones find the server; npm start sets it' },
  vaultPassphrase: { env: 'TETHER_VAULT_PASSPHRASE', fallback: '', about: 'opens the vaults of the phones; without it a key file in the data folder does' },
  cast:            { env: 'TETHER_CAST', fallback: 'on', about: 'on or off: make Alice and Bob when there is no phone yet' },
  linkPreviews:    { env: 'TETHER_LINK_PREVIEWS', fallback: 'off', about: 'on or off: fetch the pages that texts link to, for previews' },
  browserUrl:      { env: 'TETHER_BROWSER_URL', fallback: '', about: 'where people find the browser client, if not where the phones find the server' },
  receiptDelayMs:  { env: 'TETHER_RECEIPT_DELAY_MS', fallback: String(limit('RECEIPT_DELAY_MS')), about: 'receipts leave together after a random pause, at most so long and at least a third of it; 0 = at once' },
  receiptsTo:      { env: 'TETHER_RECEIPTS_TO', fallback: 'neighbours', about: 'known, neighbours or everyone: who is told that a message came or was read; people in the address book or written to before, the other phones of this program too, or strangers as well' },
  batteryPerMinute: { env: 'TETHER_BATTERY_PER_MINUTE', fallback: String(usualCosts.perMinute), about: 'what a minute of standby takes of a battery, in thousandths of a percent' },
  batteryPerFrame:  { env: 'TETHER_BATTERY_PER_FRAME', fallback: String(usualCosts.perFrame), about: 'what a relayed frame takes of a battery, in thousandths of a percent' },
} as const satisfies Record<string, Setting>

/** Throws TETHER_ERR_CONFIG naming the setting, never its value. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): PhonesConfig {
  const read = settingsReader(settings, env)
  const address = (name: 'serverUrl' | 'browserUrl', text: string): string =>
    serverUrl(text) ?? read.refuse(name, 'an http or https address')
  const relay = address('serverUrl', read.text('serverUrl'))
  return Object.freeze({
    host: read.text('host'),
    port: read.whole('port', 0, 65_535),
    dataDir: read.text('dataDir'),
    seed: read.optional('seed'),
    logLevel: read.oneOf('logLevel', LOG_LEVELS),
    serverUrl: relay,
    browserUrl: address('browserUrl', read.optional('browserUrl') ?? relay),
    vaultPassphrase: read.optional('vaultPassphrase'),
    cast: read.oneOf('cast', ['on', 'off']) === 'on',
    linkPreviews: read.oneOf('linkPreviews', ['on', 'off']) === 'on',
    allowedHosts: read.list('allowedHosts'),
    receiptDelayMs: read.whole('receiptDelayMs', 0, 60_000),
    receiptsTo: read.oneOf('receiptsTo', ['known', 'neighbours', 'everyone']),
    batteryCosts: {
      perMinute: read.whole('batteryPerMinute', 0, 100_000),
      perFrame: read.whole('batteryPerFrame', 0, 100_000),
    },
  })
}

/** Folder of the phones' files; null when nothing is kept. */
export function phonesFolder(config: PhonesConfig): string | null {
  return config.dataDir === ':memory:' ? null : join(config.dataDir, 'phones')
}

/** Without a slash at the end; null when it is no such address. */
function serverUrl(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url.href.replace(/\/+$/, '') : null
}
