/**
 * The TLS door: what comes in here is the same HTTP server, without a copy in between. It ends TLS and hands the socket
 * on; requests are told apart by their socket.
 */
import type { Socket } from 'node:net'
import { createServer } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import type { Counters } from './counters.ts'
import { cameByTls } from './entrance.ts'
import type { CertifiedKey } from './legacy-ca.ts'
import { listenOnLoopback, type LoopbackListener } from './loopback.ts'

interface TlsDoorParts {
  /** Listening already: its timeouts begin with that. */
  readonly app: FastifyInstance
  /** 0 = any free one. */
  readonly port: number
  readonly certified: CertifiedKey
  readonly counters: Counters
  readonly handshakeMs?: number
}

export interface TlsDoor extends LoopbackListener {
  /** Takes a connection that came another way, as if it had come here. */
  enter(socket: Socket): void
}

/** Throws TETHER_ERR_STATE when the HTTP server does not listen, and what `listen` throws. */
export async function openTlsDoor(parts: TlsDoorParts): Promise<TlsDoor> {
  const { app, port, certified, counters, handshakeMs = limit('LEGACY_TLS_HANDSHAKE_MS') } = parts
  if (!app.server.listening) throw new TetherError('TETHER_ERR_STATE', 'the HTTP server does not listen')
  const server = createServer({
    cert: certified.certificate,
    key: certified.key,
    ALPNProtocols: ['http/1.1'], // Go offers h2 too
    handshakeTimeout: handshakeMs,
  })
  server.on('secureConnection', (socket) => {
    counters.add('legacy', 'tlsOpened')
    cameByTls(socket, listener.port)
    app.server.emit('connection', socket)
  })
  server.on('tlsClientError', (error: Error & { readonly code?: string }, socket) => {
    if (error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT') counters.add('limits', 'LEGACY_TLS_HANDSHAKE_MS')
    counters.add('errors', 'TETHER_ERR_TLS')
    socket.destroy()
  })
  const listener = await listenOnLoopback(server, { port, sockets: 'LEGACY_TLS_SOCKETS', counters })
  return { ...listener, enter: (socket) => void server.emit('connection', socket) }
}
