/**
 * The phones program: settings, phones, HTTP side, a word to the parent when ready, and a clean stop. The only file
 * of the package that takes the real clock and the system's randomness.
 */
import { pino } from 'pino'
import { causalLog } from 'proto/causal-log'
import { seededEntropy } from 'proto/entropy'
import { codeOf } from 'proto/errors'
import { describeSettings, listenError } from 'proto/settings'
import { realClock, systemEntropy } from 'proto/system'
import { buildApp } from './app.ts'
import { addCast } from './cast.ts'
import { resetCast } from './demo.ts'
import { phonesFolder, readConfig, settings } from './config.ts'
import { httpPreviews } from './link-preview.ts'
import { Phones } from './phones.ts'
import { serverHttp } from './server-http.ts'
import { connectSocket } from './socket.ts'

const CANNOT_START = 1

async function run(): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(`The phones. Settings, from the environment:\n${describeSettings(settings)}\n`)
    return
  }
  const config = readConfig(process.env)
  const log = pino({ name: 'phones', level: config.logLevel })
  const phones = new Phones({
    folder: phonesFolder(config),
    passphrase: config.vaultPassphrase,
    clock: realClock,
    entropy: config.seed === null ? systemEntropy : seededEntropy(config.seed),
    connect: () => connectSocket(`${config.serverUrl.replace(/^http/, 'ws')}/phone`, realClock),
    server: serverHttp(config.serverUrl),
    previews: config.linkPreviews ? httpPreviews(realClock) : undefined,
    batteryCosts: config.batteryCosts,
    receiptDelayMs: config.receiptDelayMs,
    receiptsTo: config.receiptsTo,
    log,
    ...(log.isLevelEnabled('debug') && { trace: causalLog(log) }),
  })
  await phones.open()
  if (config.cast) await addCast(phones, realClock)
  const app = await buildApp({
    phones,
    clock: realClock,
    allowedHosts: config.allowedHosts,
    log,
    page: {
      browserUrl: config.browserUrl,
      ...(config.cast && { reset: () => resetCast(phones, realClock) }),
    },
  })

  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    void (async () => {
      await app.close()
      await phones.close()
      process.exit(0)
    })().catch(fail)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('disconnect', stop) // the parent is gone

  const address = await app.listen({ host: config.host, port: config.port }).catch((error: unknown) => {
    throw listenError(error, settings.port)
  })
  const url = address.replace('127.0.0.1', 'localhost')
  log.info({ url, phones: phones.list().length }, 'phones ready')
  process.send?.({ type: 'ready', url })
}

function fail(error: unknown): void {
  process.stderr.write(`phones: ${codeOf(error)}: ${error instanceof Error ? error.message : 'unknown'}\n`)
  process.exit(CANNOT_START)
}

run().catch(fail)
