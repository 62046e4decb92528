/**
 * The relay as its own program builds it, with one more thing: its parent may plan the instant of proto/crash-points at
 * which it kills itself with SIGKILL. The program that is shipped gives no such argument and has no setting for it.
 */
import { pino } from 'pino'
import { realClock, systemEntropy } from 'proto/system'
import { databasePath, readConfig } from 'server/config'
import { buildServer } from 'server/server'
import { openStores } from 'server/store-sqlite'
import { doom } from './doom.ts'

const config = readConfig(process.env)
const stores = await openStores(databasePath(config), { clock: realClock, entropy: systemEntropy })
const server = await buildServer({
  ...{ clock: realClock, entropy: systemEntropy, stores, config },
  log: pino({ level: config.logLevel }),
  crash: doom,
})
const url = await server.app.listen({ host: config.host, port: config.port })
process.on('disconnect', () => process.exit(0))
process.send!({ type: 'ready', url })
