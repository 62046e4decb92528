/** Where a connection came in: through which door, and at which address of this machine. */
import type { Socket } from 'node:net'
import type { Door } from './context.ts'

export interface Entrance {
  readonly door: Door
  /** `host:port` at which the far end finds this server again; null where there is no socket. */
  readonly reached: string | null
}

/** Sockets of the TLS door, with the address of that door: one that came by the proxy is at another port. */
const atTlsDoor = new WeakMap<object, string>()

/** Called for each connection of the TLS door before it is served. */
export function cameByTls(socket: Socket, port: number): void {
  atTlsDoor.set(socket, formatAddress(socket.localAddress ?? '', port))
}

/** Of a request's socket; requests that were injected have none. */
export function entranceOf(socket: Partial<Socket> | undefined): Entrance {
  if (socket === undefined) return { door: 'plain', reached: null }
  const reached = atTlsDoor.get(socket)
  if (reached !== undefined) return { door: 'legacyTls', reached }
  const { localAddress, localPort } = socket
  const known = localAddress !== undefined && localPort !== undefined
  return { door: 'plain', reached: known ? formatAddress(localAddress, localPort) : null }
}

/** IPv6 in brackets, mapped IPv4 as IPv4. */
function formatAddress(address: string, port: number): string {
  const plain = address.replace(/^::ffff:(?=[0-9.]+$)/i, '')
  return `${plain.includes(':') ? `[${plain}]` : plain}:${port}`
}
