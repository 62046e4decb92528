/** The relay that lies (corrupt-relay.ts) over real sockets, for clients that know nothing else. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import type { Link } from 'proto/link'
import { openSocketLink } from 'web-client'
import { LEGACY_ORIGIN } from '../browser.ts'
import { corruptLines, type Meddling } from './corrupt-relay.ts'

export interface CorruptSocketRelay extends Meddling {
  /** For clients, as the address of a server. */
  readonly url: string
  stop(): Promise<void>
}

/** Listens on a free port and leads every browser to the honest relay at `serverUrl`. */
export async function corruptSocketRelay(serverUrl: string): Promise<CorruptSocketRelay> {
  const { meddling, join } = corruptLines()
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  const sockets = new Set<WebSocket>()
  server.on('connection', (near) => {
    near.pause() // nobody is there to hear it yet
    const far = new WebSocket(`${serverUrl.replace('http', 'ws')}/ws`, { origin: LEGACY_ORIGIN })
    for (const socket of [near, far]) sockets.add(socket)
    openSocketLink(far).then(
      (link) => {
        join(acceptedLink(near), link)
        near.resume()
      },
      () => near.terminate(),
    )
  })
  await once(server, 'listening')
  return {
    ...meddling,
    get isOpen() {
      return meddling.isOpen
    },
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      for (const socket of sockets) socket.terminate()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The server's end of a socket that is open. */
function acceptedLink(socket: WebSocket): Link {
  return {
    get queuedBytes() {
      return socket.bufferedAmount
    },
    send: (frame) => socket.send(frame),
    close: () => socket.close(),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    open({ frame, close }) {
      socket.on('message', (data: Buffer, isBinary) =>
        frame(isBinary ? new Uint8Array(data) : data.toString()),
      )
      socket.on('close', (code) => close(code, ''))
    },
  }
}
