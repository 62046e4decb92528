/** Settings of the relay: environment in, one frozen object out. The table is also what --help prints. */
import { isIP } from 'node:net'
import { join } from 'node:path'
import { limit } from 'proto/limits'
import { LOG_LEVELS, settingsReader, sharedSettings, type Setting } from 'proto/settings'
import { parseClientVersion } from './client-version.ts'

export interface ServerConfig {
  readonly host: string
  readonly port: number
  /** Folder of the database, or ':memory:'. */
  readonly dataDir: string
  readonly seed: string | null
  readonly logLevel: string
  /** When a resuming browser must answer a challenge: never by default, since one surviving client cannot (spec 7.3). */
  readonly challenge: 'never' | 'when-needed' | 'always'
  readonly refTtlMs: number
  /** A login that no browser has used for longer ends (spec 7.6, 419). */
  readonly loginUnusedMs: number
  readonly smsCodeDigits: number
  /** `host:port` under which clients upload media; null: where their connection came in. */
  readonly publicHost: string | null
  readonly allowedHosts: readonly string[]
  /** Proxies that are believed when they say whom they speak for. */
  readonly trustedProxies: readonly string[]
  readonly allowedOrigins: readonly string[]
  /** Whether what the relay sees can be watched: from this machine, or by whoever reaches the port. */
  readonly demo: 'off' | 'on' | 'published'
  /** Origins whose pages may watch it, and show the browser client in a frame. */
  readonly demoOrigins: readonly string[]
  /** Ports of the closed-network way in, which only `--legacy-tls` opens. */
  readonly legacyTlsPort: number
  readonly legacyProxyPort: number
  /** Version told to clients (spec 4 `curr`). */
  readonly clientVersion: string
  /** Clients older than this are outdated; null: none is (spec 4). */
  readonly oldestClient: readonly number[] | null
  /** What an outdated client meets: it is told to reload, or `init` is refused as the real service did. */
  readonly outdatedClients: 'tell' | 'refuse'
  /** Whether mail between phones is limited in rate (mail-rates.ts); off is for load tests. */
  readonly mailRates: boolean
  /** Whose unpaired browsers are limited by their address: everybody's, everybody's but this machine's, or nobody's. */
  readonly addressSockets: 'everywhere' | 'elsewhere' | 'off'
  /** Whether registration codes can be read at /sim/sms: the point of a simulator, to be off anywhere else. */
  readonly smsOutbox: boolean
}

export const LEGACY_ORIGIN = 'https://web.whatsapp.com'

// prettier-ignore
export const settings = {
  ...sharedSettings,
  port:           { env: 'TETHER_SERVER_PORT', fallback: '8080', about: 'port of the relay and the browser client; 0 = any free one' },
  challenge:      { env: 'TETHER_CHALLENGE', fallback: 'never', about: 'never, when-needed or always: whether a resuming browser is challenged; when-needed: in another network than last time, after a day unused, and when it takes the place of its own login' },
  refTtlMs:       { env: 'TETHER_REF_TTL_MS', fallback: String(limit('REF_TTL_MS')), about: 'how long a QR code is shown' },
  loginUnusedMs:  { env: 'TETHER_LOGIN_UNUSED_MS', fallback: String(limit('LOGIN_UNUSED_MS')), about: 'how long a login may be unused before it ends' },
  smsCodeDigits:  { env: 'TETHER_SMS_DIGITS', fallback: String(limit('SMS_CODE_DIGITS')), about: 'length of a registration code, 4 to 8' },
  publicHost:     { env: 'TETHER_PUBLIC_HOST', fallback: '', about: 'host:port at which clients reach this server for media; where they connected to when empty' },
  allowedOrigins: { env: 'TETHER_ALLOWED_ORIGINS', fallback: LEGACY_ORIGIN, about: 'origins besides its own whose pages may connect' },
  trustedProxies: { env: 'TETHER_TRUSTED_PROXIES', fallback: '', about: 'addresses of proxies before this server, or ranges as 10.0.0.0/8, whose X-Forwarded-For is believed; without it everybody behind a proxy comes from its address' },
  legacyTlsPort:  { env: 'TETHER_LEGACY_TLS_PORT', fallback: '8443', about: 'with --legacy-tls: port of the TLS door, on loopback; 0 = any free one' },
  legacyProxyPort: { env: 'TETHER_LEGACY_PROXY_PORT', fallback: '8442', about: 'with --legacy-tls: port of the CONNECT proxy, on loopback; 0 = any free one' },
  clientVersion:  { env: 'TETHER_CLIENT_VERSION', fallback: '2.2142.12', about: 'current client version told to clients' },
  oldestClient:   { env: 'TETHER_OLDEST_CLIENT', fallback: '', about: 'clients of an older version are outdated, as 2.2142.12; every version is welcome when empty' },
  outdatedClients: { env: 'TETHER_OUTDATED_CLIENTS', fallback: 'tell', about: 'tell or refuse: whether an outdated client is told to reload, or not let in' },
  demo:           { env: 'TETHER_DEMO', fallback: 'off', about: 'sizes, times and addresses of frames can be watched at /relay-view: on, from this machine; published, also from elsewhere, for a container with a port on loopback; off' },
  demoOrigins:    { env: 'TETHER_DEMO_ORIGINS', fallback: '', about: 'with TETHER_DEMO: origins whose pages may watch, and show the browser client in a frame; npm start names the phones' },
  mailRates:      { env: 'TETHER_MAIL_RATES', fallback: 'on', about: 'on or off: whether mail is limited in rate by sender and recipient (MAIL_PAIR_BURST and so on); off is for load tests' },
  addressSockets: { env: 'TETHER_ADDRESS_SOCKETS', fallback: 'elsewhere', about: 'unpaired browsers of one address are limited (ADDRESS_SOCKETS): elsewhere, all but those of this machine; everywhere, these too; off, where all come from one address' },
  smsOutbox:      { env: 'TETHER_SMS_OUTBOX', fallback: 'on', about: 'on or off: registration codes readable at /sim/sms' },
} as const satisfies Record<string, Setting>

/** Throws TETHER_ERR_CONFIG naming the setting. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): ServerConfig {
  const read = settingsReader(settings, env)
  const oldestClient = read.optional('oldestClient')
  return Object.freeze({
    host: read.text('host'),
    port: read.whole('port', 0, 65_535),
    dataDir: read.text('dataDir'),
    seed: read.optional('seed'),
    logLevel: read.oneOf('logLevel', LOG_LEVELS),
    challenge: read.oneOf('challenge', ['never', 'when-needed', 'always']),
    refTtlMs: read.whole('refTtlMs', 1_000, 600_000),
    loginUnusedMs: read.whole('loginUnusedMs', 1_000, 31_536_000_000),
    smsCodeDigits: read.whole('smsCodeDigits', 4, 8),
    publicHost: read.optional('publicHost'),
    allowedHosts: read.list('allowedHosts'),
    trustedProxies: read
      .list('trustedProxies')
      .map((proxy) =>
        isRange(proxy) ? proxy : read.refuse('trustedProxies', 'addresses, or ranges as 10.0.0.0/8'),
      ),
    allowedOrigins: read.list('allowedOrigins'),
    legacyTlsPort: read.whole('legacyTlsPort', 0, 65_535),
    legacyProxyPort: read.whole('legacyProxyPort', 0, 65_535),
    clientVersion: read.text('clientVersion'),
    oldestClient:
      oldestClient === null
        ? null
        : (parseClientVersion(oldestClient) ?? read.refuse('oldestClient', 'a version as 2.2142.12')),
    outdatedClients: read.oneOf('outdatedClients', ['tell', 'refuse']),
    demo: read.oneOf('demo', ['off', 'on', 'published']),
    demoOrigins: read.list('demoOrigins'),
    mailRates: read.oneOf('mailRates', ['on', 'off']) === 'on',
    addressSockets: read.oneOf('addressSockets', ['elsewhere', 'everywhere', 'off']),
    smsOutbox: read.oneOf('smsOutbox', ['on', 'off']) === 'on',
  })
}

/** An address, or an address and how many of its bits count. */
function isRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  const count = bits === undefined ? most : /^[0-9]+$/.test(bits) ? Number(bits) : -1
  return more.length === 0 && most >= 0 && count >= 0 && count <= most
}

export function databasePath(config: ServerConfig): string {
  return config.dataDir === ':memory:' ? ':memory:' : join(config.dataDir, 'server', 'server.db')
}
