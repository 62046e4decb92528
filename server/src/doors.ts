/** Who may knock (research S9): the checks of proto/doors with this server's settings. */
import type { IncomingHttpHeaders } from 'node:http'
import { checkHost, checkOrigin } from 'proto/doors'
import { LEGACY_ORIGIN, type ServerConfig } from './config.ts'
import type { Door } from './context.ts'
import { LEGACY_NAMES } from './legacy-names.ts'

/**
 * HTTP: a Host name of ours, at the TLS door a legacy name too, and no page of another origin. Throws TETHER_ERR_HOST,
 * TETHER_ERR_ORIGIN.
 */
export function assertHttpDoor(headers: IncomingHttpHeaders, config: ServerConfig, door: Door): void {
  const host = headers.host
  checkHost(host, hostsOf(config, door))
  checkOrigin(headers.origin, { allowed: ownOrigins(host), required: false })
}

/**
 * Media and pictures: a Host name of ours. Anybody may download, since what is there is under a name that cannot be
 * guessed; uploads come from our page and from clients that name the legacy origin (spec 16.2). Throws TETHER_ERR_HOST,
 * TETHER_ERR_ORIGIN.
 */
export function assertMediaDoor(
  method: string,
  headers: IncomingHttpHeaders,
  config: ServerConfig,
  door: Door,
): void {
  checkHost(headers.host, hostsOf(config, door))
  if (method === 'GET' || method === 'HEAD') return
  const allowed = [...originsOf(config, door), ...ownOrigins(headers.host)]
  checkOrigin(headers.origin, { allowed, required: false })
}

/** /phone: the configured Host names at every door, and no page at all. Throws TETHER_ERR_HOST, TETHER_ERR_ORIGIN. */
export function assertPhoneDoor(headers: IncomingHttpHeaders, config: ServerConfig): void {
  checkHost(headers.host, config.allowedHosts)
  checkOrigin(headers.origin, { allowed: [], required: false })
}

/**
 * /ws: an allowed Origin among the values; clients of the time name a Host that is not ours (spec 1.1). A page of our
 * own passes when its Host is ours too. Throws TETHER_ERR_ORIGIN.
 */
export function assertSocketDoor(headers: IncomingHttpHeaders, config: ServerConfig, door: Door): void {
  const own = isOurs(headers.host, hostsOf(config, door)) ? ownOrigins(headers.host) : []
  checkOrigin(headers.origin, { allowed: [...originsOf(config, door), ...own], required: true })
}

function hostsOf({ allowedHosts }: ServerConfig, door: Door): readonly string[] {
  return door === 'legacyTls' ? [...allowedHosts, ...LEGACY_NAMES] : allowedHosts
}

/** The TLS door is there for legacy clients, whatever the setting says of the plain one. */
function originsOf({ allowedOrigins }: ServerConfig, door: Door): readonly string[] {
  return door === 'legacyTls' ? [...allowedOrigins, LEGACY_ORIGIN] : allowedOrigins
}

function isOurs(host: string | undefined, allowedHosts: readonly string[]): boolean {
  try {
    checkHost(host, allowedHosts)
    return true
  } catch {
    return false
  }
}

function ownOrigins(host: string | undefined): string[] {
  return host === undefined ? [] : [`http://${host}`, `https://${host}`]
}
