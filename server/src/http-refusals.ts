/**
 * What Node's HTTP server and `ws` refuse before a route sees it: with a code and a counter, as everything else. Behind
 * requests that are answered still, the refusal waits for its turn.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TetherError, type ErrorCode } from 'proto/errors'
import type { LimitName } from 'proto/limits'
import type { AnswersDue } from './answers-due.ts'
import type { Counters } from './counters.ts'

interface Refusal {
  readonly status: string
  /** Null where nothing was said that could be wrong. */
  readonly code: ErrorCode | null
  readonly limitName?: LimitName
}

/** A request that does not come to its end. */
export const LATE: Refusal = { status: '408 Request Timeout', code: null, limitName: 'HTTP_REQUEST_MS' }

/** By the code of Node's error; everything else is no HTTP. */
const refusals: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    code: 'TETHER_ERR_TOO_LARGE',
    limitName: 'HTTP_HEADER_BYTES',
  },
  ERR_HTTP_REQUEST_TIMEOUT: LATE,
}
const NO_HTTP: Refusal = { status: '400 Bad Request', code: 'TETHER_ERR_BODY' }
/** The far end is gone, or speaks on behind a request that it has called its last: nobody waits for an answer. */
const UNHEARD: readonly (string | undefined)[] = ['ECONNRESET', 'HPE_CLOSED_CONNECTION']

export class HttpRefusals {
  readonly #counters: Counters
  readonly #due: AnswersDue
  readonly #refused = new WeakSet<Duplex>()

  /** Hears from now on of what never becomes a request of this server. */
  constructor(server: Server, due: AnswersDue, counters: Counters) {
    this.#counters = counters
    this.#due = due
    server.on('timeout', (socket: Socket) => {
      // no limit is met by a connection that has had its answers, and is kept for more
      if (socket.timeout === server.timeout) counters.add('limits', 'HTTP_CONNECTION_MS')
      socket.destroy()
    })
    server.on('connect', (_request, socket) => this.refuse(socket))
    // none but 100-continue has a meaning: whoever expects something else is served as if it did not
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
      server.emit('request', request, response),
    )
  }

  /** What Node could not read as a request, or not in time. */
  unread({ code }: Error & { readonly code?: string }, socket: Duplex): void {
    if (UNHEARD.includes(code) || socket.destroyed) return
    this.refuse(socket, refusals[code ?? ''])
  }

  /** Whether this connection is refused already: what becomes of the rest of its request is no news then. */
  has(socket: Duplex): boolean {
    return this.#refused.has(socket)
  }

  /** Counts, answers behind what is due, as far as the far end listens, and ends the connection. */
  refuse(socket: Duplex, { status, code, limitName }: Refusal = NO_HTTP): void {
    if (this.#refused.has(socket)) return
    this.#refused.add(socket)
    if (code !== null) this.#counters.add('errors', code)
    if (limitName !== undefined) this.#counters.add('limits', limitName)
    this.#due.behind(socket, () => {
      socket.once('finish', () => socket.destroy())
      socket.end(answer(status, code))
    })
  }
}

function answer(status: string, code: ErrorCode | null): string {
  const body = code === null ? '' : JSON.stringify({ code, message: new TetherError(code).message })
  const type = body === '' ? '' : 'content-type: application/json\r\n'
  return `HTTP/1.1 ${status}\r\nconnection: close\r\n${type}content-length: ${body.length}\r\n\r\n${body}`
}
