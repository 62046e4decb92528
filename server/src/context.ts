/** What every part of the relay is given: the seams, the stores and the counters. Built once, in server.ts. */
import type { Clock } from 'proto/clock'
import type { Crash } from 'proto/crash-points'
import type { Entropy } from 'proto/entropy'
import type { Links } from 'proto/link'
import type { Trace } from 'proto/trace'
import type { ServerConfig } from './config.ts'
import type { Counters } from './counters.ts'
import type { Stores } from './stores.ts'

/** The part of pino that is used; passed down from main. */
export interface Log {
  trace(fields: object, text: string): void
  debug(fields: object, text: string): void
  info(fields: object, text: string): void
  warn(fields: object, text: string): void
  error(fields: object, text: string): void
}

export interface Context {
  readonly clock: Clock
  readonly entropy: Entropy
  readonly links: Links
  readonly trace: Trace | undefined
  /** Where a harness ends this server. */
  readonly crash?: Crash | undefined
  readonly stores: Stores
  readonly config: ServerConfig
  readonly counters: Counters
  readonly log: Log
}

/** The listener a connection came in at; `legacyTls` is the closed-network way in. */
export type Door = 'plain' | 'legacyTls'

/** What the server can tell about a connection when it opens. */
export interface PeerFacts {
  readonly address: string
  readonly userAgent: string
  readonly door: Door
  /** `host:port` of this server that the peer connected to, the TLS door's for one that came by the proxy; absent where there is no socket. */
  readonly reached?: string
}
