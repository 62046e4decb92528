/**
 * The closed-network way in for clients whose address is built in (spec 1.1): a test CA, a TLS door under the legacy
 * names, and a CONNECT proxy that leads there. Off unless asked for; on loopback only, whatever else the server does.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Clock } from 'proto/clock'
import type { Entropy } from 'proto/entropy'
import { TetherError } from 'proto/errors'
import { listenError, type Setting } from 'proto/settings'
import { settings, type ServerConfig } from './config.ts'
import { openConnectProxy } from './connect-proxy.ts'
import type { Log } from './context.ts'
import { openCertificates } from './legacy-ca-folder.ts'
import { openTlsDoor } from './legacy-tls.ts'
import { isLoopback, LOOPBACK, type LoopbackListener } from './loopback.ts'
import type { Server } from './server.ts'

interface LegacyWayInParts {
  /** Listening already. */
  readonly server: Server
  readonly config: ServerConfig
  readonly clock: Clock
  /** Of the keys: not a known seed, since clients are told to trust this CA. */
  readonly entropy: Entropy
  readonly log: Log
}

/** What a client has to be told. */
export interface LegacyTlsFacts {
  /** Absolute path of the test CA, PEM. */
  readonly caFile: string
  readonly tlsPort: number
  readonly proxyUrl: string
}

export interface LegacyWayIn {
  readonly facts: LegacyTlsFacts
  /** Closes the server too: first nobody comes in, then every connection hears that it ends, then the rest is cut. */
  close(): Promise<void>
}

/** Throws TETHER_ERR_CONFIG when the server listens on a network. Call it before anything listens. */
export function assertClosedNetwork({ host }: ServerConfig): void {
  if (isLoopback(host)) return
  const detail = `${settings.host.env} must be a loopback address with --legacy-tls`
  throw new TetherError('TETHER_ERR_CONFIG', detail)
}

/** Throws TETHER_ERR_CONFIG, TETHER_ERR_PORT naming the setting, and what the file system throws; nothing listens then. */
export async function openLegacyWayIn(parts: LegacyWayInParts): Promise<LegacyWayIn> {
  const { server, config, clock, entropy, log } = parts
  assertClosedNetwork(config)
  const { counters } = server
  const keepsNothing = config.dataDir === ':memory:'
  const folder = keepsNothing
    ? mkdtempSync(join(tmpdir(), 'tether-legacy-tls-'))
    : resolve(config.dataDir, 'legacy-tls')
  const opened: LoopbackListener[] = []
  const close = async (meanwhile: () => Promise<void>): Promise<void> => {
    const stopped = Promise.all(opened.map((listener) => listener.stop()))
    await meanwhile()
    for (const listener of opened) listener.destroy()
    await stopped
    if (keepsNothing) rmSync(folder, { recursive: true, force: true })
  }

  try {
    const { caFile, server: certified, made } = openCertificates(folder, { clock, entropy })
    if (made.ca) log.info({ caFile }, 'a new test CA: clients have to read its file again')
    const door = await openTlsDoor({
      app: server.app,
      port: config.legacyTlsPort,
      certified,
      counters,
    }).catch(naming(settings.legacyTlsPort))
    opened.push(door)
    const proxy = await openConnectProxy({
      port: config.legacyProxyPort,
      tlsPort: door.port,
      enter: (socket) => door.enter(socket),
      clock,
      counters,
      log,
    }).catch(naming(settings.legacyProxyPort))
    opened.push(proxy)
    const facts = { caFile, tlsPort: door.port, proxyUrl: `http://${LOOPBACK}:${proxy.port}` }
    return { facts, close: () => close(() => server.close()) }
  } catch (error) {
    await close(async () => undefined)
    throw error
  }
}

function naming(port: Setting): (error: unknown) => never {
  return (error) => {
    throw listenError(error, port)
  }
}
