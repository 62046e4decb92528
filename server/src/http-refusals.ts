/** What Node's HTTP server refuses before a request is one: with a code and a counter, as everything else. */
import type { Socket } from 'node:net'
import { TetherError, type ErrorCode } from 'proto/errors'
import type { LimitName } from 'proto/limits'
import type { Counters } from './counters.ts'

interface Refusal {
  readonly status: string
  /** Null where nothing was said that could be wrong. */
  readonly code: ErrorCode | null
  readonly limitName?: LimitName
}

/** By the code of Node's error; everything else is no HTTP. */
const refusals: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    code: 'TETHER_ERR_TOO_LARGE',
    limitName: 'HTTP_HEADER_BYTES',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { status: '408 Request Timeout', code: null, limitName: 'HTTP_REQUEST_MS' },
}
const NO_HTTP: Refusal = { status: '400 Bad Request', code: 'TETHER_ERR_BODY' }

/** Answers, as far as the far end listens, and ends the connection. */
export function refuseRequest(
  { code: cause }: Error & { readonly code?: string },
  socket: Socket,
  counters: Counters,
): void {
  if (cause === 'ECONNRESET' || socket.destroyed) return
  const { status, code, limitName } = refusals[cause ?? ''] ?? NO_HTTP
  if (code !== null) counters.add('errors', code)
  if (limitName !== undefined) counters.add('limits', limitName)
  if (socket.writable) socket.write(answer(status, code))
  socket.destroy()
}

function answer(status: string, code: ErrorCode | null): string {
  const body = code === null ? '' : JSON.stringify({ code, message: new TetherError(code).message })
  const type = body === '' ? '' : 'content-type: application/json\r\n'
  return `HTTP/1.1 ${status}\r\nconnection: close\r\n${type}content-length: ${body.length}\r\n\r\n${body}`
}
