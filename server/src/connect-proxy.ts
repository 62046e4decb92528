/**
 * A CONNECT proxy for clients whose address is built in: every legacy name leads to the TLS door, everything else is
 * refused. It opens no connection of its own, so no way leads out of this machine through it: the client's own socket
 * goes on at the TLS door.
 */
import { createServer, type IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Clock, Timer } from 'proto/clock'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import type { Log } from './context.ts'
import type { Counters } from './counters.ts'
import { isLegacyName, isLocalName } from './legacy-names.ts'
import { listenOnLoopback, type LoopbackListener } from './loopback.ts'

interface ConnectProxyParts {
  /** 0 = any free one. */
  readonly port: number
  /** Of the TLS door: this machine's own names are let through at this port only. */
  readonly tlsPort: number
  /** Takes the client's socket; what the client sent beyond its request is still to be read there. */
  readonly enter: (socket: Socket) => void
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
}

const TARGET = /^(\[[0-9a-f:.]+\]|[^[\]:]+):(\d{1,5})$/i
const ESTABLISHED = 'HTTP/1.1 200 Connection established\r\n\r\n'
const REFUSED = refusal()
/** A host name has at most 253 characters; what a client calls a target may be longer. */
const LOGGED_CHARACTERS = 260

/** Whether a CONNECT target, `host:port`, is this server under one of its names. */
export function leadsHere(target: string, tlsPort: number): boolean {
  const [, host, port] = TARGET.exec(target) ?? []
  if (host === undefined) return false
  return isLegacyName(host) || (isLocalName(host) && Number(port) === tlsPort)
}

/** Rejects as `listen` does. */
export async function openConnectProxy(parts: ConnectProxyParts): Promise<LoopbackListener> {
  const { port, tlsPort, enter, clock, counters, log } = parts
  const waiting = new Map<Socket, Timer>()
  const server = createServer((request) => refuse(request, request.socket))
  server.on('connection', (socket) => {
    socket.on('error', () => socket.destroy())
    const timer = clock.after(limit('LEGACY_PROXY_REQUEST_MS'), () => {
      counters.add('limits', 'LEGACY_PROXY_REQUEST_MS')
      socket.destroy()
    })
    waiting.set(socket, timer)
    socket.once('close', () => waitNoMore(socket))
  })
  server.on('connect', (request, socket, head) => {
    if (!(socket instanceof Socket)) return void socket.destroy() // there are no others here
    if (!leadsHere(request.url ?? '', tlsPort)) return refuse(request, socket)
    waitNoMore(socket)
    counters.add('legacy', 'proxyLed')
    socket.write(ESTABLISHED)
    if (head.length > 0) socket.unshift(head)
    enter(socket)
  })

  function waitNoMore(socket: Socket): void {
    waiting.get(socket)?.cancel()
    waiting.delete(socket)
  }

  function refuse({ method, url }: IncomingMessage, socket: Socket): void {
    counters.add('errors', 'TETHER_ERR_PROXY_TARGET')
    log.warn({ method, target: (url ?? '').slice(0, LOGGED_CHARACTERS) }, 'the proxy refused a target')
    socket.write(REFUSED)
    socket.destroySoon()
  }

  return listenOnLoopback(server, { port, sockets: 'LEGACY_PROXY_SOCKETS', counters })
}

function refusal(): string {
  const { code, message, row } = new TetherError('TETHER_ERR_PROXY_TARGET')
  const body = JSON.stringify({ code, message })
  return [
    `HTTP/1.1 ${row.status} Forbidden`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n')
}
