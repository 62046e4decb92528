/** A WebSocket handshake written by hand: headers that no client library would send, and the answer as it came. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface UpgradeAnswer {
  readonly status: number
  /** Header names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  /** What followed the headers. */
  readonly body: string
}

/** Sends the handshake with these header lines besides the needed ones; answers when the headers are there. */
export async function upgrade(
  serverUrl: string,
  path: string,
  lines: readonly string[],
): Promise<UpgradeAnswer> {
  const socket = connect(Number(new URL(serverUrl).port), '127.0.0.1')
  await once(socket, 'connect')
  return upgradeOver(socket, path, lines)
}

/** The same over a connection that is there, which ends with it. */
export async function upgradeOver(
  socket: Socket,
  path: string,
  lines: readonly string[],
): Promise<UpgradeAnswer> {
  const needed = [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  ]
  socket.write(`GET ${path} HTTP/1.1\r\n${[...lines, ...needed].join('\r\n')}\r\n\r\n`)
  let text = ''
  while (!/\r\n\r\n/.test(text)) {
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    text += bytes.toString('latin1')
  }
  socket.destroy()
  const [head, body] = text.split(/\r\n\r\n/, 2) as [string, string]
  const [first, ...rest] = head.split('\r\n') as [string, ...string[]]
  const headers = new Map(
    rest.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  )
  return { status: Number(first.split(' ')[1]), headers, body }
}
