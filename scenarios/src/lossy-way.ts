/** The way from phones to the server, on which mail gets lost while all else passes: a link that looks whole. */
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { type AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'

export interface LossyWay {
  /** Where phones reach the server. */
  readonly url: string
  /** While true, mail of phones does not arrive. */
  losesMail: boolean
  /** How much was lost. */
  readonly lost: () => number
  /** Ends the links there are; phones attach anew. */
  breakLinks(): void
  stop(): Promise<void>
}

/** Opens a way on a free port of loopback to the server at `serverUrl`. */
export async function lossyWay(serverUrl: string): Promise<LossyWay> {
  const target = new URL(serverUrl)
  const sockets = new Set<WebSocket>()
  let lost = 0
  const http = createServer((near, answer) => {
    const { method, headers, url } = near
    const far = request({ host: target.hostname, port: target.port, path: url, method, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers)
      got.pipe(answer)
    })
    far.on('error', () => answer.destroy())
    near.pipe(far)
  })
  const doors = new WebSocketServer({ server: http, perMessageDeflate: false })
  doors.on('connection', (near, { url }) => {
    const far = new WebSocket(`ws://${target.host}${url}`, { perMessageDeflate: false })
    const early: (() => void)[] = []
    far.on('open', () => early.splice(0).forEach((send) => send()))
    near.on('message', (data, isBinary) => {
      if (
        way.losesMail &&
        !isBinary &&
        Buffer.isBuffer(data) &&
        data.toString().startsWith('{"type":"mail"')
      ) {
        lost += 1
        return
      }
      const send = (): void => far.send(data, { binary: isBinary })
      if (far.readyState === far.OPEN) send()
      else early.push(send)
    })
    far.on('message', (data, isBinary) => near.send(data, { binary: isBinary }))
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => one.terminate())
      one.on('close', () => {
        sockets.delete(one)
        other.terminate()
      })
    }
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const way: LossyWay = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    losesMail: false,
    lost: () => lost,
    breakLinks() {
      for (const socket of sockets) socket.terminate()
    },
    async stop() {
      way.breakLinks()
      http.closeAllConnections()
      http.close()
      await once(http, 'close')
    },
  }
  return way
}
