/** A TCP proxy on loopback that passes bytes on and keeps a copy of what the far side sent. */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface TapProxy {
  readonly port: number
  /** Everything that came back from the target, connection after connection, in the order of arrival. */
  readonly received: readonly Buffer[]
  stop(): Promise<void>
}

/** Listens on a free port and leads every connection to `targetPort`. */
export async function tapProxy(targetPort: number): Promise<TapProxy> {
  const received: Buffer[] = []
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.on('error', () => one.destroy())
      one.on('end', () => other.end())
    }
    near.on('data', (bytes) => far.write(bytes))
    far.on('data', (bytes) => {
      received.push(Buffer.from(bytes))
      near.write(bytes)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    received,
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
