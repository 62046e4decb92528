/** Public names of the relay, for the in-process world and tests. */
export { buildServer, type Server, type ServerOptions } from './server.ts'
export { readConfig, databasePath, settings, type ServerConfig } from './config.ts'
export type { Context, Door, Log, PeerFacts } from './context.ts'
export { openLegacyWayIn, type LegacyTlsFacts, type LegacyWayIn } from './legacy-way-in.ts'
export type { Stores } from './stores.ts'
export { Counters } from './counters.ts'
