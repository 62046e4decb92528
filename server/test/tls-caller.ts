/** Calls the TLS door as a client does: straight or over a socket that leads there, trusting one CA. */
import { once } from 'node:events'
import { request, type RequestOptions } from 'node:https'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'

export interface CallAnswer {
  readonly status: number
  readonly body: string
}

/** A TLS connection for `servername` to a port of this machine, or over `socket`. Rejects as TLS does. */
export async function tlsTo(
  to: { readonly port: number } | { readonly socket: Socket },
  servername: string,
  ca: string,
  ALPNProtocols: string[] = [],
): Promise<TLSSocket> {
  const where = 'port' in to ? { port: to.port, host: '127.0.0.1' } : to
  const socket = connect({ ...where, servername, ca, ...(ALPNProtocols.length > 0 ? { ALPNProtocols } : {}) })
  await once(socket, 'secureConnect')
  socket.on('error', () => undefined)
  return socket
}

/** One request over an open TLS connection, which ends with it. */
export async function call(
  socket: TLSSocket,
  options: RequestOptions,
  payload?: Uint8Array,
): Promise<CallAnswer> {
  const sent = request({ ...options, createConnection: () => socket })
  sent.end(payload)
  const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream & { statusCode: number }]
  let body = ''
  for await (const chunk of response) body += String(chunk)
  return { status: response.statusCode, body }
}

/** A plain connection to a port of this machine; errors after it is open are kept quiet. */
export async function tcpTo(port: number): Promise<Socket> {
  const socket = connectTcp(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => undefined)
  return socket
}

/** Says `text` and gives what comes back up to the end of the headers. */
export async function ask(socket: Socket, text: string): Promise<string> {
  socket.write(text)
  let heard = ''
  while (!heard.includes('\r\n\r\n')) {
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    heard += bytes.toString('latin1')
  }
  return heard
}
