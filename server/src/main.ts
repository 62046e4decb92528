/**
 * The relay as a program: environment -> config -> stores -> server -> listen; ends cleanly on SIGTERM and SIGINT.
 * `--legacy-tls` opens the closed-network way in too.
 */
import { pino } from 'pino'
import { causalLog } from 'proto/causal-log'
import { seededEntropy } from 'proto/entropy'
import { codeOf } from 'proto/errors'
import { describeSettings, listenError } from 'proto/settings'
import { realClock, systemEntropy } from 'proto/system'
import { databasePath, readConfig, settings } from './config.ts'
import { assertClosedNetwork, openLegacyWayIn } from './legacy-way-in.ts'
import { REDACTED } from './redaction.ts'
import { buildServer } from './server.ts'
import { openStores } from './store-sqlite.ts'

async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(
      `The relay. --legacy-tls opens a way in for legacy clients with a built-in address (docs/operations.md).\n` +
        `Settings, from the environment:\n${describeSettings(settings)}\n`,
    )
    return
  }
  const config = readConfig(process.env)
  const wantsLegacyTls = process.argv.includes('--legacy-tls')
  if (wantsLegacyTls) assertClosedNetwork(config)
  const log = pino({ name: 'server', level: config.logLevel, redact: REDACTED })
  const entropy = config.seed === null ? systemEntropy : seededEntropy(config.seed).fork('server')
  const path = databasePath(config)
  const stores = await openStores(path, { clock: realClock, entropy: entropy.fork('stores') })
  const trace = log.isLevelEnabled('debug') ? { trace: causalLog(log) } : {}
  const server = await buildServer({ clock: realClock, entropy, stores, config, log, ...trace })
  const address = await server.app
    .listen({ host: config.host, port: config.port })
    .catch((error: unknown) => {
      throw listenError(error, settings.port)
    })
  const url = address.replace('127.0.0.1', 'localhost')
  log.info({ url }, 'the relay is listening')
  const wayIn = wantsLegacyTls
    ? await openLegacyWayIn({ server, config, clock: realClock, entropy: systemEntropy, log })
    : null
  if (wayIn) log.info(wayIn.facts, 'the closed-network way in is open')

  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    const closed = wayIn ? wayIn.close() : server.close()
    closed.then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stop failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('disconnect', stop) // the starter is gone
  process.on('message', (message: { readonly type?: unknown; readonly origins?: unknown }) => {
    // the starter knows where the phones are only when they run
    if (message.type !== 'demo' || !Array.isArray(message.origins)) return
    if (server.view) server.view.origins = message.origins.filter((origin) => typeof origin === 'string')
    process.send?.({ type: 'demo' })
  })
  // last: whoever is told may want the end of it at once
  process.send?.({ type: 'ready', url, ...(wayIn ? { legacyTls: wayIn.facts } : {}) })
}

main().catch((error: unknown) => {
  process.stderr.write(`${codeOf(error)} ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
