/**
 * A server that is no relay at all, over real sockets: it answers a legacy client by itself, with no phone and no key
 * that the client has ever shown it. For what a server alone can do to a client.
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Frame } from 'proto/link'

/** One connection of a client. */
export interface FalseLine {
  /** Everything the client has sent, oldest first. */
  readonly heard: readonly Frame[]
  say(frame: Frame): void
  /** Says JSON under a tag. */
  json(tag: string, body: unknown): void
}

export interface FalseRelay {
  /** For clients, as the address of a server. */
  readonly url: string
  stop(): Promise<void>
}

/** Listens on a free port; `hears` is called for each frame of a client. */
export async function falseRelay(hears: (frame: Frame, line: FalseLine) => void): Promise<FalseRelay> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  const sockets = new Set<WebSocket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    const heard: Frame[] = []
    const line: FalseLine = {
      heard,
      say: (frame) => socket.send(frame),
      json: (tag, body) => socket.send(`${tag},${JSON.stringify(body)}`),
    }
    socket.on('close', () => sockets.delete(socket))
    socket.on('message', (data: Buffer, isBinary) => {
      const frame = isBinary ? new Uint8Array(data) : data.toString()
      heard.push(frame)
      hears(frame, line)
    })
  })
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      for (const socket of sockets) socket.terminate()
      server.close()
      await once(server, 'close')
    },
  }
}
