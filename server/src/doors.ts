/** Who may knock (research S9): the checks of proto/doors with this server's settings. */
import type { IncomingHttpHeaders } from 'node:http'
import { checkHost, checkOrigin } from 'proto/doors'
import type { ServerConfig } from './config.ts'

/** HTTP: a Host name of ours, and no page of another origin. Throws TETHER_ERR_HOST, TETHER_ERR_ORIGIN. */
export function assertHttpDoor(headers: IncomingHttpHeaders, config: ServerConfig): void {
  const host = headers.host
  checkHost(host, config.allowedHosts)
  checkOrigin(headers.origin, { allowed: ownOrigins(host), required: false })
}

/**
 * Media: a Host name of ours. Anybody may download, since what is there is ciphertext under a name that cannot be
 * guessed; uploads come from our page and from clients that name the legacy origin (spec 16.2). Throws TETHER_ERR_HOST,
 * TETHER_ERR_ORIGIN.
 */
export function assertMediaDoor(method: string, headers: IncomingHttpHeaders, config: ServerConfig): void {
  checkHost(headers.host, config.allowedHosts)
  if (method === 'GET' || method === 'HEAD') return
  const allowed = [...config.allowedOrigins, ...ownOrigins(headers.host)]
  checkOrigin(headers.origin, { allowed, required: false })
}

/** /phone: the same Host names, and no page at all. Throws TETHER_ERR_HOST, TETHER_ERR_ORIGIN. */
export function assertPhoneDoor(headers: IncomingHttpHeaders, config: ServerConfig): void {
  checkHost(headers.host, config.allowedHosts)
  checkOrigin(headers.origin, { allowed: [], required: false })
}

/**
 * /ws: an allowed Origin among the values; clients of the time name a Host that is not ours (spec 1.1). A page of our
 * own passes when its Host is ours too. Throws TETHER_ERR_ORIGIN.
 */
export function assertSocketDoor(headers: IncomingHttpHeaders, config: ServerConfig): void {
  const { allowedHosts, allowedOrigins } = config
  const own = isOurs(headers.host, allowedHosts) ? ownOrigins(headers.host) : []
  checkOrigin(headers.origin, { allowed: [...allowedOrigins, ...own], required: true })
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
